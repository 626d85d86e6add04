"""The studio: from a sound to what the catalogue keeps of it. The one place where a piece is heard at all."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.music import features, fingerprint, sound
from models.music.moods import ANCHORS, MOODS, Mood
from models.music.predict import MoodReader
from models.music.tags import Tags
from workers.journal.tracks import BY_COMPOSER, BY_HEAD, Print

Samples = NDArray[np.float32]
SHORTEST_S = 5.0  # below, there is too little to say what it is like
LONGEST_S = 1200.0  # decoded it fills 400 MB of memory; as an MP3 it stays within what Telegram takes
MEANT = 0.75  # of the place of a composed piece: what it was written to be; the rest is heard by the head, which errs
SILENT_LUFS = -60.0
CLOSE_S, CLOSE_SHARE = 5.0, 0.1  # of the same recording, one may be trimmed by this much


class Unsuitable(ValueError):
    """A sound that can be read and is nothing to listen to: one clear line says why."""


@dataclass(frozen=True)
class Heard:
    """A decoded sound: float32 [n, channels], and what tells it again."""

    samples: Samples = field(repr=False)
    mono: Samples = field(repr=False)
    rate: int
    fingerprint: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Mooded:
    """How a piece feels: probabilities of the six moods, valence and arousal in [-1, 1], who says so."""

    moods: dict[str, float]
    valence: float
    arousal: float
    by: str
    model: str

    @property
    def place(self) -> tuple[float, float]:
        return self.valence, self.arousal


@dataclass(frozen=True)
class Prepared:
    """A piece as it is kept: MP3 at -16 LUFS, and what it is like."""

    mp3: bytes = field(repr=False)
    seconds: float
    loudness: float
    fingerprint: bytes = field(repr=False)
    features: bytes = field(repr=False)
    features_version: str
    feeling: Mooded


def heard(samples: Samples, rate: int) -> Heard:
    """A decoded sound with its fingerprint. Raises `Unsuitable` where it is too short, too long or silent."""
    samples = samples.reshape(len(samples), -1)
    seconds = len(samples) / rate
    if seconds < SHORTEST_S:
        raise Unsuitable(f"is {seconds:.1f} s long; the shortest piece is {SHORTEST_S:.0f} s")
    if seconds > LONGEST_S:
        raise Unsuitable(f"is {seconds / 60:.0f} minutes long; the longest piece is {LONGEST_S / 60:.0f}")
    mono = together(samples)
    return Heard(samples, mono, rate, fingerprint.of(mono, rate))


def together(samples: Samples) -> Samples:
    """Channels as one: float32 [n]."""
    return np.ascontiguousarray(samples.reshape(len(samples), -1).mean(axis=1, dtype=np.float32))


def prepared(piece: Heard, tags: Tags, reader: MoodReader, cover: bytes | None, composed: Mood | None) -> Prepared:
    """Levels, encodes, measures. `composed`: the mood that a piece of Heed's own was written in. Raises
    `Unsuitable` where there is nothing to hear."""
    loudness = sound.loudness(piece.samples, piece.rate)
    if not math.isfinite(loudness) or loudness < SILENT_LUFS:
        raise Unsuitable("is silent")
    levelled = sound.levelled(piece.samples, piece.rate)
    raw = features.of(piece.mono, piece.rate)
    return Prepared(
        mp3=sound.as_mp3(levelled, piece.rate, tags, cover),
        seconds=piece.seconds,
        loudness=loudness,
        fingerprint=piece.fingerprint,
        features=packed(raw),
        features_version=features.VERSION,
        feeling=feeling(raw, reader, composed),
    )


def packed(raw: Samples) -> bytes:
    """Features as they are kept: float32, little-endian."""
    return np.asarray(raw, "<f4").tobytes()


def feeling(raw: Samples, reader: MoodReader, composed: Mood | None = None) -> Mooded:
    """How a piece feels, by the head; of one of Heed's own the mood is known, and its place is taken mostly from it,
    so that eight calm pieces are not all at the same one."""
    reading = reader.read(raw)
    if composed is None:
        moods: dict[str, float] = {mood: round(float(reading.probabilities[mood]), 4) for mood in MOODS}
        return Mooded(moods, float(reading.valence), float(reading.arousal), BY_HEAD, reading.model)
    valence, arousal = ANCHORS[composed]
    return Mooded(
        {mood: float(mood == composed) for mood in MOODS},
        MEANT * valence + (1 - MEANT) * float(reading.valence),
        MEANT * arousal + (1 - MEANT) * float(reading.arousal),
        BY_COMPOSER,
        reading.model,
    )


def twin(piece: Heard, among: list[Print]) -> int | None:
    """The piece of the catalogue that is the same recording, however it was encoded; None where there is none."""
    for other in among:
        if abs(other.seconds - piece.seconds) > max(CLOSE_S, CLOSE_SHARE * piece.seconds):
            continue
        if fingerprint.same(piece.fingerprint, other.fingerprint):
            return other.id
    return None
