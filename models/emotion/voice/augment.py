"""What telephones, rooms and Telegram do to a voice, done to training sounds."""

import io

import av
import numpy as np
from numpy.typing import NDArray

from models.emotion.voice.mel import RATE

Floats = NDArray[np.float32]

OPUS_BITS = 24_000
"""Bits per second of a Telegram voice note, about."""


def changed(sound: Floats, seed: int) -> Floats:
    """One seeded change of `sound` (float32 [samples], 16 kHz mono), as long as it: a room's echo, a narrower
    band, noise at 10 to 35 dB, another gain with clipping, and mostly Opus at 24 kbit/s."""
    chance = np.random.default_rng(seed)
    result = sound.astype(np.float32)
    if chance.random() < 0.35:
        result = echoed(result, chance)
    if chance.random() < 0.4:
        result = narrowed(result, float(chance.uniform(2_800, 6_500)), float(chance.uniform(0, 300)))
    if chance.random() < 0.6:
        result = noisy(result, float(chance.uniform(10, 35)), float(chance.uniform(0, 1.2)), chance)
    result = np.clip(result * np.float32(10 ** (chance.uniform(-20, 6) / 20)), -1, 1).astype(np.float32)
    return opus(result) if chance.random() < 0.75 else result


def opus(sound: Floats, bits: int = OPUS_BITS) -> Floats:
    """`sound` after Ogg/Opus at `bits` per second, as long as before."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as written:
        stream = written.add_stream("libopus", rate=RATE)
        stream.bit_rate = bits
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout="mono")
        frame.rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            written.mux(packet)
    file.seek(0)
    with av.open(file, "r") as opened:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        pieces = [
            piece.to_ndarray().ravel() for frame in opened.decode(audio=0) for piece in resampler.resample(frame)
        ]
        pieces += [piece.to_ndarray().ravel() for piece in resampler.resample(None)]
    decoded = np.concatenate(pieces).astype(np.float32)[: len(sound)]
    return np.pad(decoded, (0, len(sound) - len(decoded)))


def narrowed(sound: Floats, high: float, low: float = 0.0) -> Floats:
    """`sound` with little left above `high` and below `low` Hz (slopes of 200 and 50 Hz)."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= 1 / (1 + np.exp((frequency - high) / 200))
    if low > 0:
        spectrum *= 1 / (1 + np.exp((low - frequency) / 50))
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)


def noisy(sound: Floats, ratio: float, colour: float, chance: np.random.Generator) -> Floats:
    """`sound` with noise `ratio` dB below it, falling by 1/f**colour in power (0 white, 1 pink)."""
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    shape = np.maximum(frequency, 20.0) ** (-colour / 2)
    noise = np.fft.irfft(np.fft.rfft(chance.standard_normal(len(sound))) * shape, len(sound))
    power = float(np.mean(sound.astype(np.float64) ** 2)) / 10 ** (ratio / 10)
    return np.asarray(sound + noise * np.sqrt(power / max(float(np.mean(noise**2)), 1e-12)), np.float32)


def echoed(sound: Floats, chance: np.random.Generator) -> Floats:
    """`sound` in a room: decaying noise of 0.15 to 0.5 s reverberation, weaker than the direct sound."""
    length = int(chance.uniform(0.15, 0.5) * RATE)
    decay = np.exp(-6.9 * np.arange(length) / length)
    tail = chance.standard_normal(length) * decay
    response = np.concatenate([[1.0], tail * chance.uniform(0.1, 0.6) / np.sqrt(np.sum(tail**2))])
    size = len(sound) + len(response)
    echo = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return np.asarray(echo[: len(sound)], np.float32)
