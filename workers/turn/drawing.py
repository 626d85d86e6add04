"""Drawing a picture of the course of feelings: claim it, draw it, and decide what an error means.

No turn waits for it, and no text either: what fails here is tried again, and then said.
"""

import logging

from workers.house import House
from workers.journal import drawings
from workers.journal.database import JournalUnavailable
from workers.journal.turns import Claim
from workers.stages.draw import drawn

log = logging.getLogger(__name__)


def draw(house: House, drawing_id: int) -> None:
    """Draws what was asked for, if nobody does it. Ringing twice, or for what is gone, does nothing."""
    try:
        claim = house.journal.transact(lambda session: drawings.claim(session, drawing_id))
        if claim is not None:
            _attempt(house, claim)
    except JournalUnavailable as error:
        # The lease runs out by itself, and the sweeper rings when the database is back.
        log.warning("picture not drawn yet: drawing=%s error=%s", drawing_id, error)


def _attempt(house: House, claim: Claim) -> None:
    try:
        wanted = house.journal.transact(lambda session: drawings.wanted(session, claim))
        if wanted is not None:
            picture, caption = drawn(wanted)
            house.journal.transact(lambda session: drawings.keep(session, claim, picture, caption))
    except JournalUnavailable:
        raise
    except Exception as error:
        # An error nobody foresaw may carry what was felt in its text: only its class and place are kept.
        log.exception("drawing failed: drawing=%s error=%s", claim.turn_id, type(error).__name__)
        house.journal.transact(lambda session: drawings.put_back(session, claim))
    house.doorbell.call_sender()
