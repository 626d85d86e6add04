"""Danger cases: opened with the event, claimed by one person of the team, closed when they have dealt with it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from workers.journal import audit
from workers.journal.database import keyring_of
from workers.journal.people import key_of
from workers.journal.tables import Case, Person, now

ESCALATE_AFTER = timedelta(hours=2)


def open_case(
    session: Session,
    person: Person | None,
    *,
    turn_id: int | None,
    kind: str,
    tier: str,
    language: str,
    words: str | None,
) -> Case:
    """A new case. `words` only where the person allowed the team to read flagged conversations."""
    case = Case(
        person_id=person.id if person else None,
        turn_id=turn_id,
        kind=kind,
        tier=tier,
        language=language,
        words=key_of(session, person).seal(words) if person and words is not None else None,
    )
    session.add(case)
    session.flush()
    return case


def share(session: Session, person: Person, turn_id: int, words: str) -> bool:
    """Adds the words to the case of this turn: the person said yes under the danger text."""
    case = session.scalar(select(Case).where(Case.person_id == person.id, Case.turn_id == turn_id))
    if case is None:
        return False
    case.words = key_of(session, person).seal(words)
    return True


def listed(session: Session, *, closed: bool = False) -> list[Case]:
    """Cases by age, the oldest first."""
    query = select(Case).order_by(Case.opened_at, Case.id)
    return list(session.scalars(query if closed else query.where(Case.state != "closed")))


def claim(session: Session, case_id: int, by: str) -> bool:
    """Takes an open case. False where it is not open: one case is never claimed by two."""
    taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Case)
        .where(Case.id == case_id, Case.state == "open")
        .values(state="claimed", claimed_by=by, claimed_at=now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount == 1:
        audit.note(session, by, "case.claim", _person_of(session, case_id), f"case {case_id}")
    return taken.rowcount == 1


def close(session: Session, case_id: int, by: str, note: str) -> bool:
    """Closes a case with a note of what was done. False where it is closed already or claimed by another."""
    closed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Case)
        .where(Case.id == case_id, Case.state != "closed", (Case.claimed_by == by) | Case.claimed_by.is_(None))
        .values(state="closed", closed_at=now(), claimed_by=by, note=keyring_of(session).encrypt(note.encode()))
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount == 1:
        audit.note(session, by, "case.close", _person_of(session, case_id), f"case {case_id}")
    return closed.rowcount == 1


def read_words(session: Session, case_id: int, by: str, reason: str) -> str | None:
    """The words of a case, for a typed reason that the person can read later. None where they were not shared."""
    case = session.get(Case, case_id)
    if case is None or case.words is None or case.person_id is None:
        return None
    person = session.get(Person, case.person_id)
    if person is None:
        return None
    audit.note(session, by, "case.read", person.id, reason)
    return key_of(session, person).unseal(case.words)


def unclaimed_too_long(session: Session) -> list[Case]:
    """Open cases that nobody has claimed for two hours and that were not escalated yet."""
    rows = session.scalars(
        select(Case).where(Case.state == "open", Case.escalated_at.is_(None), Case.opened_at < now() - ESCALATE_AFTER)
    )
    return list(rows)


def _person_of(session: Session, case_id: int) -> str | None:
    return session.scalar(select(Case.person_id).where(Case.id == case_id))
