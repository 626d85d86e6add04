"""Script: what of the answer is to be said aloud, read from where it was written."""

from workers.journal import speeches
from workers.turn.context import Superseded, TurnContext


def script(context: TurnContext) -> None:
    """Fills in `context.script`. Raises `Superseded` where nothing is to be spoken any more."""
    context.script = context.house.journal.transact(lambda session: speeches.script(session, context.claim))
    if context.script is None:
        raise Superseded
