"""Answering a turn: claim it, walk the stages, and decide what an error means. Terminal steps always run."""

import logging

from sqlalchemy.orm import Session

from workers.errors import Permanent, RetryAfter, Transient
from workers.house import House
from workers.journal import drawings, perceiving, speeches, turns, wishes
from workers.journal.database import JournalUnavailable
from workers.journal.tables import Turn
from workers.journal.turns import ATTEMPTS, Claim
from workers.turn import order
from workers.turn.choosing import choose
from workers.turn.context import Outrun, Superseded, TurnContext
from workers.turn.drawing import draw
from workers.turn.ending import apologise
from workers.turn.speaking import speak

log = logging.getLogger(__name__)


def answer(house: House, turn_id: int, queue: str = turns.COMPOSE) -> None:
    """Does the work of `queue` on the turn if it is due and nobody else's. Ringing twice, or for a turn that is gone,
    does nothing."""
    if queue == speeches.RENDER:
        speak(house, turn_id)
        return
    if queue == drawings.DRAW:
        draw(house, turn_id)
        return
    if queue == wishes.RECOMMEND:
        choose(house, turn_id)
        return
    try:
        claim = house.journal.transact(lambda session: turns.claim(session, turn_id, queue))
    except JournalUnavailable as error:
        log.warning("turn not claimed: turn=%s error=%s", turn_id, error)
        return
    if claim is None:
        return
    try:
        with house.renewer.keep(claim):
            _attempt(house, claim)
    except JournalUnavailable as error:
        # The lease runs out by itself, and the sweeper rings when the database is back.
        log.warning("turn interrupted: turn=%s error=%s", turn_id, error)


def _attempt(house: House, claim: Claim) -> None:
    try:
        for _ in range(turns.RECOMPOSITIONS + 1):
            try:
                _walk(house, claim)
            except Outrun:
                due = house.journal.transact(lambda session: perceiving.pass_on(session, claim))
                if due is None:
                    continue
                house.doorbell.ring(*due)
            return
        raise Transient("messages kept coming")
    except Superseded:
        # Forgotten or taken over: then the token matches nothing. Otherwise its conversation has moved on.
        house.journal.transact(lambda session: turns.cancel(session, claim))
        log.info("turn superseded: turn=%s", claim.turn_id)
    except JournalUnavailable:
        raise
    except Transient as error:
        seconds = error.seconds if isinstance(error, RetryAfter) else None
        _try_later(house, claim, f"{type(error).__name__}: {error}", seconds)
    except Permanent as error:
        _end(house, claim, f"Permanent: {error}")
    except Exception as error:
        # An error nobody foresaw may carry a person's words in its text: only its class and place are kept.
        log.exception("turn failed: turn=%s error=%s", claim.turn_id, type(error).__name__)
        _try_later(house, claim, type(error).__name__, None)


def _walk(house: House, claim: Claim) -> None:
    context = TurnContext(house, claim, claim.turn_id)
    order.walk(context, order.PERCEIVE if claim.queue == turns.PERCEIVE else order.COMPOSE)


def _try_later(house: House, claim: Claim, failure: str, seconds: float | None) -> None:
    if claim.attempts >= ATTEMPTS:
        _end(house, claim, failure)
        return
    house.journal.transact(lambda session: turns.put_back(session, claim, failure, seconds))
    log.warning("turn put back: turn=%s attempt=%s cause=%s", claim.turn_id, claim.attempts, failure[:80])


def _end(house: House, claim: Claim, failure: str) -> None:
    def end(session: Session) -> turns.Due | None:
        turn = session.get(Turn, claim.turn_id)
        if turn is None or not turns.give_up(session, claim, failure):
            return None
        apologise(session, turn)
        return turns.next_of(session, claim.turn_id)

    following = house.journal.transact(end)
    log.error("turn died: turn=%s cause=%s", claim.turn_id, failure[:80])
    house.doorbell.call_sender()
    if following is not None:
        house.doorbell.ring(*following)
