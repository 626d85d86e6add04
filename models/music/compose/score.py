"""The score: which voice plays what and when, from the choices that were made for a piece."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.music.compose.drums import PATTERNS
from models.music.compose.melody import Note, motif, sung, varied
from models.music.compose.style import Style
from models.music.compose.theory import Chord, Key, voiced

BAR = 4.0
CHORDS_LOW, CHORDS_HIGH = 52, 74
BASS_OCTAVE = 2

FIGURES: dict[str, tuple[tuple[float, int, float], ...]] = {
    "up": (
        (0, 0, 0.9),
        (0.5, 1, 0.5),
        (1, 2, 0.5),
        (1.5, 3, 0.5),
        (2, 1, 0.5),
        (2.5, 2, 0.5),
        (3, 3, 0.5),
        (3.5, 2, 0.5),
    ),
    "after": ((0.5, -1, 0.4), (1.5, -1, 0.4), (2.5, -1, 0.4), (3.5, -1, 0.4)),
    "rock": ((0, 0, 0.9), (1, -1, 0.8), (2, 1, 0.9), (3, -1, 0.8)),
    "drive": tuple((n / 2, n % 3 if n % 4 else 0, 0.4) for n in range(8)),
    "slow": ((0, -1, 3.8),),
    "drift": ((0, 0, 2.0), (1, 1, 2.0), (2, 2, 2.0), (3, 3, 1.5)),
    "roll": ((0, 0, 1.8), (0.5, 1, 1.5), (1, 2, 1.5), (1.5, 3, 1.5), (2, 1, 1.5), (2.5, 3, 1.2), (3, 2, 1.0)),
    "toll": ((0, 0, 3.0), (2, 2, 1.8)),
}
"""How chords are played in a bar: (beat, which note of the chord from below or -1 for all, beats that it is held)."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for a piece."""

    key: Key
    tempo: int
    first: tuple[Chord, ...]
    second: tuple[Chord, ...]
    lead: str
    plays: str
    bed: str
    figure: str
    drums: str
    bars: tuple[str, ...]
    """What each bar is: "i" (intro), "A", "B", "o" (outro)."""


@dataclass(frozen=True, slots=True)
class Played:
    """One note of one voice (or one stroke of a drum, then `pitch` counts for nothing)."""

    voice: str
    note: Note


def form(seconds: float, tempo: int) -> tuple[str, ...]:
    """Intro, A, B, A again and an outro: in blocks of four bars, about as long as wanted."""
    bars = round(seconds / (BAR * 60 / tempo))
    blocks = max(2, round((bars - 4) / 4))
    pattern = {2: "AB", 3: "ABA", 4: "AABA", 5: "AABBA", 6: "AABABA", 7: "AABBABA", 8: "AABBAABA"}
    body = pattern[min(blocks, 8)] + "A" * max(0, blocks - 8)
    return (*"ii", *(each for block in body for each in block * 4), *"oo")


def chords_of(choices: Choices) -> list[Chord]:
    """The chord of each bar; the last one is the first again, so that the piece comes home."""
    found, count = [], {"A": 0, "B": 0}
    for kind in choices.bars:
        if kind in "AB":
            row = choices.first if kind == "A" else choices.second
            found.append(row[count[kind] % len(row)])
            count[kind] += 1
        elif kind == "i":
            found.append(choices.first[len(found) % len(choices.first)])
        else:
            found.append(Chord(0, 3))
    return found


def written(choices: Choices, style: Style, chance: np.random.Generator) -> Iterator[Played]:
    """Every note of the piece."""
    chords = chords_of(choices)
    yield from _harmony(choices, chords, chance)
    yield from _bass(choices, style, chords)
    yield from _lead(choices, style, chords, chance)
    for bar, kind in enumerate(choices.bars):
        if kind in "AB" and bar >= 2 + (4 if choices.drums in {"four", "push", "clap"} else 0):
            for drum, beats in PATTERNS[choices.drums].items():
                for beat in beats:
                    yield Played(drum, Note(bar * BAR + beat, 0.2, 0, 0.9 if beat == 0 else 0.7))


def _harmony(choices: Choices, chords: list[Chord], chance: np.random.Generator) -> Iterator[Played]:
    before: tuple[int, ...] | None = None
    figure = FIGURES[choices.figure]
    for bar, (kind, chord) in enumerate(zip(choices.bars, chords, strict=True)):
        notes = before = voiced(chord, choices.key, before, CHORDS_LOW, CHORDS_HIGH)
        start = bar * BAR
        for pitch in notes:
            yield Played(choices.bed, Note(start, BAR * 0.98, pitch - (12 if choices.bed == "drone" else 0), 0.5))
        if kind == "o":
            for place, pitch in enumerate(notes):
                if bar == len(choices.bars) - 2:
                    yield Played(choices.plays, Note(start + place * 0.25, 6, pitch, 0.5))
            continue
        for beat, place, held in figure:
            chosen = notes if place < 0 else (_upward(notes, place),)
            for pitch in chosen:
                force = 0.55 + (0.15 if beat == 0 else 0) + float(chance.normal(0, 0.03))
                yield Played(choices.plays, Note(start + beat, held, pitch, force))


def _upward(notes: tuple[int, ...], place: int) -> int:
    """The note at this place of the chord, which goes on an octave higher."""
    return notes[place % len(notes)] + 12 * (place // len(notes))


def _bass(choices: Choices, style: Style, chords: list[Chord]) -> Iterator[Played]:
    for bar, (kind, chord) in enumerate(zip(choices.bars, chords, strict=True)):
        root = choices.key.pitch(chord.degree, BASS_OCTAVE)
        root -= 12 if root > 48 else 0
        fifth = choices.key.pitch(chord.degree + 4, BASS_OCTAVE)
        start = bar * BAR
        if kind in "io" or style.bass in {"long", "pedal"}:
            low = choices.key.pitch(0, BASS_OCTAVE) if style.bass == "pedal" and kind != "B" else root
            yield Played("bass", Note(start, 3.7, low, 0.7))
        elif style.bass == "walk":
            for beat, pitch in ((0, root), (1.5, root), (2, fifth if fifth <= 52 else fifth - 12), (3.5, root)):
                yield Played("bass", Note(start + beat, 0.45 if beat % 1 else 1.2, pitch, 0.8 if beat == 0 else 0.62))
        else:
            for number in range(8):
                high = 12 if number in {3, 6} else 0
                yield Played("bass", Note(start + number / 2, 0.42, root + high, 0.8 if number % 4 == 0 else 0.6))


def _lead(choices: Choices, style: Style, chords: list[Chord], chance: np.random.Generator) -> Iterator[Played]:
    """A has its motif, B another one; each comes as motif, motif, variation, motif."""
    own = {kind: motif(chance, style.melody) for kind in "AB"}
    other = {kind: varied(each, chance) for kind, each in own.items()}
    bar = 0
    while bar < len(choices.bars):
        kind = choices.bars[bar]
        if kind in "AB":
            block = [own[kind], other[kind] if bar // 4 % 2 else own[kind]]
            for note in sung(block, chords[bar : bar + 4], choices.key, style.melody, chance):
                yield Played(choices.lead, Note(bar * BAR + note.start, note.length, note.pitch, note.force))
            bar += 4
            continue
        if kind == "o" and bar == len(choices.bars) - 2:
            home = choices.key.pitch(choices.key.degree_near((style.melody.low + style.melody.high) / 2) // 7 * 7)
            yield Played(choices.lead, Note(bar * BAR, 5, home, 0.55))
        bar += 1
