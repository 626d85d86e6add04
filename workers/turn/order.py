"""The order of work, in one place."""

import logging
from collections.abc import Callable

from workers.stages.compose import compose
from workers.stages.deliver import deliver
from workers.stages.feel import feel, feel_voice
from workers.stages.fetch import fetch
from workers.stages.find import find
from workers.stages.hear import hear
from workers.stages.post import post
from workers.stages.recall import recall
from workers.stages.screen import screen, screen_heard
from workers.stages.script import script
from workers.stages.see import see
from workers.stages.settle import settle
from workers.stages.voice import voice
from workers.stages.watch import watch
from workers.turn.context import TurnContext

log = logging.getLogger(__name__)

Stage = Callable[[TurnContext], None]

PERCEIVE: tuple[Stage, ...] = (find, fetch, hear, screen_heard, feel_voice, watch, see, settle)
"""For one recording or picture; the next of the turn is another walk."""
COMPOSE: tuple[Stage, ...] = (recall, screen, feel, compose, deliver)
RENDER: tuple[Stage, ...] = (script, voice, post)
"""For an answer that is to be spoken, after it was composed."""


def walk(context: TurnContext, stages: tuple[Stage, ...]) -> None:
    """One stage after the other. Raises what a stage raises.

    The log tells where each turn is: a process that is gone without a word had the work in hand that was begun and
    not left.
    """
    try:
        for stage in stages:
            log.debug("stage begun: turn=%s stage=%s", context.turn_id, stage.__name__)
            stage(context)
    finally:
        log.debug("stages left: turn=%s", context.turn_id)
