"""Drawing a picture of the course of feelings, when somebody asked for one."""

from workers.house import House
from workers.journal import drawings
from workers.journal.turns import Claim
from workers.stages.draw import drawn
from workers.turn import errand


def draw(house: House, drawing_id: int) -> None:
    """Draws what was asked for, if nobody does it."""
    errand.do(house, "picture", drawing_id, drawings, lambda claim: _draw(house, claim))


def _draw(house: House, claim: Claim) -> None:
    wanted = house.journal.transact(lambda session: drawings.wanted(session, claim))
    if wanted is not None:
        picture, caption = drawn(wanted)
        house.journal.transact(lambda session: drawings.keep(session, claim, picture, caption))
