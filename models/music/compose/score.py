"""The score: which voice plays what and when, from the choices that were made for a piece."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.music.compose.drums import LIGHT, PATTERNS
from models.music.compose.melody import Note, below, motif, sung, varied
from models.music.compose.style import Style
from models.music.compose.theory import Chord, Key, voiced

BAR = 4.0
CHORDS_LOW, CHORDS_HIGH = 52, 74
BASS_OCTAVE = 2
BELLS_LOW = 64

SHORTEST_S, LONGEST_S = 46.0, 82.0
"""Of what is written; its end slows down and rings on."""
LEADING = {"major": 4, "lydian": 4, "mixolydian": 6, "dorian": 3, "minor": 6, "phrygian": 1}
"""The degree whose chord leads home in a mode: the fifth, or what stands for it where that is minor."""
STRUM_S = 0.02
"""Between the notes of a chord that one hand plays at once."""

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
    turn: tuple[Chord, ...]
    """The chords of A, and of B."""
    lead: str
    second: str
    plays: str
    bed: str
    figure: str
    drums: str
    bars: tuple[str, ...]
    """What each bar is: "i" (intro), "A", "B", "o" (outro)."""


@dataclass(frozen=True, slots=True)
class Played:
    """One note of one voice in one part of the mix (or one stroke of a drum, then `pitch` counts for nothing)."""

    part: str
    voice: str
    note: Note


@dataclass(frozen=True, slots=True)
class Block:
    """Four bars of one kind. `light`: the heavy drums wait; `answers`: the second voice leads; `doubled`: it goes
    with the lead; `force`: how strongly everybody plays."""

    kind: str
    bar: int
    light: bool
    answers: bool
    doubled: bool
    force: float


def form(seconds: float, tempo: int) -> tuple[str, ...]:
    """Intro, A, B, A again and an outro: in blocks of four bars, about as long as wanted."""
    bar = BAR * 60 / tempo
    blocks = max(3, round((seconds / bar - 4) / 4))
    while (4 * blocks + 5) * bar > LONGEST_S:
        blocks -= 1
    while (4 * blocks + 4) * bar < SHORTEST_S:
        blocks += 1
    body = ("ABA", "AABA", "AABBA", "AABABA", "AABBABA", "AABBAABA", "AABBAABBA", "AABBAABBAA")
    pattern = body[min(blocks, 10) - 3] + "A" * max(0, blocks - 10)
    return (*"ii", *(each for block in pattern for each in block * 4), *"oo")


def blocks_of(bars: tuple[str, ...]) -> list[Block]:
    """How the piece grows: light, B by another voice, light again, both voices and strongest at the end."""
    kinds = [bars[bar] for bar in range(2, len(bars) - 2, 4)]
    after = next((n for n, kind in enumerate(kinds) if kind == "A" and "B" in kinds[:n]), -1)
    found = []
    for number, kind in enumerate(kinds):
        last = number == len(kinds) - 1
        light = not last and number in {0, after}
        force = 0.88 if light else 1.06 if last else 1.0
        found.append(Block(kind, 2 + 4 * number, light, kind == "B", last, force))
    return found


def chords_of(choices: Choices) -> list[Chord]:
    """The chord of each bar; before the end one that leads home, and then the first degree."""
    found, count = [], {"A": 0, "B": 0}
    for kind in choices.bars:
        if kind in "AB":
            row = choices.first if kind == "A" else choices.turn
            found.append(row[count[kind] % len(row)])
            count[kind] += 1
        elif kind == "i":
            found.append(choices.first[len(found) % len(choices.first)])
        else:
            found.append(Chord(0, 3))
    home = LEADING[choices.key.mode]
    if found[-3].degree not in {0, 3, home}:
        found[-3] = Chord(home)
    return found


def written(choices: Choices, style: Style, chance: np.random.Generator) -> Iterator[Played]:
    """Every note of the piece."""
    chords = chords_of(choices)
    blocks = blocks_of(choices.bars)
    force = {bar: block.force for block in blocks for bar in range(block.bar, block.bar + 4)}
    for part in (
        _harmony(choices, chords, chance),
        _bass(choices, style, chords),
        _lead(choices, style, chords, blocks, chance),
        _drums(choices, blocks),
    ):
        for each in part:
            note = each.note
            stronger = note.force * force.get(int(note.start // BAR), 0.9)
            yield Played(each.part, each.voice, Note(note.start, note.length, note.pitch, stronger))


def _drums(choices: Choices, blocks: list[Block]) -> Iterator[Played]:
    pattern = PATTERNS[choices.drums]
    for number, block in enumerate(blocks):
        turns = number + 1 < len(blocks) and blocks[number + 1].kind != block.kind
        for bar in range(block.bar, block.bar + 4):
            for drum, beats in pattern.items():
                if block.light and drum not in LIGHT:
                    continue
                for beat in beats:
                    accent = 0.9 if beat == 0 else 0.7 if beat % 1 == 0 else 0.5
                    yield Played("drums", drum, Note(bar * BAR + beat, 0.2, 0, accent))
        if turns and "brush" in pattern:
            for beat, force in ((2.5, 0.35), (3.5, 0.55)):
                yield Played("drums", "brush", Note((block.bar + 3) * BAR + beat, 0.2, 0, force))


def _harmony(choices: Choices, chords: list[Chord], chance: np.random.Generator) -> Iterator[Played]:
    before: tuple[int, ...] | None = None
    figure = FIGURES[choices.figure]
    for bar, (kind, chord) in enumerate(zip(choices.bars, chords, strict=True)):
        notes = before = voiced(chord, choices.key, before, CHORDS_LOW, CHORDS_HIGH)
        start = bar * BAR
        for pitch in notes:
            low = 12 if choices.bed == "drone" else 0
            yield Played("bed", choices.bed, Note(start, BAR * 0.98, pitch - low, 0.6 if kind == "B" else 0.5))
        if kind == "o":
            for place, pitch in enumerate(notes):
                if bar == len(choices.bars) - 2:
                    yield Played("plays", choices.plays, Note(start + place * 0.25, 6, pitch, 0.45))
            continue
        for beat, place, held in figure:
            chosen = notes if place < 0 else (_upward(notes, place),)
            share = 1.25 / len(chosen) ** 0.5 if place < 0 else 1.0
            for nth, pitch in enumerate(chosen):
                force = share * (0.55 + (0.12 if beat == 0 else 0) + float(chance.normal(0, 0.03)))
                strummed = start + beat + nth * STRUM_S * choices.tempo / 60
                yield Played("plays", choices.plays, Note(strummed, held, pitch, force))


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
            moves = kind == "B" and style.bass == "long"
            yield Played("bass", "bass", Note(start, 2.4 if moves else 3.7, low, 0.75))
            if moves:
                yield Played("bass", "bass", Note(start + 2.5, 1.3, fifth if fifth <= 52 else fifth - 12, 0.55))
        elif style.bass == "walk":
            for beat, pitch in ((0, root), (1.5, root), (2, fifth if fifth <= 52 else fifth - 12), (3.5, root)):
                yield Played(
                    "bass", "bass", Note(start + beat, 0.45 if beat % 1 else 1.2, pitch, 0.8 if beat == 0 else 0.62)
                )
        else:
            for number in range(8):
                high = 12 if number in {3, 6} else 0
                yield Played(
                    "bass", "bass", Note(start + number / 2, 0.42, root + high, 0.8 if number % 4 == 0 else 0.6)
                )


def _lead(
    choices: Choices, style: Style, chords: list[Chord], blocks: list[Block], chance: np.random.Generator
) -> Iterator[Played]:
    """A has its motif and B another one, which begins a little higher; each as motif and answer, every other time
    varied, and with the second voice below it at the end."""
    manner, key = style.melody, choices.key
    own = {kind: motif(chance, manner) for kind in "AB"}
    other = {kind: varied(each, chance) for kind, each in own.items()}
    middle = key.degree_near((manner.low + manner.high) / 2)
    begins = {"A": middle + int(chance.integers(-2, 2)), "B": middle + int(chance.integers(0, 3))}
    times = {"A": 0, "B": 0}
    for block in blocks:
        again = times[block.kind] % 2 == 1
        times[block.kind] += 1
        phrase = (own[block.kind], other[block.kind] if again else own[block.kind])
        under = chords[block.bar : block.bar + 4]
        closes = again or block is blocks[-1]
        notes = sung(phrase, under, key, manner, from_degree=begins[block.kind], closes=closes)
        voice = choices.second if block.answers else choices.lead
        for note in notes:
            yield Played("lead", voice, _moved(note, block.bar, voice))
        if block.doubled:
            for note in below(notes, under, key):
                yield Played("second", choices.second, _moved(note, block.bar, choices.second))
    home = key.pitch(round(middle / 7) * 7)
    yield Played("lead", choices.lead, _moved(Note(0, 5, home, 0.55), len(choices.bars) - 2, choices.lead))


def _moved(note: Note, bar: int, voice: str) -> Note:
    """The note in its bar; bells ring where bells do."""
    pitch = note.pitch + (12 if voice == "bell" and note.pitch < BELLS_LOW else 0)
    return Note(bar * BAR + note.start, note.length, pitch, note.force)
