"""What the head upon the network reads: its logits and features, and the movements of the face where it has any."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.emotion.labels import FEELINGS
from models.face.landmarks import MOVEMENTS

Floats = NDArray[np.float32]

MOVING = MOVEMENTS[1:]
"""The first of the scores, `_neutral`, is a baseline that says nothing."""
LOGITS = slice(0, len(FEELINGS))
MOVES = slice(len(FEELINGS), len(FEELINGS) + len(MOVING))
FEATURES = slice(len(FEELINGS) + len(MOVING), None)


def moves(movements: Mapping[str, float] | None) -> Floats:
    """The scores [51] in their order; not a number where the face had no landmarks."""
    if movements is None:
        return np.full(len(MOVING), np.nan, np.float32)
    return np.array([movements[name] for name in MOVING], np.float32)


def joined(logits: Floats, features: Floats, movements: Floats, centre: Floats | None = None) -> Floats:
    """[n, 7], [n, width] and [n, 51] as one table. A missing movement becomes the mean of `centre`, the head's own,
    which says nothing for or against any feeling; without it, it stays missing."""
    table = np.concatenate([logits, movements, features], axis=1).astype(np.float32)
    if centre is None:
        return table
    return np.where(np.isnan(table), centre[None], table)
