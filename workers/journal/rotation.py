"""Rotation of the house key: whatever it seals is sealed again under the newest one.

People's words are sealed with the people's own keys, so that only those small keys are rewrapped, and what belongs to
nobody: waiting updates, requests to Telegram without a person, and the notes on cases.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workers.journal.database import Journal
from workers.journal.tables import Case, Inbox, Outbox, Person

BATCH = 500


def rewrap(journal: Journal) -> int:
    """Seals everything under the newest house key, in one transaction; returns how many entries.

    Nobody else may use the journal meanwhile: a process with the older keys could not read what this writes.
    """
    with journal.write() as session:
        return sum(
            (
                _rewrap(session, journal, Person.data_key),
                _rewrap(session, journal, Inbox.payload, Inbox.person_id.is_(None)),
                _rewrap(session, journal, Case.note),
                _rewrap(session, journal, Outbox.body, Outbox.person_id.is_(None)),
            )
        )


def _rewrap(session: Session, journal: Journal, column: InstrumentedAttribute[Any], *where: Any) -> int:
    count = 0
    rows = select(column.class_).where(column.is_not(None), *where).execution_options(yield_per=BATCH)
    for row in session.scalars(rows):
        setattr(row, column.key, journal.keyring.rewrap(getattr(row, column.key)))
        count += 1
    session.flush()
    return count
