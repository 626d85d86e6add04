"""A pressed button: checked like any other input, always answered, so that no button spins for ever."""

import re
from dataclasses import dataclass
from typing import Any

from bot.telegram.scene import Scene
from workers.journal import outbox
from workers.journal.outbox import Letter

SHAPE = re.compile(r"([a-z]{1,12}):([a-z]{1,12}):([A-Za-z0-9_.-]{1,32})")
TOAST = 200  # characters that Telegram shows
LONGEST_ID = 18  # digits: more is no id of ours, and no number that a database takes


@dataclass(frozen=True)
class Press:
    """`noun:verb:argument` of a button, and where it was pressed."""

    query_id: str
    message_id: int
    noun: str
    verb: str
    argument: str


def read(scene: Scene) -> Press | None:
    """The press that this update brings. None where its data has no shape of ours."""
    query = scene.update.callback_query
    if query is None:
        return None
    match = SHAPE.fullmatch(query.data or "")
    message_id = query.message.message_id if query.message else 0
    if match is None:
        return None
    return Press(query.id, message_id, match[1], match[2], match[3])


def number_in(argument: str) -> int | None:
    """The number that a button carries. None where it is none, or one that no row of ours can have."""
    plain = argument.isascii() and argument.isdigit() and len(argument) <= LONGEST_ID
    return int(argument) if plain else None


def toast(scene: Scene, press: Press, key: str | None) -> None:
    """Answers the press, with a sentence where `key` names one."""
    body: dict[str, Any] = {"callback_query_id": press.query_id}
    if key is not None:
        words = scene.words(key)
        if len(words) > TOAST:
            scene.answer(words)
        else:
            body["text"] = words
    scene.send(Letter(body, "toast", "toast", "answerCallbackQuery", outbox.URGENT))


def edit(scene: Scene, press: Press, text: str, keyboard: dict[str, Any] | None = None) -> None:
    """Rewrites the message that the button stands under."""
    body: dict[str, Any] = {"message_id": press.message_id, "text": text}
    if keyboard is not None:
        body["reply_markup"] = keyboard
    scene.send(Letter(body, "edit", "edit", "editMessageText"))
