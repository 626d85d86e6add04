"""Voices: how a single note sounds. All of sums of sines well within hearing, so that nothing aliases or clicks."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

RATE = 44_100
HIGHEST = 11_000.0
"""Hz: no partial lies above it, which also keeps every voice soft."""
Mono = NDArray[np.float32]
Voice = Callable[[float, float], Mono]
"""(frequency in Hz, seconds that the key is held) to float32 [n] with its decay, nominally in [-1, 1]."""


def _time(seconds: float) -> Mono:
    return np.arange(int(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _shape(time: Mono, held: float, attack: float, release: float, sustain: float = 1.0, decay: float = 1.0) -> Mono:
    """Rises over `attack` seconds, falls toward `sustain` with the time constant `decay`, and after `held` seconds
    away over `release`. Smooth everywhere: corners click."""
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(time / attack, 0, 1))
    body = sustain + (1 - sustain) * np.exp(-np.maximum(time - attack, 0) / decay)
    fall = 0.5 + 0.5 * np.cos(np.pi * np.clip((time - held) / release, 0, 1))
    shaped: Mono = (rise * body * fall).astype(np.float32)
    return shaped


def _partials(time: Mono, frequency: float, parts: Sequence[tuple[float, float, float]]) -> Mono:
    """The sum of (ratio, level, decay in seconds) of partials; infinite decay where it is 0."""
    sound = np.zeros(len(time), np.float32)
    for ratio, level, decay in parts:
        if frequency * ratio > HIGHEST:
            continue
        wave = np.sin(np.float32(2 * np.pi * frequency * ratio) * time)
        sound += np.float32(level) * (wave * np.exp(-time / np.float32(decay)) if decay else wave)
    return sound


def _struck(frequency: float, held: float, *, bright: float, ring: float, place: float, many: int) -> Mono:
    """A string that is plucked or struck at `place` of its length: higher partials are softer and fade sooner."""
    ring *= (220 / frequency) ** 0.45
    time = _time(min(held + 0.35, 3.5) + 0.3)
    parts = [
        (n * (1 + 0.00012 * n * n) ** 0.5, abs(np.sin(np.pi * n * place)) / n ** (2.1 - bright), ring / n**0.8)
        for n in range(1, many + 1)
    ]
    sound = _partials(time, frequency, parts)
    return 0.8 * sound * _shape(time, len(time) / RATE - 0.35, 0.004, 0.35)


def _keys(frequency: float, held: float) -> Mono:
    """An electric piano: frequency modulation that softens as the note fades, and a short tine."""
    time = _time(min(held, 3.0) + 0.5)
    ring = 1.5 * (262 / frequency) ** 0.4
    index = 1.1 * np.exp(-time / 0.35) + 0.22
    tone = np.sin(2 * np.pi * frequency * time + index * np.sin(2 * np.pi * frequency * time))
    tine = 0.05 * np.sin(2 * np.pi * min(frequency * 7, 9000.0) * time) * np.exp(-time / 0.06)
    sound: Mono = 0.7 * (tone * np.exp(-time / ring) + tine) * _shape(time, min(held, 3.0), 0.006, 0.45)
    return sound.astype(np.float32)


def _bell(frequency: float, held: float) -> Mono:
    """A small bell (partials of a bar, damped)."""
    time = _time(2.6)
    parts = [(1, 0.62, 1.0), (2.756, 0.22, 0.45), (5.404, 0.08, 0.2), (0.5, 0.1, 1.2)]
    return _partials(time, frequency, parts) * _shape(time, 2.2, 0.004, 0.35)


def _marimba(frequency: float, held: float) -> Mono:
    time = _time(0.9)
    parts = [(1, 0.85, 0.28), (3.93, 0.18, 0.09), (9.5, 0.05, 0.03)]
    return _partials(time, frequency, parts) * _shape(time, 0.6, 0.004, 0.28)


def _blown(frequency: float, held: float, *, odd: bool, breath: float, soft: float) -> Mono:
    """A pipe: few partials, a vibrato that comes late, and a little breath."""
    time = _time(held + 0.25)
    late = np.clip((time - 0.25) / 0.5, 0, 1)
    phase = 2 * np.pi * frequency * time + 0.35 * late * np.sin(2 * np.pi * 5.1 * time)
    sound = np.zeros(len(time), np.float32)
    for n in (1, 3, 5, 7) if odd else (1, 2, 3, 4):
        if frequency * n < HIGHEST:
            sound += (np.sin(n * phase) / n**soft).astype(np.float32)
    if breath:
        noise = np.random.default_rng(7).normal(size=len(time))
        kernel = np.hanning(31)
        sound += (breath * np.convolve(noise, kernel / kernel.sum(), "same")).astype(np.float32)
    return 0.55 * sound * _shape(time, held, 0.06, 0.22, 0.85, 0.4)


def _bowed(frequency: float, held: float, *, attack: float, release: float, many: int, soft: float) -> Mono:
    """Several strings at once, a little apart, swelling slowly: two detuned sums of partials."""
    time = _time(held + release)
    sound = np.zeros(len(time), np.float32)
    for cents, speed in ((-5, 4.6), (4, 5.3)):
        phase = 2 * np.pi * frequency * 2 ** (cents / 1200) * time + 0.18 * np.sin(2 * np.pi * speed * time + cents)
        for n in range(1, many + 1):
            if frequency * n < HIGHEST / 2:
                sound += (np.sin(n * phase + cents * n) / n**soft).astype(np.float32)
    return 0.34 * sound * _shape(time, held, attack, release)


def _bass(frequency: float, held: float) -> Mono:
    time = _time(held + 0.18)
    parts = [(1, 0.9, 0.0), (2, 0.28, 0.5), (3, 0.1, 0.25)]
    return 0.8 * _partials(time, frequency, parts) * _shape(time, held, 0.012, 0.16, 0.55, 0.6)


VOICES: dict[str, Voice] = {
    "keys": _keys,
    "pluck": partial(_struck, bright=0.75, ring=0.9, place=0.22, many=12),
    "harp": partial(_struck, bright=0.35, ring=1.7, place=0.42, many=8),
    "low": partial(_struck, bright=0.2, ring=2.4, place=0.35, many=7),
    "bell": _bell,
    "marimba": _marimba,
    "flute": partial(_blown, odd=False, breath=0.05, soft=2.1),
    "whistle": partial(_blown, odd=False, breath=0.02, soft=3.0),
    "reed": partial(_blown, odd=True, breath=0.0, soft=1.45),
    "cello": partial(_bowed, attack=0.11, release=0.3, many=9, soft=1.35),
    "strings": partial(_bowed, attack=0.45, release=0.7, many=6, soft=1.5),
    "pad": partial(_bowed, attack=0.8, release=1.1, many=4, soft=1.9),
    "drone": partial(_bowed, attack=1.2, release=1.6, many=7, soft=1.3),
    "bass": _bass,
}


def hertz(pitch: float) -> float:
    return float(440 * 2 ** ((pitch - 69) / 12))
