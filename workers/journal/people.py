"""Persons: found by Telegram's id, made at first contact with a key of their own."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.words import as_language
from workers.journal.database import keyring_of
from workers.journal.keys import PersonKey
from workers.journal.tables import Person, now


def find(session: Session, bot_id: int, telegram_id: int) -> Person | None:
    return session.scalar(select(Person).where(Person.bot_id == bot_id, Person.telegram_id == telegram_id))


def get(session: Session, person_id: str) -> Person | None:
    return session.get(Person, person_id)


def meet(session: Session, bot_id: int, telegram_id: int, language_code: str | None) -> Person:
    """The person with this Telegram id; at first contact a new one, in the language of their app."""
    found = find(session, bot_id, telegram_id)
    if found is not None:
        return found
    person = Person(
        bot_id=bot_id,
        telegram_id=telegram_id,
        data_key=keyring_of(session).new_person_key(),
        language=as_language(language_code),
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # another process met them in the same moment
        again = find(session, bot_id, telegram_id)
        if again is None:
            raise
        return again
    return person


def key_of(session: Session, person: Person) -> PersonKey:
    """Opens the person's data key. Raises `KeysUnusable`."""
    return keyring_of(session).person(person.data_key)


def blocked(session: Session, person_id: str, at: datetime | None) -> None:
    """Remembers that the person blocked the bot (`at`), or that they are back (None)."""
    session.execute(update(Person).where(Person.id == person_id).values(blocked_at=at))


def due_check_ins(session: Session) -> list[Person]:
    """Whoever agreed to be asked once how they are, and whose hour has come."""
    return list(session.scalars(select(Person).where(Person.check_in_at.is_not(None), Person.check_in_at <= now())))
