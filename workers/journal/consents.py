"""Consents: each separate, dated, versioned, revocable, and off until it is switched on."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workers.journal.tables import Consent, FaceChoice, Person

VERSION = "2026-11.3"  # of the words that the yes is given to (models/words/*/consent.yaml)
KINDS = ("diary", "readings", "team", "improve")


def granted(session: Session, person_id: str, kind: str) -> bool:
    """Whether the latest word of this person on `kind` is yes."""
    latest = session.scalar(
        select(Consent.granted)
        .where(Consent.person_id == person_id, Consent.kind == kind)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return bool(latest)


def version(session: Session, person_id: str, kind: str) -> str | None:
    """The version of the words that this person's standing yes to `kind` was given to. None where there is no yes."""
    newest = session.execute(
        select(Consent.granted, Consent.version)
        .where(Consent.person_id == person_id, Consent.kind == kind)
        .order_by(Consent.id.desc())
        .limit(1)
    ).one_or_none()
    return newest.version if newest is not None and newest.granted else None


def speaks_of(version: str, since: str) -> bool:
    """Whether the words of this version are those of `since`, or newer: "2026-11.10" is newer than "2026-11.9"."""
    return _numbers(version) >= _numbers(since)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.replace("-", ".").split(".")]


def latest(session: Session, person_id: str) -> dict[str, Consent]:
    """The newest row of each kind this person has ever decided."""
    rows = session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    return {row.kind: row for row in rows}


def give(session: Session, person: Person, kind: str, yes: bool) -> bool:
    """Records a decision. Returns False, and records nothing, where the law of the house says no: a minor's yes.

    Without readings nobody is asked which face is theirs: where their photo is goes at once."""
    if kind not in KINDS:
        raise ValueError(f"no consent is called {kind!r}")
    if yes and person.minor:
        return False
    session.add(Consent(person_id=person.id, kind=kind, granted=yes, version=VERSION))
    if kind == "readings" and not yes:
        session.execute(delete(FaceChoice).where(FaceChoice.person_id == person.id))
    session.flush()
    return True


def withdraw_all(session: Session, person: Person) -> None:
    """Every yes becomes a no: what happens when somebody turns out to be under age."""
    for kind, row in latest(session, person.id).items():
        if row.granted:
            give(session, person, kind, False)
