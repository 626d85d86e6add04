"""The playground as one object: storage, routes, webhooks' couriers, started and stopped together."""

import fcntl
import logging
import os
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.playground.bot_routes import BotRoutes
from bot.playground.courier import Couriers
from bot.playground.fault_routes import FaultRoutes
from bot.playground.faults import Faults
from bot.playground.gate import HEADERS, Gate, write_token
from bot.playground.page_routes import PageRoutes
from bot.playground.parameters import LARGEST_UPLOAD
from bot.playground.people_routes import PeopleRoutes
from bot.playground.store import Cipher, Store
from bot.playground.switchboard import Switchboard

log = logging.getLogger(__name__)
FILE_NAME = "playground.sqlite"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HomeTaken(RuntimeError):
    """Another playground runs on this home."""


class PlaygroundServer:
    """A Bot API server and its chat page on 127.0.0.1. Port 0: any free one; see `url` after `start`."""

    def __init__(
        self, home: Path, cipher: Cipher, *, port: int = 0, token_file: Path | None = None, faults: bool = False,
        token: str | None = None,
    ) -> None:  # fmt: skip
        self.home = home
        self.port = port
        self.gate = Gate(token)
        self._cipher = cipher
        self._token_file = token_file
        self._with_faults = faults
        self._lock = -1

    @property
    def url(self) -> str:
        """Where bots and people's programs find it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def page_url(self) -> str:
        """The address that opens the page in a browser."""
        return f"{self.url}/?t={self.gate.token}"

    async def start(self) -> None:
        """Opens the storage, binds the port, writes the token file. Raises `HomeTaken`, `OSError` (port in use)."""
        self._lock_home()
        try:
            self.board = Switchboard(Store(self.home / FILE_NAME, self._cipher))
            self._people = PeopleRoutes(self.board)
            self._couriers = Couriers(self.board)
            self._runner = web.AppRunner(
                self._app(),
                access_log=None,
                handler_cancellation=True,
                shutdown_timeout=1.0,
                keepalive_timeout=75,
            )
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
            try:
                await site.start()
            except OSError:
                await self._runner.cleanup()
                self.board.store.close()
                raise
        except BaseException:
            os.close(self._lock)
            raise
        self.port = self.gate.port = self._runner.addresses[0][1]
        await self._couriers.start()
        if self._token_file is not None:
            write_token(self._token_file, self.gate.token)

    def _lock_home(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self.home / "playground.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise HomeTaken(str(self.home)) from None

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._guarded], client_max_size=LARGEST_UPLOAD)
        faults = Faults() if self._with_faults else None
        BotRoutes(self.board, faults).add_to(app)
        self._people.add_to(app)
        PageRoutes(self.board, self.gate).add_to(app)
        if faults is not None:
            FaultRoutes(self.board, faults).add_to(app)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self.gate.at_home(request):
            return web.json_response({"error": "foreign"}, status=403, headers=HEADERS)
        of_bots = request.path.startswith(("/bot", "/file/bot"))
        entrance = request.path == "/" or request.path.startswith("/page/")
        if not of_bots and not entrance and not self.gate.lets_in(request):
            return web.json_response({"error": "token"}, status=401, headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            if of_bots:
                return web.json_response(
                    {"ok": False, "error_code": error.status, "description": error.reason},
                    status=error.status,
                )
            return web.json_response({"error": error.reason}, status=error.status, headers=HEADERS)
        except Exception as error:  # noqa: BLE001  the message of an unforeseen error may hold words: only type and place are logged
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s at %s:%s", type(error).__name__, Path(place.filename).name, place.lineno)
            failure = {
                "ok": False,
                "error_code": 500,
                "description": "Internal Server Error",
                "error": "internal",
            }
            return web.json_response(failure, status=500, headers=HEADERS)
        if not of_bots and not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def stop(self) -> None:
        """Lets long polls go, ends the couriers, closes the storage."""
        self._people.stopping = True
        self.board.feed.release()
        for bot in self.board.bots.values():
            bot.updates.release()
        await self._couriers.stop()
        await self._runner.cleanup()
        self.board.store.close()
        os.close(self._lock)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
