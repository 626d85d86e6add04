"""A found face, laid out as those of FER2013 are: eyes and mouth where theirs are in the middle of all of them."""

import cmath

import numpy as np
from numpy.typing import NDArray

from models.emotion.face.tile import SIDE
from models.face.landmarks import EYE_LEFT, EYE_RIGHT, MOUTH
from models.face.warp import Pyramid, Square

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

PLACES = ((15.3, 18.6), (32.7, 18.8), (23.9, 36.7))
"""Medians of the person's right eye, left eye and the mouth's middle over 225 tiles of FER2013 in which MediaPipe
found landmarks, in pixels of 48."""
GREY = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601, as Pillow's."""


def tile(pyramid: Pyramid, landmarks: Floats) -> Bytes:
    """The face with `landmarks` [478, 3] as uint8 [48, 48]."""
    twice = pyramid.cut(square(landmarks), 2 * SIDE).astype(np.float32) @ GREY
    return np.asarray(np.rint(twice.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3))), np.uint8)


def square(landmarks: Floats) -> Square:
    """The square in which eyes and mouth come as close to `PLACES` as turning, moving and scaling can bring them."""
    there = np.array([complex(x, y) / SIDE for x, y in PLACES]) - complex(0.5, 0.5)
    here = np.array([_middle(landmarks, pair) for pair in (EYE_RIGHT, EYE_LEFT, MOUTH)])
    centred = there - there.mean()
    factor = complex(np.vdot(centred, here - here.mean()) / np.vdot(centred, centred).real)
    middle = complex(here.mean() - factor * there.mean())
    return Square(middle.real, middle.imag, max(abs(factor), 1.0), cmath.phase(factor))


def _middle(landmarks: Floats, pair: tuple[int, int]) -> complex:
    x, y = landmarks[list(pair), :2].astype(np.float64).mean(axis=0)
    return complex(x, y)
