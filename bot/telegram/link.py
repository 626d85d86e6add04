"""The library's requests over aiohttp: at forty messages a second, httpx took half of the bot's processor time."""

from urllib.request import getproxies_environment

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData, TCPConnector
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_S = 5.0
READ_S = 20.0
KEEP_S = 60.0  # idle connections; Telegram and the playground keep them for longer


def behind_proxy() -> bool:
    """Whether the environment names a proxy. Only then is it asked at every request: that reads files each time."""
    return bool(getproxies_environment())


class Link(BaseRequest):
    """Connections to one Bot API server, at most `connections` at once."""

    def __init__(self, connections: int = 128) -> None:
        self._connections = connections
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds."""
        return READ_S

    async def initialize(self) -> None:
        """Opens the session. Safe to call twice."""
        if self._session is None:
            connector = TCPConnector(limit=self._connections, keepalive_timeout=KEEP_S)
            self._session = ClientSession(
                connector=connector, trust_env=behind_proxy(), headers={"User-Agent": self.USER_AGENT}
            )

    async def shutdown(self) -> None:
        """Closes every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; (status, body). Raises `TimedOut`, `NetworkError` (named by class: the address is secret)."""
        if self._session is None:
            raise RuntimeError("the link is not initialized")
        read = read_timeout if isinstance(read_timeout, int | float) else READ_S
        connect = connect_timeout if isinstance(connect_timeout, int | float) else CONNECT_S
        timeout = ClientTimeout(total=None, sock_connect=connect, sock_read=read)
        try:
            async with self._session.request(method, url, data=_form(request_data), timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _form(data: RequestData | None) -> FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=mime_type)
    return form
