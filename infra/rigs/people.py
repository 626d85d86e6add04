"""People of a rig: they write over the playground's HTTP interface and see what comes back, with the time it came."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData, TCPConnector

from infra.rigs.notes import Note

WATCH_S = 20
AT_MOST = 1000

Message = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A message of the bot as one person saw it appear."""

    chat_id: int
    message_id: int
    quoted: int | None
    at: float
    """`time.monotonic()` of this process."""
    text: str = field(repr=False)
    shows: bool = False
    """Whether it shows what was heard in a recording; it answers nothing."""
    spoken: bool = False
    """Whether it is a voice note."""
    played: bool = False
    """Whether it is a piece of music."""


class People:
    """Everybody of one playground. Use as ``async with People(url, token) as people``."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._watching: asyncio.Task[None] | None = None
        self._told: list[Callable[[Seen], None]] = []

    async def __aenter__(self) -> Self:
        self._session = ClientSession(
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=ClientTimeout(total=WATCH_S + 20),
            connector=TCPConnector(limit=0),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._session.close()

    async def say(self, person: int, text: str) -> int:
        """One message; returns its message_id. Raises `ClientError`."""
        body = {"text": text, "language_code": "en"}
        async with self._session.post(f"{self._url}/people/{person}/messages", data=body) as answer:
            answer.raise_for_status()
            number: int = (await answer.json())["message"]["message_id"]
            return number

    async def say_aloud(self, person: int, note: Note) -> int:
        """One voice note; returns its message_id. Raises `ClientError`."""
        body = FormData({"duration": str(round(note.seconds)), "language_code": "en"})
        body.add_field("voice", note.data, filename="note.ogg", content_type="audio/ogg")
        async with self._session.post(f"{self._url}/people/{person}/messages", data=body) as answer:
            answer.raise_for_status()
            number: int = (await answer.json())["message"]["message_id"]
            return number

    async def press(self, person: int, message_id: int, data: str) -> None:
        """Presses a button. Raises `ClientError`."""
        body = {"message_id": message_id, "data": data}
        async with self._session.post(f"{self._url}/people/{person}/press", data=body) as answer:
            answer.raise_for_status()

    async def history(self, person: int) -> list[Message]:
        """Everything of one chat, both directions, oldest first."""
        found: list[Message] = []
        while True:
            after = found[-1]["message_id"] if found else 0
            query = {"after": after, "limit": AT_MOST, "wait": 0}
            async with self._session.get(f"{self._url}/people/{person}/messages", params=query) as answer:
                answer.raise_for_status()
                page: list[Message] = await answer.json()
            found += page
            if len(page) < AT_MOST:
                return found

    async def download(self, person: int, file_id: str) -> bytes:
        """The content of a file of the chat. Raises `ClientError`."""
        async with self._session.get(f"{self._url}/people/{person}/files/{file_id}") as answer:
            answer.raise_for_status()
            return await answer.read()

    async def unfetched(self, person: int) -> int:
        """How many messages of this person the bot has not confirmed yet."""
        async with self._session.get(f"{self._url}/people/{person}/state") as answer:
            answer.raise_for_status()
            return len((await answer.json())["waiting"])

    async def fault(self, *wishes: dict[str, Any]) -> None:
        """Sets fault switches of the playground."""
        async with self._session.post(f"{self._url}/faults", json=list(wishes)) as answer:
            answer.raise_for_status()

    async def no_more_faults(self) -> None:
        async with self._session.delete(f"{self._url}/faults") as answer:
            answer.raise_for_status()

    async def watch(self, told: Callable[[Seen], None]) -> None:
        """From now on `told` hears of every message of the bot, the moment it can be seen."""
        self._told.append(told)
        if self._watching is None:
            after = (await self._events({}))["next"]
            self._watching = asyncio.create_task(self._watch(after))

    async def _events(self, query: dict[str, Any]) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/events", params=query) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def _watch(self, after: int) -> None:
        while True:
            try:
                news = await self._events({"after": after, "wait": WATCH_S})
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.1)
                continue
            at = time.monotonic()
            after = news["next"]
            for event in news["events"]:
                if event["kind"] == "message" and event["message"].get("from", {}).get("is_bot"):
                    seen = _seen(event["message"], at)
                    for told in self._told:
                        told(seen)


def quoted(message: Message) -> int | None:
    """The message_id that this one answers."""
    replied = message.get("reply_to_message")
    return int(replied["message_id"]) if replied else None


def shows(message: Message) -> bool:
    """Whether this line shows what was heard in a recording: it quotes the words, and nothing else does."""
    return any(str(entity["type"]).endswith("blockquote") for entity in message.get("entities", ()))


def _seen(message: Message, at: float) -> Seen:
    return Seen(
        message["chat"]["id"],
        message["message_id"],
        quoted(message),
        at,
        str(message.get("text", "")),
        shows(message),
        "voice" in message,
        "audio" in message,
    )
