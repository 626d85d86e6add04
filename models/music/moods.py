"""The six moods that a piece of music may have, and where they lie."""

from typing import Literal, get_args

Mood = Literal["joyful", "energetic", "calm", "tender", "melancholy", "dark"]
MOODS: tuple[Mood, ...] = get_args(Mood)

ANCHORS: dict[Mood, tuple[float, float]] = {
    "joyful": (0.75, 0.35),
    "energetic": (0.40, 0.80),
    "calm": (0.45, -0.65),
    "tender": (0.25, -0.25),
    "melancholy": (-0.50, -0.40),
    "dark": (-0.60, 0.40),
}
"""(valence, arousal) of each, in [-1, 1]. Ours: one place in each quarter of Russell's circumplex (1980) and two
between them, so that a way from any feeling to another has a mood beside it."""
