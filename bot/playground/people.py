"""What a person does in a chat: write, change a message, send a file, press a button, block the bot, invite it to
a group."""

import time
from dataclasses import dataclass, field
from typing import Any

from bot.playground.bots import Bot
from bot.playground.detection import cleaned, found_in
from bot.playground.files import KINDS, description, in_message
from bot.playground.outgoing import LONGEST_TEXT, shallow
from bot.playground.parameters import Parameters, Upload
from bot.playground.pictures import LARGEST_PHOTO, sizes_of
from bot.playground.store import JSON
from bot.playground.switchboard import Outcome, Switchboard
from bot.playground.unusual import unusual_content


class CannotDo(ValueError):
    """What the person asked for cannot be done. `code` names the reason, `status` is the HTTP status."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Act:
    """One person doing something with one bot."""

    board: Switchboard
    bot: Bot
    person_id: int
    parameters: Parameters = field(repr=False)

    @property
    def person(self) -> JSON:
        """The person, as named in this request or before."""
        told = self.parameters
        return self.board.person(self.person_id, told.text("name"), told.text("language_code"), told.text("username"))

    def chat_id(self) -> int:
        """The chat this happens in, opened if it is new. Raises `CannotDo`."""
        person, told = self.person, self.parameters
        kind = told.text("chat_type", "private")
        if kind not in ("private", "group", "supergroup", "channel"):
            raise CannotDo("chat_type")
        if kind == "private":
            chat_id: int | None = person["id"]
        else:
            chat_id = told.integer("chat_id")
            if chat_id is None or chat_id >= 0:
                raise CannotDo("chat_id")
        assert chat_id is not None
        known = self.board.chat(self.bot, chat_id)
        chat = dict(
            known or {"type": kind, "title": told.text("title") or f"{kind} {-chat_id}", "standing": "member"}
        )
        if chat["standing"] != "member":
            raise CannotDo("blocked", 409)
        if kind != "private" and self.person_id not in chat.get("members", []):
            chat["members"] = [*chat.get("members", []), self.person_id]
        if chat != known:
            self.board.save_chat(self.bot, chat_id, chat)
        return chat_id

    def write(self) -> tuple[list[JSON], int]:
        """Sends what the form holds. Returns the messages (a text beyond 4,096 characters becomes several, as
        clients do) and the id of the last update. Raises `CannotDo`."""
        chat_id = self.chat_id()
        if edited := self.parameters.integer("edit_message_id"):
            return self._edit(chat_id, edited)
        contents = self._contents()
        rest = self._reply(chat_id)
        if album := self.parameters.text("media_group_id"):
            rest["media_group_id"] = album
        messages: list[JSON] = []
        update_id = 0
        with self.board.store.writing() as writing:
            outcome = self.board.begin(self.bot)
            for content in contents:
                if "upload" in content:
                    content = self._keep_file(writing, chat_id, outcome.message_id + 1, content)
                message = self.board.write_message(
                    writing, self.bot, outcome, {**self._envelope(chat_id), **rest, **content}
                )
                kind = "channel_post" if message["chat"]["type"] == "channel" else "message"
                update_id = self.board.write_update(
                    writing, self.bot, outcome, kind, message, chat_id, message["message_id"]
                )
                messages.append(message)
            self.board.finish(writing, self.bot, outcome)
        self.board.settle(self.bot, outcome)
        return messages, update_id

    def _envelope(self, chat_id: int) -> JSON:
        chat = self.board.chat_as_json(self.bot, chat_id)
        sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": self.person}
        return {**sender, "chat": chat, "date": int(time.time())}

    def _contents(self) -> list[JSON]:
        told = self.parameters
        if raw := told.text("raw"):
            content = unusual_content(raw, self.person)
            if content is None:
                raise CannotDo("raw")
            return [content]
        for kind in KINDS:
            if kind in told.files:
                if kind == "photo" and len(told.files[kind].content) > LARGEST_PHOTO:
                    raise CannotDo("photo_too_large", 413)
                caption = cleaned(told.text("caption"))
                words: JSON = {"caption": caption[:LONGEST_TEXT]} if caption else {}
                if caption and (entities := found_in(caption)):
                    words["caption_entities"] = entities
                return [{"kind": kind, "upload": told.files[kind], **words}]
        text = cleaned(told.text("text"))
        if not text:
            raise CannotDo("empty")
        parts = [text[start : start + LONGEST_TEXT] for start in range(0, len(text), LONGEST_TEXT)]
        return [self._text(part) for part in parts]

    def _text(self, text: str) -> JSON:
        entities = found_in(text)
        return {"text": text, "entities": entities} if entities else {"text": text}

    def _keep_file(self, writing: Any, chat_id: int, message_id: int, content: JSON) -> JSON:
        upload: Upload = content["upload"]
        kind, bot_id = content["kind"], self.bot.bot_id
        fields = []
        for part in sizes_of(self.parameters, upload) if kind == "photo" else [upload]:
            about = description(kind, part, self.parameters.values)
            fields.append(in_message(bot_id, writing.file(bot_id, chat_id, message_id, about, part.content), about))
        rest = {name: value for name, value in content.items() if name not in ("kind", "upload")}
        return {kind: [size for (size,) in fields] if kind == "photo" else fields[0], **rest}

    def _reply(self, chat_id: int) -> JSON:
        wanted = self.parameters.integer("reply_to_message_id")
        if not wanted:
            return {}
        replied = self.board.store.message(self.bot.bot_id, chat_id, wanted)
        if replied is None:
            raise CannotDo("no_such_message", 404)
        return {"reply_to_message": shallow(replied)}

    def _edit(self, chat_id: int, message_id: int) -> tuple[list[JSON], int]:
        message = self.board.store.message(self.bot.bot_id, chat_id, message_id)
        if message is None or message.get("from", {"id": self.person_id})["id"] != self.person_id:
            raise CannotDo("no_such_message", 404)
        captioned = "text" not in message
        names = ("caption", "caption_entities") if captioned else ("text", "entities")
        words = cleaned(self.parameters.text("caption") or self.parameters.text("text"))[:LONGEST_TEXT]
        if not words and not captioned:
            raise CannotDo("empty")
        changed = {name: value for name, value in message.items() if name not in names}
        changed |= {names[0]: words, "edit_date": int(time.time())}
        if entities := found_in(words):
            changed[names[1]] = entities
        outcome = self.board.begin(self.bot)
        kind = "edited_channel_post" if changed["chat"]["type"] == "channel" else "edited_message"
        with self.board.store.writing() as writing:
            self.board.write_edit(writing, self.bot, outcome, changed)
            update_id = self.board.write_update(writing, self.bot, outcome, kind, changed, chat_id, message_id)
            self.board.finish(writing, self.bot, outcome)
        self.board.settle(self.bot, outcome)
        return [changed], update_id

    def press(self) -> tuple[str, int]:
        """Presses a button: the data is passed on as it came, forged or not, on whosever message. Returns the
        query's id and the update's. Raises `CannotDo`."""
        person = self.person
        message_id = self.parameters.integer("message_id")
        if message_id is None:
            raise CannotDo("message_id")
        chat_id = self.board.store.chat_of_message(self.bot.bot_id, message_id)
        found = self.board.store.message(self.bot.bot_id, chat_id, message_id) if chat_id is not None else None
        if chat_id is None:
            chat_id = self.chat_id()
        message = found or {
            "chat": self.board.chat_as_json(self.bot, chat_id),
            "message_id": message_id,
            "date": 0,
        }
        outcome = self.board.begin(self.bot)
        query_id = str(self.person_id * 10**10 + outcome.update_id + 1)
        query: JSON = {
            "id": query_id, "from": person, "message": message,
            "chat_instance": str(hash((self.bot.bot_id, chat_id))),
            "data": self.parameters.text("data"),
        }  # fmt: skip
        self._tell(outcome, "callback_query", query, chat_id)
        self.board.queries[query_id] = (self.person_id, time.monotonic())
        return query_id, outcome.update_id

    def _tell(self, outcome: Outcome, kind: str, content: JSON, chat_id: int) -> None:
        with self.board.store.writing() as writing:
            self.board.write_update(writing, self.bot, outcome, kind, content, chat_id)
            self.board.finish(writing, self.bot, outcome)
        self.board.settle(self.bot, outcome)

    def block(self, blocked: bool) -> int:
        """Blocks or unblocks the bot; it is told, and cannot write meanwhile. Returns the update's id."""
        chat_id = self.person["id"]
        chat = self.board.chat(self.bot, chat_id) or {"type": "private", "title": "", "standing": "member"}
        return self._standing(chat_id, chat, "kicked" if blocked else "member")

    def invite(self, inside: bool) -> int:
        """Adds the bot to a group or channel, or removes it. Returns the update's id. Raises `CannotDo`."""
        told = self.parameters
        chat_id, kind = told.integer("chat_id"), told.text("chat_type", "group")
        if chat_id is None or chat_id >= 0 or kind not in ("group", "supergroup", "channel"):
            raise CannotDo("chat_id")
        fresh = {
            "type": kind,
            "title": told.text("title") or f"{kind} {-chat_id}",
            "standing": "left",
            "members": [],
        }
        chat = self.board.chat(self.bot, chat_id) or fresh
        members = sorted({*chat.get("members", []), self.person["id"]})
        return self._standing(chat_id, {**chat, "members": members}, "member" if inside else "left")

    def _standing(self, chat_id: int, chat: JSON, standing: str) -> int:
        before = chat["standing"]
        self.board.save_chat(self.bot, chat_id, {**chat, "standing": standing})
        outcome = self.board.begin(self.bot)
        content = {
            "chat": self.board.chat_as_json(self.bot, chat_id), "from": self.person, "date": int(time.time()),
            "old_chat_member": self._membership(before), "new_chat_member": self._membership(standing),
        }  # fmt: skip
        outcome.events.append((chat_id, "standing", {"standing": standing}))
        self._tell(outcome, "my_chat_member", content, chat_id)
        return outcome.update_id

    def _membership(self, standing: str) -> JSON:
        member = {"status": standing, "user": self.bot.as_user()}
        return member | {"until_date": 0} if standing == "kicked" else member
