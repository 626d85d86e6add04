"""A recording as the house works with it: 16 kHz, one channel, and what was measured on it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of every `Sound`: what Whisper and Silero VAD were trained on."""

Waveform = NDArray[np.float32]
"""float32 [samples], one channel, nominally in [-1, 1]."""

FLOOR_DB = -120.0
"""Level that stands for digital silence."""
BLOCK_S = 0.4
STEP_S = 0.1
GATE_DB = -10.0
"""Blocks of 400 ms every 100 ms, and those 10 dB below the mean left out: ITU-R BS.1770, without its weighting."""
CLIP_LEVEL = 0.985
"""Level from which a sample counts as clipped: a codec rounds the flat tops of an overdriven recording a little."""


@dataclass(frozen=True, slots=True)
class Sound:
    """`waveform` float32 [samples], 16 kHz mono; `loudness_db` in dB below full scale, pauses left out;
    `clipping` the share of samples at full scale, in [0, 1]."""

    waveform: Waveform = field(repr=False)
    loudness_db: float
    clipping: float

    @property
    def duration_s(self) -> float:
        return len(self.waveform) / RATE


def measured(waveform: Waveform) -> Sound:
    """`waveform` (float32 [samples], 16 kHz mono) with its loudness and its share of clipping."""
    clipping = float(np.mean(np.abs(waveform) >= CLIP_LEVEL)) if len(waveform) else 0.0
    return Sound(waveform, loudness(waveform), clipping)


def loudness(waveform: Waveform) -> float:
    """Mean level in dB below full scale of the blocks that are not pauses; `FLOOR_DB` for silence."""
    if not len(waveform):
        return FLOOR_DB
    block, step = int(BLOCK_S * RATE), int(STEP_S * RATE)
    squares = np.concatenate(([0.0], np.cumsum(waveform.astype(np.float64) ** 2)))
    starts = np.arange(0, max(len(waveform) - block, 0) + 1, step)
    ends = np.minimum(starts + block, len(waveform))
    powers = (squares[ends] - squares[starts]) / (ends - starts)
    kept = powers[powers >= powers.mean() * 10 ** (GATE_DB / 10)]
    return max(decibels(float(kept.mean())) if len(kept) else FLOOR_DB, FLOOR_DB)


def decibels(power: float) -> float:
    """A mean square as dB below full scale."""
    return 10 * float(np.log10(max(power, 1e-12)))
