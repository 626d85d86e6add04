"""Perceiving: the work on a turn before it can be composed, and how it is handed on to whoever is next."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.journal.attachments import WAITING, oldest_waiting
from workers.journal.tables import Conversation, Person, Turn, TurnMessage, now
from workers.journal.turns import COMPOSE, PERCEIVE, RING_AGAIN, THINKING, Claim, Due, open_turn


def pass_on(session: Session, claim: Claim) -> Due | None:
    """Lets go of a turn for which other work is due than it was taken for. None where it is the same, or lost."""
    turn = session.get(Turn, claim.turn_id, populate_existing=True)
    if turn is None or turn.lease_token != claim.token or turn.queue == claim.queue:
        return None
    turn.lease_token = turn.lease_until = None
    turn.attempts, turn.ring_at = 0, now() + RING_AGAIN
    return Due(turn.id, turn.queue)


def perceived(session: Session, claim: Claim) -> Due | None:
    """Ends the work of perceiving on one attachment: the next one is due, or composing is. None where it was lost."""
    turn = session.get(Turn, claim.turn_id, populate_existing=True)
    if turn is None or turn.lease_token != claim.token or turn.state not in THINKING:
        return None
    waits = oldest_waiting(session, turn.id) is not None
    turn.queue = PERCEIVE if waits else COMPOSE
    turn.state = "received" if waits else "perceived"
    turn.lease_token = turn.lease_until = None
    turn.attempts, turn.ring_at = 0, now() + RING_AGAIN
    return Due(turn.id, turn.queue)


def reopen_unheard(session: Session, person: Person, conversation: Conversation) -> Turn | None:
    """A turn for attachments that wait in cancelled ones: what was said is heard, whatever was answered before it."""
    waiting = session.scalars(
        select(TurnMessage)
        .join(Turn, Turn.id == TurnMessage.turn_id)
        .where(
            TurnMessage.person_id == person.id, TurnMessage.hearing == WAITING, Turn.state == "cancelled",
            Turn.conversation_id == conversation.id,
        )
    ).all()  # fmt: skip
    if not waiting:
        return None
    turn = open_turn(session, person, conversation, queue=PERCEIVE, not_before=now(), ring_at=now())
    for message in waiting:
        message.turn_id = turn.id
    return turn
