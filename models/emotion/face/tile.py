"""A face as the expression network takes it: 48x48 grey values of mean 0 and deviation 1."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

SIDE = 48
"""Pixels of a picture of FER2013 (Goodfellow et al. 2013)."""
FLATTEST = 8.0
"""Least deviation of grey values that is divided by: a picture of one shade stays one."""


def standard(tiles: Bytes) -> Floats:
    """uint8 [n, h, w] to float32 [n, 1, h, w], each of mean 0 and deviation 1, whatever light it was taken in."""
    values = tiles.astype(np.float32)
    middle = values.mean(axis=(1, 2), keepdims=True)
    spread = np.maximum(values.std(axis=(1, 2), keepdims=True), FLATTEST)
    return np.asarray((values - middle) / spread, np.float32)[:, None]
