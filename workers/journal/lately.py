"""Lately: what somebody said just before, with which a new message is joined for the danger screen."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.journal.keys import PersonKey
from workers.journal.tables import Turn, TurnMessage, now

JOIN_WITHIN = timedelta(minutes=2)
MOST = 12


def words_before(session: Session, person_id: str, message_id: int, key: PersonKey) -> dict[int, str]:
    """What the person wrote or said before this message and was not answered as danger, by message_id, oldest
    first."""
    rows = session.scalars(
        select(TurnMessage)
        .join(Turn, Turn.id == TurnMessage.turn_id)
        .where(
            TurnMessage.person_id == person_id,
            TurnMessage.message_id < message_id,
            TurnMessage.received_at > now() - JOIN_WITHIN,
            TurnMessage.words.is_not(None),
            Turn.kind != "danger",
        )
        .order_by(TurnMessage.message_id.desc())
        .limit(MOST)
    ).all()
    return {row.message_id: key.unseal(row.words) for row in reversed(rows) if row.words is not None}
