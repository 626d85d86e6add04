"""The audit log: who of the team did what with whose data, and why. Rows are added, never changed or removed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.journal.tables import Audit


def note(session: Session, actor: str, action: str, person_id: str | None, reason: str | None) -> None:
    session.add(Audit(actor=actor[:80], action=action, person_id=person_id, reason=reason))


def of_person(session: Session, person_id: str) -> list[Audit]:
    """What the person may see: every reading of their data, oldest first."""
    return list(session.scalars(select(Audit).where(Audit.person_id == person_id).order_by(Audit.id)))
