"""Tact: what is not said beside something heavy, whatever was read from a face or a voice; and what a few words under
a photo do not say."""

from dataclasses import replace

from models.reply.request import Request
from models.reply.situation import UNKNOWN, situation_of

HEAVY = frozenset(
    {"loss", "pet_loss", "betrayal", "breakup", "ill_relative", "health", "job_loss", "bullying", "lonely", "guilt"}
    | {"shame", "self_doubt", "empty", "low"}
)
"""Situations in which nobody is told that they seem glad: people smile at a camera on bad days too."""
TOPICS = frozenset({"work", "study", "exam", "job_search", "family", "parenting", "everyday", "waiting"})
"""Situations of which a few words under a photo tell the topic and no more: nothing says that it is a burden."""


def tactful(request: Request) -> Request:
    """`request`, without an estimate that would call somebody glad who writes of something heavy."""
    if request.estimate is None or request.estimate.feeling != "happiness":
        return request
    earlier = [exchange.person for exchange in request.history]
    heavy = situation_of(request.text, request.language, earlier).name in HEAVY
    return replace(request, estimate=None) if heavy else request


def speaks_for_itself(request: Request) -> bool:
    """Whether a photo says more than the words under it: they name nothing known, or a topic beside a glad face."""
    if not request.shown or request.history:
        return False
    name = situation_of(request.text, request.language).name
    glad = request.estimate is not None and request.estimate.feeling == "happiness"
    return name == UNKNOWN or (glad and name in TOPICS)
