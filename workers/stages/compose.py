"""Compose: asks the reply room for an answer that has passed its reranker and its guard."""

from models.reply.engine import EngineUnavailable
from models.reply.request import Reply, Request
from workers.errors import Transient
from workers.journal.turns import ATTEMPTS
from workers.stages.sentence import untaken
from workers.turn.context import TurnContext


def compose(context: TurnContext) -> None:
    """Sets `context.reply`. Raises `Transient` while the engine cannot answer; the last attempt does without it."""
    if not context.messages and not context.shown:  # nothing of what was sent could be heard or seen
        context.reply = Reply(untaken(context), f"untaken:{[*context.unheard, *context.unseen][0]}")
        return
    house = context.house
    request = Request(
        language=context.language,
        messages=context.messages,
        history=context.history,
        estimate=context.estimate,
        persona=context.persona,
        mode="careful" if context.mode == "careful" else "normal",
        said=context.said,
        min_age=house.settings.min_age,
        seed=context.turn_id,
        minor=context.minor,
        doubts=context.doubts,
        shown=context.shown,
    )
    try:
        context.reply = house.composer.compose(request, without_model=context.claim.attempts >= ATTEMPTS)
    except EngineUnavailable as error:
        raise Transient(str(error)) from error
