"""Tunes: short sounds that are like music, for tests of what hears it."""

import numpy as np
from numpy.typing import NDArray

RATE = 44_100


def tune(seed: int, seconds: float = 20.0) -> NDArray[np.float32]:
    """Plucked notes of a scale over a bass, the same for the same seed: float32 [n, 2], 44.1 kHz."""
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE)
    sound = np.zeros((count + RATE, 2))
    beat = 60 / chance.uniform(70, 140)
    root = chance.uniform(100, 200)
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12] if chance.random() < 0.5 else [0, 2, 3, 5, 7, 8, 10, 12])
    tail = np.arange(RATE) / RATE
    for number in range(int(seconds / beat * 2)):
        begin = int(number * beat / 2 * RATE)
        if begin >= count:
            break
        pitch = root * 2 ** (scale[chance.integers(len(scale))] / 12 + (0 if number % 4 == 0 else 1))
        shape = np.exp(-tail * chance.uniform(2, 8))
        note = sum(np.sin(2 * np.pi * pitch * k * tail) / k**1.5 for k in range(1, 6)) * shape
        left = chance.uniform(0.3, 0.7)
        sound[begin : begin + RATE] += note[:, None] * np.array([left, 1 - left])
    sound = sound[:count]
    return (0.4 * sound / np.abs(sound).max()).astype(np.float32)
