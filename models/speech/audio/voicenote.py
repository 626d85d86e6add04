"""A spoken answer as Telegram takes it: Ogg/Opus of one channel, marked as generated, with its drawn waveform."""

import io
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import soundfile
import soxr

from models.speech.audio.sound import Waveform

OPUS_RATE = 48_000
COMPRESSION = 0.9
"""soundfile's scale from 256 kbit/s (0) to 6 kbit/s (1): about 31 kbit/s, what Telegram's own recorders use."""
TITLE = "Heed"
GENERATED = "GENERATED SPEECH: synthetic voice, made by a program"
"""Written into the comment of every file, for whoever looks at it later; not a sentence of a conversation."""
PEAK = 0.89
"""-1 dB, so that the codec's overshoot does not clip."""

VALUES = 100
BITS = 5
HIGHEST = (1 << BITS) - 1
HEADROOM = 1.8
"""A bar is as high as 1.8 times the mean bar allows: Telegram's clients draw their own recordings this way."""


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """`data`: Ogg/Opus, 48 kHz mono. `waveform`: 100 bars of 5 bits, packed (63 bytes)."""

    data: bytes = field(repr=False)
    duration_s: float
    waveform: bytes = field(repr=False)


def encode_voice(waveform: Waveform, rate: int) -> VoiceNote:
    """`waveform` (float32 [samples], one channel, `rate` samples a second) as a voice note, in memory only.

    Raises `ValueError` where there is nothing to encode.
    """
    if not len(waveform):
        raise ValueError("a voice note of no sound cannot be encoded")
    loudest = float(np.max(np.abs(waveform)))
    even = waveform * np.float32(PEAK / loudest) if loudest > PEAK else waveform
    samples = soxr.resample(even, rate, OPUS_RATE) if rate != OPUS_RATE else even
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", OPUS_RATE, 1, format="OGG", subtype="OPUS", compression_level=COMPRESSION
    ) as file:
        file.title = TITLE
        file.comment = GENERATED
        file.write(np.clip(samples, -1.0, 1.0))
    return VoiceNote(buffer.getvalue(), len(waveform) / rate, drawn(waveform))


def drawn(waveform: Waveform) -> bytes:
    """The waveform as Telegram stores it: 100 values of 0 to 31, packed as `packed` says."""
    edges = np.linspace(0, len(waveform), VALUES + 1).astype(int)
    level = np.abs(waveform)
    bars = np.array([level[a : max(b, a + 1)].max(initial=0.0) for a, b in pairwise(edges)])
    top = float(bars.mean()) * HEADROOM
    if top <= 0:
        return packed([0] * VALUES)
    return packed([int(bar) for bar in np.minimum(bars * HIGHEST / top, HIGHEST)])


def packed(values: list[int]) -> bytes:
    """Values of 5 bits, the first in the lowest bits of the first byte (`documentAttributeAudio.waveform` of
    Telegram's API, as its clients read it)."""
    whole = 0
    for place, value in enumerate(values):
        if not 0 <= value <= HIGHEST:
            raise ValueError(f"a bar of a waveform lies in 0 to {HIGHEST}")
        whole |= value << BITS * place
    return whole.to_bytes((len(values) * BITS + 7) // 8, "little")


def unpacked(waveform: bytes) -> list[int]:
    """The values that `packed` put into `waveform`."""
    whole = int.from_bytes(waveform, "little")
    return [whole >> BITS * place & HIGHEST for place in range(len(waveform) * 8 // BITS)]
