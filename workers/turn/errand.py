"""Doing an errand: claim it, fetch what was asked for, and decide what an error means.

No turn waits for it, and no text either: what fails here is tried again, and then said.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from sqlalchemy.orm import Session

from workers.errors import Permanent, TurnError
from workers.house import House
from workers.journal.database import JournalUnavailable
from workers.journal.turns import Claim

log = logging.getLogger(__name__)


class Kind(Protocol):
    """The module of the journal that keeps errands of this kind."""

    def claim(self, session: Session, errand_id: int, /) -> Claim | None: ...

    def put_back(self, session: Session, claim: Claim, /) -> None: ...

    def refuse(self, session: Session, claim: Claim, /) -> None: ...


def do(house: House, what: str, errand_id: int, kind: Kind, fetch: Callable[[Claim], None]) -> None:
    """Does the errand, if nobody does it. Ringing twice, or for what is gone, does nothing. `what` names it in the
    log; `fetch` does the work and keeps what came of it, by the claim that it is given."""
    try:
        claim = house.journal.transact(lambda session: kind.claim(session, errand_id))
        if claim is not None:
            _attempt(house, what, claim, kind, fetch)
    except JournalUnavailable as error:
        # The lease runs out by itself, and the sweeper rings when the database is back.
        log.warning("%s not fetched yet: errand=%s error=%s", what, errand_id, error)


def _attempt(house: House, what: str, claim: Claim, kind: Kind, fetch: Callable[[Claim], None]) -> None:
    number = claim.turn_id
    try:
        fetch(claim)
    except JournalUnavailable:
        raise
    except Permanent as error:  # the store denies it, say, and will the next time: its text names the cause
        log.error("%s not fetched: errand=%s error=%s cause=%s", what, number, type(error).__name__, error)
        house.journal.transact(lambda session: kind.refuse(session, claim))
    except TurnError as error:
        log.error("%s not fetched: errand=%s error=%s cause=%s", what, number, type(error).__name__, error)
        house.journal.transact(lambda session: kind.put_back(session, claim))
    except Exception as error:
        # An error nobody foresaw may carry in its text what was said or felt: only its class and place are kept.
        log.exception("%s not fetched: errand=%s error=%s", what, number, type(error).__name__)
        house.journal.transact(lambda session: kind.put_back(session, claim))
    house.doorbell.call_sender()
