"""Playlists: the pieces that somebody keeps. One a person, in the order in which they were put there."""

from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from workers.journal import tracks as catalogue
from workers.journal.tables import Person, PlaylistEntry, Track

LIMIT = 100
Added = Literal["kept", "full", "gone"]


def add(session: Session, person: Person, track_id: int) -> Added:
    """Puts a piece at the end; one that is there already stays where it is."""
    if catalogue.get(session, track_id) is None:
        return "gone"
    if holds(session, person, track_id):
        return "kept"
    if count(session, person) >= LIMIT:
        return "full"
    session.add(PlaylistEntry(person_id=person.id, track_id=track_id))
    session.flush()
    return "kept"


def drop(session: Session, person: Person, track_id: int) -> None:
    """Takes a piece out, if it is there."""
    session.execute(
        delete(PlaylistEntry).where(PlaylistEntry.person_id == person.id, PlaylistEntry.track_id == track_id)
    )


def holds(session: Session, person: Person, track_id: int) -> bool:
    wanted = select(PlaylistEntry.id).where(PlaylistEntry.person_id == person.id, PlaylistEntry.track_id == track_id)
    return session.scalar(wanted) is not None


def count(session: Session, person: Person) -> int:
    """Of the pieces in it, how many can still be played."""
    return (
        session.scalar(
            select(func.count())
            .select_from(PlaylistEntry)
            .join(Track, Track.id == PlaylistEntry.track_id)
            .where(PlaylistEntry.person_id == person.id, Track.removed_at.is_(None))
        )
        or 0
    )


def tracks(session: Session, person_id: str) -> list[Track]:
    """What can still be played of it, in its order."""
    return list(
        session.scalars(
            select(Track)
            .join(PlaylistEntry, PlaylistEntry.track_id == Track.id)
            .where(PlaylistEntry.person_id == person_id, Track.removed_at.is_(None))
            .order_by(PlaylistEntry.id)
        )
    )
