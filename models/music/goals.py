"""The goals that somebody may have with music: to stay with a feeling, to be lifted gently, to be calmed."""

from typing import Literal, get_args

Goal = Literal["sit", "lift", "calm"]
GOALS: tuple[Goal, ...] = get_args(Goal)
