"""Speaking a turn's answer: claim it, walk the stages, and decide what an error means. The written answer never
depends on it: what fails here costs a voice and no words."""

import logging

from models.speech.synthesise import NotSpoken
from workers.errors import Transient
from workers.house import House
from workers.journal import speeches
from workers.journal.database import JournalUnavailable
from workers.journal.turns import Claim
from workers.turn import order
from workers.turn.context import Superseded, TurnContext

log = logging.getLogger(__name__)


def speak(house: House, turn_id: int) -> None:
    """Has the answer of a turn spoken, if that is wanted and nobody does it. Ringing twice does nothing."""
    try:
        claim = house.journal.transact(lambda session: speeches.claim(session, turn_id))
        if claim is not None:
            _attempt(house, claim)
    except JournalUnavailable as error:
        # The lease runs out by itself; the written answer waits for nobody.
        log.warning("answer not spoken yet: turn=%s error=%s", turn_id, error)


def _attempt(house: House, claim: Claim) -> None:
    context = TurnContext(house, claim, claim.turn_id)
    try:
        order.walk(context, order.RENDER)
    except Superseded:
        log.info("answer not spoken any more: turn=%s", claim.turn_id)
    except NotSpoken as error:
        log.info("answer left written: turn=%s cause=%s", claim.turn_id, type(error).__name__)
        house.journal.transact(lambda session: speeches.leave_written(session, claim))
        house.doorbell.call_sender()
    except JournalUnavailable:
        raise
    except Transient as error:
        _try_later(house, claim, str(error))
    except Exception as error:
        # An error nobody foresaw may carry the answer's words in its text: only its class and place are kept.
        log.exception("speaking failed: turn=%s error=%s", claim.turn_id, type(error).__name__)
        _try_later(house, claim, type(error).__name__)


def _try_later(house: House, claim: Claim, failure: str) -> None:
    house.journal.transact(lambda session: speeches.put_back(session, claim))
    house.doorbell.call_sender()
    log.warning("answer not spoken: turn=%s attempt=%s cause=%s", claim.turn_id, claim.attempts, failure[:80])
