"""Somebody with something to say, for tests of the journal."""

from datetime import timedelta

from sqlalchemy.orm import Session

from workers.journal import conversations, people, turns
from workers.journal.attachments import Attachment
from workers.journal.tables import Person, Turn, now
from workers.journal.turns import Said

BOT = 1000000001


def person_of(session: Session, telegram_id: int = 1) -> Person:
    return people.meet(session, BOT, telegram_id, "en")


def say_to(
    session: Session,
    words: str | None,
    message_id: int,
    telegram_id: int = 1,
    attachment: Attachment | None = None,
    **more: timedelta,
) -> Turn:
    """What a handler does with a text or an attachment."""
    person = person_of(session, telegram_id)
    said = Said(BOT, telegram_id, message_id, message_id, words, now(), attachment=attachment)
    return turns.take_in(session, person, conversations.current(session, person), said, **more)
