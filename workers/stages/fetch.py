"""Fetch: the file of a recording or a picture, from Telegram into memory and nowhere else."""

import httpx

from workers.errors import Transient
from workers.journal.attachments import LARGEST
from workers.settings import Settings
from workers.turn.context import TurnContext

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
TOO_BIG = "too_big"
GONE = "damaged"


def fetch(context: TurnContext) -> None:
    """Fills in the bytes, or why there are none. Raises `Transient` while Telegram cannot be reached."""
    attached = context.attached
    if attached is None or (context.looked is not None and context.looked.trouble is not None):
        return
    if (attached.attachment.size or 0) > LARGEST:
        attached.refuse(TOO_BIG)
        return
    try:
        with httpx.Client(timeout=TIMEOUT) as client:
            attached.data = _downloaded(client, context.house.settings, attached.attachment.file_id)
    except _Refused as refused:
        attached.refuse(refused.why)
    except httpx.HTTPError as error:
        # Its text may hold the address, and that the token.
        raise Transient(f"file not fetched: {type(error).__name__}") from None


class _Refused(Exception):
    """The file cannot be had, now or later; `why` names the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _downloaded(client: httpx.Client, settings: Settings, file_id: str) -> bytes:
    """Raises `_Refused`, `Transient` and `httpx.HTTPError`."""
    told = client.post(f"{settings.api_url}/bot{settings.token}/getFile", data={"file_id": file_id})
    if told.status_code == 400:
        raise _Refused(TOO_BIG if b"too big" in told.content else GONE)
    if told.status_code != 200:
        raise Transient(f"file not fetched: status {told.status_code}")
    path = told.json()["result"].get("file_path")
    if not path:
        raise Transient("file not fetched: no path")
    content = bytearray()
    with client.stream("GET", f"{settings.api_url}/file/bot{settings.token}/{path}") as answer:
        if answer.status_code != 200:
            raise Transient(f"file not fetched: status {answer.status_code}")
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > LARGEST:
                raise _Refused(TOO_BIG)
    return bytes(content)
