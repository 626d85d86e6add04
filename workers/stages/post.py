"""Post: the voice note takes its place in the outbox, in place of the written answer or beside it."""

from workers.journal import speeches
from workers.turn.context import Superseded, TurnContext


def post(context: TurnContext) -> None:
    """Raises `Superseded` where it comes too late, or may not be said any more."""
    spoken = context.spoken
    if spoken is None:
        raise Superseded
    if not context.house.journal.transact(lambda session: speeches.keep(session, context.claim, spoken)):
        raise Superseded
    context.house.doorbell.call_sender()
