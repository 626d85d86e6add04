"""People of the playground, as tests speak for them: `say`, `press`, `hears`."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession, FormData

from bot.playground.server import PlaygroundServer

Settle = Callable[..., Awaitable[None]]


class People:
    """Everybody who writes to the bot. A person is a number; what they heard is read once."""

    def __init__(self, server: PlaygroundServer, session: ClientSession, bot_id: int, settle: Settle) -> None:
        self._server = server
        self._session = session
        self._bot_id = bot_id
        self._settle = settle
        self._read: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self._began = server.board.feed.number
        self.last: dict[int, int] = {}
        """The newest message each person sent."""

    # Acting

    async def say(self, who: int, words: str = "", **form: Any) -> dict[str, Any]:
        """Writes a message, edits one (`edit_message_id`), or sends something (`raw`, a file as (name, content))."""
        status, answer = await self.ask("POST", f"/people/{who}/messages", {"text": words, **form})
        assert status == 200, answer
        message: dict[str, Any] = answer["message"]
        if "edit_message_id" not in form and "chat_type" not in form:
            self.last[who] = message["message_id"]
        return message

    async def edit(self, who: int, words: str, message_id: int | None = None) -> dict[str, Any]:
        """Changes a message, the newest unless another is named."""
        return await self.say(who, words, edit_message_id=message_id or self.last[who])

    async def press(self, who: int, data: str, message_id: int | None = None) -> str:
        """Presses the newest button that carries `data`, or a forged one under `message_id`; returns its query."""
        if message_id is None:
            message_id = self.button(who, data)
        form = {"message_id": message_id, "data": data}
        status, answer = await self.ask("POST", f"/people/{who}/press", form)
        assert status == 200, answer
        return str(answer["callback_query_id"])

    async def do(self, who: int, what: str, **form: Any) -> None:
        """`block`, `unblock`, `invite`, `expel`."""
        status, answer = await self.ask("POST", f"/people/{who}/{what}", form)
        assert status == 200, answer

    async def fault(self, **wish: Any) -> None:
        """Sets a fault of the playground."""
        status, answer = await self.ask("POST", "/faults", json=wish)
        assert status == 200, answer

    # Reading

    async def hears(self, who: int, *, settle: bool = True, turns: bool = True) -> list[dict[str, Any]]:
        """The bot's messages since the last time, once everything has come to rest."""
        if settle:
            await self._settle(turns=turns)
        return self.unread(who)

    def unread(self, who: int) -> list[dict[str, Any]]:
        """The bot's messages since the last time, as things stand."""
        found = [m for m in self.chat(who) if m["message_id"] > self._read.get(who, 0)]
        if found:
            self._read[who] = found[-1]["message_id"]
        return [message for message in found if message.get("from", {}).get("id") == self._bot_id]

    def chat(self, who: int) -> list[dict[str, Any]]:
        """Everything in a chat as it stands, edits included."""
        return self._server.board.store.messages_after(self._bot_id, who, 0, 100_000)

    async def download(self, who: int, file_id: str) -> bytes:
        """The content of a file of the chat."""
        headers = {"Authorization": f"Bearer {self._server.gate.token}"}
        async with self._session.get(f"{self._server.url}/people/{who}/files/{file_id}", headers=headers) as answer:
            assert answer.status == 200
            return await answer.read()

    def events(self, who: int, *kinds: str) -> list[dict[str, Any]]:
        """What happened in a chat since the last call, of these kinds."""
        feed = self._server.board.feed
        events = feed.since(self._seen.get(who, self._began), self._bot_id, who) or []
        self._seen[who] = feed.number
        return [event.as_json() for event in events if not kinds or event.kind in kinds]

    def button(self, who: int, data: str) -> int:
        """The newest message with a button that carries `data`."""
        for message in reversed(self.chat(who)):
            if data in buttons(message):
                return int(message["message_id"])
        raise AssertionError(f"nobody offered {who} a button {data!r}")

    async def ask(self, method: str, path: str, form: dict[str, Any] | None = None, **more: Any) -> tuple[int, Any]:
        """One request of the people's interface."""
        body: dict[str, Any] = {}
        if form is not None:
            data = FormData()
            for name, value in form.items():
                if isinstance(value, tuple):
                    data.add_field(name, value[1], filename=value[0], content_type="application/octet-stream")
                else:
                    data.add_field(name, str(value))
            body["data"] = data
        headers = {"Authorization": f"Bearer {self._server.gate.token}"}
        url = self._server.url + path
        async with self._session.request(method, url, headers=headers, **body, **more) as answer:
            return answer.status, await answer.json()


def buttons(message: dict[str, Any]) -> list[str]:
    """What the buttons under a message carry."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def text_of(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")
