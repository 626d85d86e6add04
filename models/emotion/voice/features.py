"""From a sound to the numbers the head reads: the one path that training, evaluation and serving share.

The sound is cut to where somebody speaks and brought to one level, because a stranger's microphone and
Telegram's codec decide loudness and the silence around, not the feeling. Then the mean and the deviation over
time of whisper's stem and first blocks are taken, window by window."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.emotion.voice.encoder import Encoder
from models.emotion.voice.mel import HOP, RATE, log_mel

Floats = NDArray[np.float32]

LAYER = 2 * 512
"""Numbers a layer gives: a mean and a deviation of each of its 512."""
LEVEL = 0.05
"""Root mean square that speech is brought to (-26 dB of full scale)."""
QUIETER = 10 ** (-35 / 20)
"""Frames this much quieter than the loud ones (35 dB) do not count as speech."""
MARGIN = 0.1
"""Seconds kept around speech."""
SILENCE = 1e-4
"""Root mean square (-80 dB) under which even the loud frames are silence."""
WINDOW = 8.0
"""Longest stretch read at once, in seconds; the training sounds are 1 to 8 s."""
MOST_WINDOWS = 8
"""Windows read of one sound, spread evenly; it bounds the cost of a five-minute note."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`vectors`: float32 [windows, numbers]; `speech`: seconds of sound in which somebody speaks."""

    vectors: Floats = field(repr=False)
    speech: float


def read(sound: Floats, encoder: Encoder) -> Heard:
    """`sound`: float32 [samples], 16 kHz mono, in [-1, 1]. No windows where there is no speech.

    Raises ValueError for anything but one channel of finite numbers.
    """
    if sound.ndim != 1 or sound.dtype.kind != "f":
        raise ValueError("a sound is one channel of floating point samples")
    if not np.isfinite(sound).all():
        raise ValueError("a sound has finite samples only")
    active = _active(sound)
    speech = float(active.sum()) * HOP / RATE
    if not active.any():
        return Heard(np.zeros((0, 0), np.float32), 0.0)
    levelled = _levelled(sound, active)
    windows = [pool(encoder.layers(log_mel(window))) for window in _windows(levelled)]
    return Heard(np.stack(windows) if windows else np.zeros((0, 0), np.float32), speech)


def pool(layers: list[Floats]) -> Floats:
    """Mean and deviation over time of every layer, one after another: float32 [layers * 2 * 512]."""
    return np.concatenate([np.concatenate([layer.mean(axis=0), layer.std(axis=0)]) for layer in layers])


def _active(sound: Floats) -> NDArray[np.bool_]:
    """Whether each 10 ms are about as loud as the loud parts (their 95th percentile)."""
    count = len(sound) // HOP
    if count == 0:
        return np.zeros(0, np.bool_)
    frames = sound[: count * HOP].reshape(count, HOP).astype(np.float64)
    frames = frames - frames.mean()
    level = np.sqrt((frames * frames).mean(axis=1))
    loud = float(np.percentile(level, 95))
    if loud < SILENCE:
        return np.zeros(count, np.bool_)
    return np.asarray(level > loud * QUIETER, np.bool_)


def _levelled(sound: Floats, active: NDArray[np.bool_]) -> Floats:
    """From the first to the last speech, at one level."""
    found = np.flatnonzero(active)
    margin = int(MARGIN * RATE)
    start, end = max(0, found[0] * HOP - margin), min(len(sound), (found[-1] + 1) * HOP + margin)
    frames = sound[: len(active) * HOP].reshape(len(active), HOP)[active].astype(np.float64)
    power = float(np.sqrt((frames * frames).mean()))
    return (sound[start:end] * np.float32(LEVEL / max(power, SILENCE))).astype(np.float32)


def _windows(sound: Floats) -> list[Floats]:
    """Equal stretches of at most `WINDOW` seconds; of a long sound `MOST_WINDOWS`, spread evenly."""
    count = max(1, int(np.ceil(len(sound) / (WINDOW * RATE))))
    parts = np.array_split(sound, count)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_WINDOWS)).round().astype(int))
    return [parts[number] for number in chosen if len(parts[number]) >= 2 * HOP]
