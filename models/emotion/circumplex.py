"""Valence and arousal that go with the seven feelings."""

from collections.abc import Mapping

from models.emotion.labels import FEELINGS, Feeling

PLACES: dict[Feeling, tuple[float, float]] = {
    "anger": (-0.51, 0.59),
    "disgust": (-0.60, 0.35),
    "fear": (-0.64, 0.60),
    "happiness": (0.81, 0.51),
    "sadness": (-0.63, -0.27),
    "surprise": (0.40, 0.67),
    "neutral": (0.0, 0.0),
}
"""Mean (pleasure, arousal) of the words angry, disgusted, fearful, happy, sad and surprised, each in [-1, 1], as
rated in Russell & Mehrabian (1977), Journal of Research in Personality 11: 273-294; neutral is the origin."""


def valence_arousal(probabilities: Mapping[Feeling, float]) -> tuple[float, float]:
    """The expected (valence, arousal) under `probabilities`, each in [-1, 1]."""
    valence = sum(probabilities[feeling] * PLACES[feeling][0] for feeling in FEELINGS)
    arousal = sum(probabilities[feeling] * PLACES[feeling][1] for feeling in FEELINGS)
    return max(-1.0, min(1.0, valence)), max(-1.0, min(1.0, arousal))
