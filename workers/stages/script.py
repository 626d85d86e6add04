"""Script: what of the answer is to be said aloud, read from where it was written, and how the person seemed."""

from sqlalchemy.orm import Session

from models.emotion.estimate import Estimate
from workers.journal import readings, speeches
from workers.journal.tables import Person, Turn
from workers.stages.feel import fused
from workers.turn.context import Superseded, TurnContext
from workers.turn.felt import as_estimate


def script(context: TurnContext) -> None:
    """Fills in `context.script` and, where it is still kept, `context.estimate`. Raises `Superseded` where nothing is
    to be spoken any more."""
    journal = context.house.journal
    context.script = journal.transact(lambda session: speeches.script(session, context.claim))
    if context.script is None:
        raise Superseded
    with journal.read() as session:
        kept = _kept(session, context.turn_id)
    found = fused(context, kept) if kept else None
    context.estimate = found.estimate if found is not None else None


def _kept(session: Session, turn_id: int) -> list[Estimate]:
    turn = session.get(Turn, turn_id)
    person = session.get(Person, turn.person_id) if turn else None
    return [as_estimate(felt) for felt in readings.of_turn(session, person, turn_id)] if person else []
