"""Melody: a motif that comes back, moved and changed, over the chords; with room to breathe after each phrase.

Four bars are a phrase: the motif, and an answer that keeps its rhythm. Every other phrase closes on the tonic, the
ones between stay open, as in a period of two phrases.
"""

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
    """Two bars: lengths in beats, steps in degrees from one note to the next, and which of them are rests."""

    lengths: tuple[float, ...]
    steps: tuple[int, ...]
    rests: tuple[bool, ...]


def motif(chance: np.random.Generator, manner: Manner) -> Motif:
    """A motif of two bars; the second is quieter than the first. What rests does so each time the motif comes."""
    by_notes = sorted(RHYTHMS, key=len)
    place = manner.busy * (len(by_notes) - 1)
    first = by_notes[int(np.clip(round(place + chance.normal(0, 2)), 0, len(by_notes) - 1))]
    second = by_notes[int(np.clip(round(place / 2 + chance.normal(0, 1.5)), 0, len(by_notes) - 1))]
    lengths = (*first, *second)
    steps, rests, beat = [0], [False], lengths[0]
    for length in lengths[1:]:
        wide = chance.random() < 0.25
        step = int(chance.integers(2, manner.leap + 1)) if wide else 1
        turns_back = abs(steps[-1]) > 2 and chance.random() < 0.8
        goes_on = abs(steps[-1]) == 1 and chance.random() < 0.55
        sign = -np.sign(steps[-1]) if turns_back else np.sign(steps[-1]) if goes_on else chance.choice([-1, 1])
        steps.append(0 if chance.random() < 0.1 else int(sign) * step)
        rests.append(bool(beat % 4 != 0 and length <= 1 and chance.random() > 0.6 + 0.45 * manner.busy))
        beat += length
    return Motif(lengths, tuple(steps), tuple(rests))


def varied(old: Motif, chance: np.random.Generator) -> Motif:
    """The same rhythm and the same first bar, begun higher or lower; of the second, some steps go the other way."""
    second = int(np.searchsorted(np.cumsum(old.lengths), 4.0)) + 1
    steps = [-step if n >= second and chance.random() < 0.5 else step for n, step in enumerate(old.steps)]
    return Motif(old.lengths, (int(chance.choice([-2, 2])), *steps[1:]), old.rests)


def sung(
    motifs: tuple[Motif, Motif], chords: list[Chord], key: Key, manner: Manner, *, from_degree: int, closes: bool
) -> list[Note]:
    """A phrase of four bars over `chords` (one a bar). It begins near `from_degree`, so that a motif that comes back
    is known again; it grows toward its third bar and ends in a rest, if it `closes` on the tonic where it fits."""
    notes: list[Note] = []
    at, before = from_degree, None
    for number, each in enumerate(motifs):
        beat = 0.0
        for place, (length, step) in enumerate(zip(each.lengths, each.steps, strict=True)):
            chord = chords[min(2 * number + int(beat // 4), len(chords) - 1)]
            ends = number == 1 and place == len(each.lengths) - 1
            at = _kept(at + step, key, manner)
            strong = beat % 4 == 0 or length >= 1.5 or (beat % 2 == 0 and length >= 1)
            if strong or ends or abs(step) > 1 or (length >= 1 and _rubs(at, chord, key)):
                at = _on_chord(at, chord, key, manner, home=closes and ends, but=before if step else None)
            before = at
            if ends or not each.rests[place]:
                accent = 0.12 if beat % 4 == 0 else 0.05 if beat % 2 == 0 else 0.0
                grown = 0.1 * np.sin(np.pi * min(1.0, (8 * number + beat) / 12))
                sounding = min(length, max(1.5, length - 1)) * 0.95 if ends else length * 0.95
                notes.append(Note(8 * number + beat, sounding, key.pitch(at), 0.56 + accent + float(grown)))
            beat += length
    return notes


def below(notes: list[Note], chords: list[Chord], key: Key) -> list[Note]:
    """A second voice: for each note of a beat or longer, the next note of the chord a third or more below."""
    found = []
    for note in notes:
        if note.length < 0.9:
            continue
        classes = chords[min(int(note.start // 4), len(chords) - 1)].classes(key)
        pitch = next(one for one in range(note.pitch - 3, note.pitch - 15, -1) if one % 12 in classes)
        found.append(Note(note.start, note.length, pitch, note.force * 0.6))
    return found


def _kept(degree: int, key: Key, manner: Manner) -> int:
    """The degree, turned back where it leaves the range."""
    while key.pitch(degree) > manner.high:
        degree -= 2
    while key.pitch(degree) < manner.low:
        degree += 2
    return degree


def _rubs(degree: int, chord: Chord, key: Key) -> bool:
    """Whether the degree lies a semitone above a note of the chord, which sounds wrong where it is held."""
    return any((key.pitch(degree) - each) % 12 == 1 for each in chord.classes(key))


def _on_chord(degree: int, chord: Chord, key: Key, manner: Manner, *, home: bool, but: int | None) -> int:
    """The nearest degree that belongs to the chord, `but` this one, so that what moves keeps moving; the tonic where
    it shall be `home` and the chord has it."""
    members = {each % 7 for each in chord.degrees}
    if home and 0 in members:
        members = {0}
        but = None
    near = sorted(
        (one for one in range(degree - 7, degree + 8) if one != but), key=lambda one: (abs(one - degree), one)
    )
    fits = [one for one in near if one % 7 in members and manner.low <= key.pitch(one) <= manner.high]
    return fits[0] if fits else degree
