"""Where in a recording somebody speaks, or why nobody seems to: silence, too faint, overdriven, music, noise."""

from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from models.speech.audio.refusal import Clipped, MusicOnly, NoiseOnly, Silence, TooQuiet
from models.speech.audio.sound import FLOOR_DB, RATE, Sound, Waveform

LEVEL_DB = -23.0
"""Level at which speech is looked for; EBU R 128's. Silero VAD misses what is far below it."""
FAINT_DB = -66.0
"""Below it words are not told apart any more, though a great gain may still show that somebody speaks."""
QUIET_DB = -50.0
"""Below it a recording without speech is a quiet room's, not a noise that somebody sent."""
OVERDRIVEN_DB = -2.0
"""Above it speech is little but a square wave (the gain was 100 times too high and more), and four words in ten are
misheard; at 30 times too high it is two in ten, against one and a half without."""
CLIPPED_SHARE = 0.25
"""Share of samples at full scale from which a recording without recognisable speech counts as overdriven."""
TONAL = 0.35
"""Flatness of the spectrum below which a sound without speech counts as music: noise of any colour
measures 0.5 and more (0.56 for white noise, exactly e to the minus Euler's constant), chords below 0.2."""
HUM_HZ = 180
HUM_SHARE = 0.9
FIRST = VadOptions(threshold=0.5, min_speech_duration_ms=100, min_silence_duration_ms=400, speech_pad_ms=200)
SECOND = VadOptions(threshold=0.6, min_speech_duration_ms=100, min_silence_duration_ms=400, speech_pad_ms=200)
LEAD_S = 0.5
"""Where no speech is found, it is looked for once more behind half a second of silence, and more strictly: Silero VAD
needs a moment to settle, and a cry right at the beginning unsettles it (one in 400 acted recordings, before this)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech, in seconds from the beginning."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


def spans(sound: Sound) -> tuple[Span, ...]:
    """The stretches of speech in `sound`, at least one, each with 0.2 s before and behind it.

    Raises `Silence`, `TooQuiet`, `Clipped`, `MusicOnly` or `NoiseOnly` where nobody can be heard to speak.
    """
    if sound.loudness_db <= FLOOR_DB:
        raise Silence
    found = _stretches(levelled(sound), FIRST) or _second_look(sound)
    if sound.loudness_db < FAINT_DB:
        raise TooQuiet if found else Silence
    if sound.loudness_db > OVERDRIVEN_DB:
        raise Clipped
    if found:
        return found
    if sound.clipping > CLIPPED_SHARE:
        raise Clipped
    tonal = flatness(sound.waveform) < TONAL and not humming(sound.waveform)
    if sound.loudness_db < QUIET_DB:
        raise TooQuiet if tonal else Silence
    raise MusicOnly if tonal else NoiseOnly


def _stretches(waveform: Waveform, settings: VadOptions) -> tuple[Span, ...]:
    found = get_speech_timestamps(waveform, settings)
    return tuple(Span(stretch["start"] / RATE, stretch["end"] / RATE) for stretch in found)


def _second_look(sound: Sound) -> tuple[Span, ...]:
    lead = np.zeros(int(LEAD_S * RATE), np.float32)
    found = _stretches(np.concatenate([lead, levelled(sound), lead]), SECOND)
    moved = (Span(max(span.start_s - LEAD_S, 0.0), min(span.end_s - LEAD_S, sound.duration_s)) for span in found)
    return tuple(span for span in moved if span.seconds > 0)


def levelled(sound: Sound) -> Waveform:
    """The waveform brought to `LEVEL_DB`: float32 [samples], in [-1, 1]."""
    gain = 10 ** ((LEVEL_DB - sound.loudness_db) / 20)
    level: Waveform = np.clip(sound.waveform * np.float32(gain), -1.0, 1.0)
    return level


def humming(waveform: Waveform) -> bool:
    """Whether nine tenths of the power lie below 180 Hz: the mains, an engine, the wind."""
    power = np.abs(np.fft.rfft(waveform)) ** 2
    return bool(power[: int(HUM_HZ * len(waveform) / RATE)].sum() > HUM_SHARE * power.sum())


def flatness(waveform: Waveform) -> float:
    """Median over frames of the spectrum's flatness within narrow bands, in (0, 1]: low for tones, high for noise.

    Geometric over arithmetic mean of the power (Johnston 1988), taken in bands of 16 bins (250 Hz) from 125 Hz
    to 6 kHz, so that the colour of a noise does not count as tone. Frames of 64 ms; quiet ones are left out.
    """
    size, band = 1024, 16
    if len(waveform) < size:
        return 1.0
    frames = np.lib.stride_tricks.sliding_window_view(waveform, size)[:: size // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)) ** 2
    loud = power.sum(axis=1) >= 0.05 * power.sum(axis=1).mean()
    bands = power[loud, 8:392].reshape(-1, 24, band) + 1e-12
    weights = bands.sum(axis=2)
    flat = np.exp(np.log(bands).mean(axis=2)) / bands.mean(axis=2)
    return float(np.median((flat * weights).sum(axis=1) / weights.sum(axis=1)))
