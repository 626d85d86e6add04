"""What can be read of a raw update without trusting any of it: who, where, which message, and its words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.words import Language, as_language, by_letters
from workers.journal.inbox import Arrival

MESSAGES = ("message", "edited_message")
ID_LIMIT = 2**63 - 1
LONE = re.compile("[\ud800-\udfff]")  # half a character, which nothing that encodes text takes


@dataclass(frozen=True)
class Envelope:
    """A raw update, its key, and what the danger screen needs. `readable` is False where it has no usable key."""

    arrival: Arrival
    telegram_id: int | None
    private: bool
    edited: bool
    language: Language
    words: str | None = field(repr=False)
    sent_at: float | None = None

    @property
    def update_id(self) -> int:
        return self.arrival.update_id


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ID_LIMIT:
        return value
    return None


def _part(holder: object, key: str) -> Mapping[str, Any]:
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def id_of(update: object) -> int | None:
    """The update's id; None where there is none that could be kept or confirmed."""
    return _number(update.get("update_id")) if isinstance(update, Mapping) else None


def open_envelope(bot_id: int, update: object) -> Envelope | None:
    """Reads what it can of one update. None where there is not even an update_id to keep it under."""
    update_id = id_of(update)
    if update_id is None or not isinstance(update, Mapping):
        return None
    kind = next((name for name in MESSAGES if isinstance(update.get(name), Mapping)), None)
    message = _part(update, kind) if kind else {}
    holder = message
    if kind is None:
        holder = _part(update, "callback_query") or _part(update, "my_chat_member") or _part(update, "channel_post")
        message = _part(holder, "message") or holder
    sender = _part(holder, "from")
    chat = _part(message, "chat")
    words = message.get("text") or message.get("caption") if kind else None
    words = LONE.sub("\ufffd", words) if isinstance(words, str) else None
    arrival = Arrival(
        bot_id=bot_id,
        update_id=update_id,
        chat_id=_number(chat.get("id")),
        message_id=_number(message.get("message_id")) or 0,  # an edit or a press stands with the message it is about
        raw=LONE.sub("\ufffd", json.dumps(update, ensure_ascii=False)),
    )
    private = chat.get("type") == "private"
    writer = _number(sender.get("id"))
    return Envelope(
        arrival=arrival,
        telegram_id=arrival.chat_id if private and writer is None else writer,  # a private chat bears its person's id
        private=private,
        edited=kind == "edited_message",
        language=_language(sender.get("language_code"), words),
        words=words if words and words.strip() else None,
        sent_at=float(_number(message.get("date")) or 0) or None,
    )


def _language(code: object, words: object) -> Language:
    """The language of what was written where its letters tell, else that of the person's app."""
    told = by_letters(words) if isinstance(words, str) else None
    return told or as_language(code if isinstance(code, str) else None)
