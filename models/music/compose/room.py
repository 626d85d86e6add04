"""The room: what the walls give back."""

import numpy as np
from numpy.typing import NDArray

from models.music.compose.voices import RATE

Stereo = NDArray[np.float32]


def in_room(dry: Stereo, seconds: float, wet: float, chance: np.random.Generator) -> Stereo:
    """`dry` (float32 [n, 2]) with the sound of a room whose echo takes `seconds` to fall by 60 dB; as long as before
    plus that. Convolution with noise that fades, the higher the sooner (Moorer 1979)."""
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    both = np.zeros((len(dry) + count, 2), np.float32)
    both[: len(dry)] = dry
    size = 1 << (len(dry) + count - 1).bit_length()
    before = int(0.018 * RATE)
    for side in range(2):
        bright, dull = chance.normal(size=(2, count))
        dull = np.convolve(dull, np.hanning(24) / np.hanning(24).sum(), "same") * 3
        echo = bright * np.exp(-time * 6.9 / (0.35 * seconds)) * 0.35 + dull * np.exp(-time * 6.9 / seconds)
        echo *= np.minimum(time / 0.01, 1)
        echo = np.concatenate([np.zeros(before), echo])[:count]
        echo /= np.sqrt((echo**2).sum())
        # A little of each side is heard on the other one.
        source = 0.75 * dry[:, side] + 0.25 * dry[:, 1 - side]
        heard = np.fft.irfft(np.fft.rfft(source, size) * np.fft.rfft(echo, size), size)
        both[:, side] += (wet * heard[: len(both)]).astype(np.float32)
    return both
