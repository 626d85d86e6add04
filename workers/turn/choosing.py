"""Choosing music, when somebody asked for some."""

from workers.house import House
from workers.journal import wishes
from workers.journal.turns import Claim
from workers.stages.recommend import recommend
from workers.turn import errand


def choose(house: House, wish_id: int) -> None:
    """Chooses what was wished for, if nobody does it."""
    errand.do(house, "music", wish_id, wishes, lambda claim: _choose(house, claim))


def _choose(house: House, claim: Claim) -> None:
    known = house.journal.transact(lambda session: wishes.known(session, claim))
    if known is not None:
        chosen = recommend(house, known)
        house.journal.transact(lambda session: wishes.keep(session, claim, known.wanted, chosen))
