"""How a piece of music feels, from its 80 features: six moods, valence and arousal, and how sure that is.

A small head learned elsewhere (`heed train music`), served with numpy alone. It is weak, and its card says how weak:
what it says of a piece is a leaning, not a finding.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Head, load
from models.music.features import SIZE
from models.music.moods import ANCHORS, MOODS, Mood

Floats = NDArray[np.float32]

HEAD = Path(__file__).parent / "heads" / "moods.npz"
FARTHEST = 4.0
"""Deviations from the mean beyond which a feature tells no more: one strange number must not decide alone."""


@dataclass(frozen=True, slots=True)
class MoodReading:
    """`probabilities` of the six moods, sum 1. `valence` and `arousal` in [-1, 1]: the mean of the moods' places by
    these. `sure`: the calibrated chance that the likeliest mood is what the piece was made for, 0 where the sound is
    unlike everything that was learned from; then all moods are alike. `model`: which head says so."""

    probabilities: dict[Mood, float]
    valence: float
    arousal: float
    sure: float
    model: str


class MoodReader:
    """Reads moods. Loading takes milliseconds; nothing but numpy is needed. Raises `UnreadableHead`."""

    def __init__(self, head: Path | Head = HEAD) -> None:
        self.head = head if isinstance(head, Head) else load(head)
        self._anchors = np.array([ANCHORS[mood] for mood in MOODS], np.float32)

    def scaled(self, raw: Floats) -> Floats:
        """`raw` [n, 80] with mean 0 and deviation 1 over what the head was learned from: float32 [n, 80], for the
        index. Raises ValueError for another number of columns."""
        return np.ascontiguousarray(self.head.standardised(np.asarray(raw, np.float32)))

    def chances(self, raw: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Probabilities [n, 6] in the order of `MOODS`, and which of `raw` [n, 80] are like what was learned from.
        Raises ValueError for another number of columns, or numbers that are none."""
        table = np.asarray(raw, np.float32)
        if not np.isfinite(table).all():
            raise ValueError("a feature is not a number")
        head = self.head
        near = head.centre + np.clip(head.standardised(table), -FARTHEST, FARTHEST) * head.scale
        known = np.asarray(head.strangeness(table) <= head.alike_to, np.bool_)
        said = np.where(known[:, None], head.probabilities(near), np.float32(1 / len(MOODS)))
        return np.asarray(said, np.float32), known

    def read(self, raw: Floats) -> MoodReading:
        """How the piece with the features `raw` [80] feels. Raises ValueError for another size or no numbers."""
        if raw.shape != (SIZE,):
            raise ValueError(f"a piece is described by {SIZE} numbers")
        said, known = self.chances(raw[None])
        valence, arousal = (float(each) for each in said[0] @ self._anchors)
        return MoodReading(
            probabilities={mood: float(chance) for mood, chance in zip(MOODS, said[0], strict=True)},
            valence=valence,
            arousal=arousal,
            sure=float(said[0].max()) if known[0] else 0.0,
            model=self.head.card.name,
        )
