"""Whisper's log-mel spectrogram (Radford et al. 2022, section 2.2) in numpy."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
WINDOW = 400
HOP = 160
BANDS = 80
FLOOR = 1e-10
RANGE = 8.0
"""Decades below the loudest point at which the spectrogram is cut off."""


def log_mel(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """`sound`: float32 [samples], 16 kHz mono. Gives float32 [80, samples // 160], one column per 10 ms."""
    padded = np.pad(sound.astype(np.float32), WINDOW // 2, mode="reflect" if len(sound) > WINDOW // 2 else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][: len(sound) // HOP]
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=-1)).astype(np.float32) ** 2
    logs = np.log10(np.maximum(filters() @ power.T, FLOOR))
    clipped: NDArray[np.float32] = ((np.maximum(logs, logs.max() - RANGE) + 4.0) / 4.0).astype(np.float32)
    return clipped


@cache
def filters() -> NDArray[np.float32]:
    """Triangular filters of equal area on Slaney's mel scale (linear below 1 kHz): float32 [80, 201]."""
    low_step, knee, log_step = 200.0 / 3, 1000.0, np.log(6.4) / 27.0
    top = knee / low_step + np.log(RATE / 2 / knee) / log_step
    mels = np.linspace(0.0, top, BANDS + 2)
    edges = np.where(mels < knee / low_step, mels * low_step, knee * np.exp(log_step * (mels - knee / low_step)))
    bins = np.fft.rfftfreq(WINDOW, 1.0 / RATE)
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    area = 2.0 / (edges[2:] - edges[:-2])
    result: NDArray[np.float32] = (triangles * area[:, None]).astype(np.float32)
    return result
