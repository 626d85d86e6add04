"""Opens the journal for a command that reads or changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.commands.failure import CommandFailed
from workers.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workers.journal.database import Journal
    from workers.journal.tables import Person


@contextmanager
def opened(settings: Settings) -> "Iterator[Journal]":
    """The journal with its keys. Raises `KeysUnusable`; makes neither a database nor a key file."""
    from workers.journal.database import Journal
    from workers.journal.keys import Keyring

    journal = Journal(settings.database, Keyring.open(settings.keys_path))
    try:
        yield journal
    finally:
        journal.close()


def person_named(session: "Session", settings: Settings, name: str) -> "Person":
    """The person with this Telegram id (of the bot in the settings) or this id of ours. Raises `CommandFailed`."""
    from workers.journal import people

    person = people.get(session, name)
    if person is None and name.isdigit():
        person = people.find(session, settings.bot_id, int(name))
    if person is None:
        raise CommandFailed(f"nobody is known here as {name}")
    return person
