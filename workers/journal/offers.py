"""Offers: the buttons under the latest answer, which have it spoken or bring music. Under older ones stands none."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import Session

from models.words import Language, as_language, say
from workers.journal import outbox
from workers.journal.outbox import LAST, Letter
from workers.journal.tables import Outbox, Person, Turn

OFFERED = "offered"
OVER = "over"
"""Of `Turn.music`: it was offered, and the button is gone."""


def speech_is_offered() -> ColumnElement[bool]:
    """Answered in writing, with the button that has it spoken; see `tables.is_open`."""
    return Turn.speech == literal_column("'offered'")


def music_is_offered() -> ColumnElement[bool]:
    """Answered, with the button that brings music; see `tables.is_open`."""
    return Turn.music == literal_column("'offered'")


def place(turn: Turn, language: Language, *, speech: bool, music: bool) -> dict[str, Any] | None:
    """Notes what is offered under the answer of `turn`; its keyboard, if anything is."""
    turn.speech = OFFERED if speech else turn.speech
    turn.music = OFFERED if music else turn.music
    return _keyboard(turn, language)


def music_was_offered(session: Session, conversation_id: int) -> bool:
    """Whether there was a button for music in this conversation: twice would be pressing."""
    offered = select(Turn.id).where(Turn.conversation_id == conversation_id, Turn.music.is_not(None))
    return session.scalar(offered.limit(1)) is not None


def withdraw(session: Session, person: Person) -> None:
    """Takes the buttons from under earlier answers."""
    offered = select(Turn).where(Turn.person_id == person.id, or_(speech_is_offered(), music_is_offered()))
    for turn in session.scalars(offered.with_for_update().execution_options(populate_existing=True)).all():
        turn.speech = None if turn.speech == OFFERED else turn.speech
        turn.music = OVER if turn.music == OFFERED else turn.music
        show(session, person, turn)


def show(session: Session, person: Person, turn: Turn) -> None:
    """Brings the buttons under a written answer up to what is still offered."""
    written = select(Outbox.sent_message_id).where(Outbox.turn_id == turn.id, Outbox.part == "text").limit(1)
    shown = session.scalar(written)
    if shown is not None:
        keyboard = _keyboard(turn, as_language((turn.decisions or {}).get("language")))
        body = {"message_id": shown} | ({"reply_markup": keyboard} if keyboard else {})
        part = "buttons" if keyboard else "unbutton"
        letter = Letter(body, "edit", part, "editMessageReplyMarkup", LAST)
        outbox.put_of_turn(session, turn, letter, person)


def _keyboard(turn: Turn, language: Language) -> dict[str, Any] | None:
    row = []
    if turn.speech == OFFERED:
        row.append({"text": say(language, "voice.button_speak"), "callback_data": f"speak:reply:{turn.id}"})
    if turn.music == OFFERED:
        row.append({"text": say(language, "music.button_open"), "callback_data": "music:open:now"})
    return {"inline_keyboard": [row]} if row else None
