"""The order of work, in one place."""

from collections.abc import Callable

from workers.stages.compose import compose
from workers.stages.deliver import deliver
from workers.stages.recall import recall
from workers.stages.screen import screen
from workers.turn.context import TurnContext

Stage = Callable[[TurnContext], None]

COMPOSE: tuple[Stage, ...] = (recall, screen, compose, deliver)
