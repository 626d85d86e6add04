"""Choosing music that was asked for: claim the wish, choose, and decide what an error means.

No turn waits for it: what fails here is tried again, and then said.
"""

import logging

from workers.errors import Permanent, TurnError
from workers.house import House
from workers.journal import wishes
from workers.journal.database import JournalUnavailable
from workers.journal.turns import Claim
from workers.stages.recommend import recommend

log = logging.getLogger(__name__)


def choose(house: House, wish_id: int) -> None:
    """Chooses what was wished for, if nobody does it. Ringing twice, or for what is gone, does nothing."""
    try:
        claim = house.journal.transact(lambda session: wishes.claim(session, wish_id))
        if claim is not None:
            _attempt(house, claim)
    except JournalUnavailable as error:
        # The lease runs out by itself, and the sweeper rings when the database is back.
        log.warning("music not chosen yet: wish=%s error=%s", wish_id, error)


def _attempt(house: House, claim: Claim) -> None:
    try:
        known = house.journal.transact(lambda session: wishes.known(session, claim))
        if known is not None:
            chosen = recommend(house, known)
            house.journal.transact(lambda session: wishes.keep(session, claim, known.wanted, chosen))
    except JournalUnavailable:
        raise
    except Permanent as error:  # the store denies it, say, and will the next time: its text names the cause
        log.error("music not chosen: wish=%s error=%s cause=%s", claim.turn_id, type(error).__name__, error)
        house.journal.transact(lambda session: wishes.refuse(session, claim))
    except TurnError as error:
        log.error("music not chosen: wish=%s error=%s cause=%s", claim.turn_id, type(error).__name__, error)
        house.journal.transact(lambda session: wishes.put_back(session, claim))
    except Exception as error:
        # An error nobody foresaw may carry what was asked for in its text: only its class and place are kept.
        log.exception("music not chosen: wish=%s error=%s", claim.turn_id, type(error).__name__)
        house.journal.transact(lambda session: wishes.put_back(session, claim))
    house.doorbell.call_sender()
