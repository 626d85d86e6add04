"""RAVDESS's eight classes, which the head tells apart, and the seven feelings they stand for."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.emotion.labels import FEELINGS, Feeling

EIGHT: dict[str, Feeling] = {
    "neutral": "neutral",
    "calm": "neutral",
    "happy": "happiness",
    "sad": "sadness",
    "angry": "anger",
    "fearful": "fear",
    "disgust": "disgust",
    "surprised": "surprise",
}
"""RAVDESS (Livingstone & Russo 2018) in the order of its file names. Calm was recorded as a second kind of
baseline with little or no arousal, so that its probability is counted to neutral."""

CLASSES = tuple(EIGHT)

SYNONYMS: dict[str, str] = {
    **{name: name for name in CLASSES},
    **{
        "anger": "angry",
        "happiness": "happy",
        "joy": "happy",
        "sadness": "sad",
        "fear": "fearful",
        "disgusted": "disgust",
        "surprise": "surprised",
    },
}
"""Labels of other corpora. A corpus's own `calm` (TurEV-DB) is read as RAVDESS's."""

SEVEN_OF_EIGHT: NDArray[np.float32] = np.array(
    [[float(feeling == seventh) for seventh in FEELINGS] for feeling in EIGHT.values()], np.float32
)
"""[8, 7]: probabilities of the eight times this are probabilities of the seven."""


def eight(row: Mapping[str, str]) -> str | None:
    """The class of a row of index.csv (`label`, `label7`), or None where it has none of the eight."""
    if row.get("label", "").strip().lower() in SYNONYMS:
        return SYNONYMS[row["label"].strip().lower()]
    return SYNONYMS.get(row.get("label7", "").strip().lower())
