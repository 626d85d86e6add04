"""Drums: soft percussion, and the patterns it plays."""

import numpy as np
from numpy.typing import NDArray

from models.music.compose.voices import RATE

Mono = NDArray[np.float32]

PATTERNS: dict[str, dict[str, tuple[float, ...]]] = {
    "none": {},
    "skip": {"kick": (0, 2.5), "brush": (1, 3), "shaker": (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)},
    "clap": {"kick": (0, 2), "wood": (1, 3), "shaker": (0.5, 1.5, 2.5, 3.5)},
    "shake": {"shaker": (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), "kick": (0,), "wood": (2.5,)},
    "four": {"kick": (0, 1, 2, 3), "brush": (1, 3), "shaker": (0.5, 1.5, 2.5, 3.5)},
    "push": {"kick": (0, 1.5, 2, 3.5), "brush": (1, 3), "shaker": (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)},
    "breath": {"brush": (2,), "shaker": (1, 3)},
    "thud": {"tom": (0, 2.75)},
}
"""Beats of a bar of four on which each is played."""
LEVELS = {"kick": 0.36, "brush": 0.13, "shaker": 0.055, "wood": 0.1, "tom": 0.36}
LIGHT = {"brush", "shaker", "wood"}
"""What plays where the others wait."""
TAKES = 3
"""No hand strikes twice the same: so many takes of what is noise."""


def sounds(chance: np.random.Generator) -> dict[str, list[Mono]]:
    """Strokes of each, to take turns: float32 [n]."""
    return {
        "kick": [_drum(105, 46, 0.16, 0.32)],
        "tom": [_drum(82, 52, 0.5, 0.9)],
        "brush": [_noise(chance, 1200, 5200, 0.009, 0.13) for _ in range(TAKES)],
        "shaker": [_noise(chance, 4200, 9500, 0.016, 0.05) for _ in range(TAKES)],
        "wood": [_drum(860, 820, 0.02, 0.12) * np.float32(0.8)],
    }


def _drum(begin: float, end: float, fall: float, seconds: float) -> Mono:
    """A skin: a sine that falls from one frequency to another."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(end + (begin - end) * np.exp(-time / 0.035)) / RATE
    shape = np.minimum(time / 0.003, 1) * np.exp(-time / fall) * np.minimum((seconds - time) / 0.02, 1)
    struck: Mono = (np.sin(phase) * shape).astype(np.float32)
    return struck


def _noise(chance: np.random.Generator, low: float, high: float, attack: float, decay: float) -> Mono:
    """Noise between two frequencies, cut out of its spectrum with soft edges."""
    time = np.arange(int((attack + 5 * decay) * RATE)) / RATE
    spectrum = np.fft.rfft(chance.normal(size=len(time)))
    at = np.fft.rfftfreq(len(time), 1 / RATE)
    spectrum *= 1 / (1 + (low / np.maximum(at, 1)) ** 6) / (1 + (at / high) ** 6)
    sound = np.fft.irfft(spectrum, len(time))
    shape = np.minimum(time / attack, 1) * np.exp(-np.maximum(time - attack, 0) / decay)
    shape *= np.minimum((time[-1] - time) / 0.01, 1)
    stroke: Mono = (sound / np.abs(sound).max() * shape).astype(np.float32)
    return stroke
