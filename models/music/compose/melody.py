"""Melody: a motif that comes back, moved and changed, over the chords; with room to breathe after each phrase."""

from dataclasses import dataclass

import numpy as np

from models.music.compose.theory import Chord, Key

RHYTHMS: tuple[tuple[float, ...], ...] = (
    (1, 1, 2), (1.5, 0.5, 2), (1, 0.5, 0.5, 2), (0.5, 0.5, 1, 2), (2, 1, 1), (1, 1, 1, 1), (0.5, 1, 0.5, 2),
    (0.5, 0.5, 0.5, 0.5, 2), (3, 1), (2, 2), (1.5, 1.5, 1), (0.5, 0.5, 1, 0.5, 0.5, 1),
)  # fmt: skip
"""Lengths in beats of the notes of one bar of four."""


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in beats; `pitch` a MIDI number; `force` in [0, 1]."""

    start: float
    length: float
    pitch: int
    force: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How a melody is: how `busy` (0 to 1), the widest `leap` in degrees, and between which pitches it lies."""

    busy: float
    leap: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Motif:
    """Two bars: lengths in beats, and steps in degrees from one note to the next."""

    lengths: tuple[float, ...]
    steps: tuple[int, ...]


def motif(chance: np.random.Generator, manner: Manner) -> Motif:
    """A motif of two bars; the second is quieter than the first."""
    by_notes = sorted(RHYTHMS, key=len)
    place = manner.busy * (len(by_notes) - 1)
    first = by_notes[int(np.clip(round(place + chance.normal(0, 2)), 0, len(by_notes) - 1))]
    second = by_notes[int(np.clip(round(place / 2 + chance.normal(0, 1.5)), 0, len(by_notes) - 1))]
    lengths = (*first, *second)
    steps = [0]
    for _ in lengths[1:]:
        wide = chance.random() < 0.25
        step = int(chance.integers(2, manner.leap + 1)) if wide else 1
        turns_back = len(steps) > 1 and abs(steps[-1]) > 2 and chance.random() < 0.8
        sign = -np.sign(steps[-1]) if turns_back else chance.choice([-1, 1])
        steps.append(0 if chance.random() < 0.12 else int(sign) * step)
    return Motif(lengths, tuple(steps))


def varied(old: Motif, chance: np.random.Generator) -> Motif:
    """The same rhythm; a few steps go the other way, and the end differs."""
    steps = [-step if chance.random() < 0.2 else step for step in old.steps]
    steps[-1] = int(chance.choice([-2, -1, 1, 2]))
    return Motif(old.lengths, (0, *steps[1:]))


def sung(
    motifs: list[Motif], chords: list[Chord], key: Key, manner: Manner, chance: np.random.Generator
) -> list[Note]:
    """The melody over `chords` (one a bar); a motif takes two bars. Each fourth bar ends in a rest."""
    notes: list[Note] = []
    at = key.degree_near((manner.low + manner.high) / 2)
    for number, each in enumerate(motifs):
        beat = 0.0
        ends = number % 2 == 1
        for place, (length, step) in enumerate(zip(each.lengths, each.steps, strict=True)):
            chord = chords[min(2 * number + int(beat // 4), len(chords) - 1)]
            at = _kept(at + step, key, manner)
            last = place == len(each.lengths) - 1
            if beat % 2 == 0 or length >= 2 or (last and ends):
                at = _on_chord(at, chord, key, manner)
            rests = (ends and last and length <= 1) or chance.random() > 0.55 + 0.5 * manner.busy
            if not rests or beat % 4 == 0:
                accent = 0.12 if beat % 4 == 0 else 0.05 if beat % 2 == 0 else 0
                sounding = length * (0.7 if ends and last else 0.95)
                notes.append(Note(8 * number + beat, sounding, key.pitch(at), 0.62 + accent))
            beat += length
    return notes


def _kept(degree: int, key: Key, manner: Manner) -> int:
    """The degree, turned back where it leaves the range."""
    while key.pitch(degree) > manner.high:
        degree -= 2
    while key.pitch(degree) < manner.low:
        degree += 2
    return degree


def _on_chord(degree: int, chord: Chord, key: Key, manner: Manner) -> int:
    """The nearest degree that belongs to the chord."""
    members = {each % 7 for each in chord.degrees}
    near = sorted(range(degree - 3, degree + 4), key=lambda one: (abs(one - degree), one))
    fits = [one for one in near if one % 7 in members and manner.low <= key.pitch(one) <= manner.high]
    return fits[0] if fits else degree
