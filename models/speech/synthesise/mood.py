"""How an answer is to sound: pace, pitch, and how much the voice moves, from valence and arousal."""

from dataclasses import dataclass
from typing import Literal

from models.emotion.estimate import Estimate

Name = Literal["calm", "neutral", "bright"]
PACE_BY_AROUSAL, PACE_BY_VALENCE = 0.09, 0.03
PITCH_BY_AROUSAL, PITCH_BY_VALENCE = 0.05, 0.03
MOVEMENT_BY_AROUSAL, MOVEMENT_BY_VALENCE = 0.15, 0.10
"""Slower, lower and flatter when calm, the other way when bright: the direction that Juslin & Laukka (2003)
report for tenderness and happiness, at a fraction of the size that actors use."""
CLEAR = 0.2
"""Distance from 0 at which the valence of a person's feeling moves the voice that answers."""
PAUSE_S = 0.28
PAUSE_BY_AROUSAL = 0.12


@dataclass(frozen=True, slots=True)
class Mood:
    """Valence and arousal, each in [-1, 1], of the answer, not of the person."""

    valence: float = 0.0
    arousal: float = 0.0

    def __post_init__(self) -> None:
        if not (-1 <= self.valence <= 1 and -1 <= self.arousal <= 1):
            raise ValueError("valence and arousal of a mood lie in [-1, 1]")

    @property
    def pace(self) -> float:
        """Speed of speech; 1 is the voice's own."""
        return 1 + PACE_BY_AROUSAL * self.arousal + PACE_BY_VALENCE * self.valence

    @property
    def pitch(self) -> float:
        """Factor on the fundamental frequency."""
        return 1 + PITCH_BY_AROUSAL * self.arousal + PITCH_BY_VALENCE * self.valence

    @property
    def movement(self) -> float:
        """Factor on how far the fundamental frequency strays from its mean."""
        return 1 + MOVEMENT_BY_AROUSAL * self.arousal + MOVEMENT_BY_VALENCE * self.valence

    @property
    def pause_s(self) -> float:
        """Silence between two sentences, in seconds."""
        return PAUSE_S - PAUSE_BY_AROUSAL * self.arousal


MOODS: dict[Name, Mood] = {
    "calm": Mood(valence=0.1, arousal=-0.7),
    "neutral": Mood(),
    "bright": Mood(valence=0.8, arousal=0.5),
}


def mood_of(mood: Mood | Name) -> Mood:
    """A mood by its name, or itself."""
    return mood if isinstance(mood, Mood) else MOODS[mood]


def answering(estimate: Estimate | None) -> Mood:
    """The mood in which to answer somebody who seems to feel so: calm for who is unhappy, however stirred up, bright
    for who is glad, and the voice's own where nothing was estimated or nothing is clear."""
    if estimate is None or estimate.feeling is None or abs(estimate.valence) < CLEAR:
        return MOODS["neutral"]
    return MOODS["calm" if estimate.valence < 0 else "bright"]
