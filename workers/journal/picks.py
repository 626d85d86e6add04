"""Picks: what somebody was sent in a conversation, so that nothing comes twice while other pieces are left."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workers.journal.tables import Pick, Track, now


def heard(session: Session, conversation_id: int) -> frozenset[int]:
    """The ids of the tracks that were sent in this conversation."""
    return frozenset(session.scalars(select(Pick.track_id).where(Pick.conversation_id == conversation_id)))


def add(session: Session, person_id: str, conversation_id: int, origin: str, tracks: Iterable[int]) -> None:
    """Notes what is being sent."""
    for track_id in tracks:
        session.add(Pick(person_id=person_id, conversation_id=conversation_id, track_id=track_id, origin=origin))
    session.flush()


def begin_again(session: Session, conversation_id: int) -> None:
    """All was heard: from now on everything counts as unheard, but for what is added next."""
    session.execute(delete(Pick).where(Pick.conversation_id == conversation_id))


def chosen(session: Session, person_id: str, track_id: int) -> None:
    """Of what they were sent, the person chose this one to hear more like it."""
    session.execute(
        update(Pick)
        .where(Pick.person_id == person_id, Pick.track_id == track_id, Pick.chosen_at.is_(None))
        .values(chosen_at=now())
    )


def of_person(session: Session, person_id: str) -> list[tuple[Pick, Track]]:
    """Everything that is kept of what a person was sent, oldest first."""
    of = select(Pick, Track).join(Track, Track.id == Pick.track_id).where(Pick.person_id == person_id)
    rows = session.execute(of.order_by(Pick.id))
    return [(row[0], row[1]) for row in rows]
