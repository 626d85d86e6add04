"""Tact: what is not said beside something heavy, whatever was read from a face or a voice."""

from dataclasses import replace

from models.reply.request import Request
from models.reply.situation import situation_of

HEAVY = frozenset(
    {"loss", "pet_loss", "betrayal", "breakup", "ill_relative", "health", "job_loss", "bullying", "lonely", "guilt"}
    | {"shame", "self_doubt", "empty", "low"}
)
"""Situations in which nobody is told that they seem glad: people smile at a camera on bad days too."""


def tactful(request: Request) -> Request:
    """`request`, without an estimate that would call somebody glad who writes of something heavy."""
    if request.estimate is None or request.estimate.feeling != "happiness":
        return request
    earlier = [exchange.person for exchange in request.history]
    heavy = situation_of(request.text, request.language, earlier).name in HEAVY
    return replace(request, estimate=None) if heavy else request
