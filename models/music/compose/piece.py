"""A piece: chosen, written and played, the same for the same mood and number, on every machine."""

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.music.compose.drums import LEVELS, sounds
from models.music.compose.room import in_room
from models.music.compose.score import BAR, Choices, Played, chords_of, form, written
from models.music.compose.style import Style, style_of, titles_of
from models.music.compose.theory import Chord, Key, fits
from models.music.compose.voices import RATE, VOICES, Mono, hertz
from models.music.moods import Mood

VERSION = 2
SHORTEST_S, LONGEST_S = 50.0, 78.0
"""As wanted; as whole phrases, with the slower end and the echo of the room, 45 to 90 seconds."""
SLOWER = 0.016
"""How the end slows down: so many beats more for the square of the beats since its last phrase began to close."""
PEAK = 0.7
TIMING_S = 0.007
FORCE = 0.06
"""How much players differ from the score: deviation of onsets in seconds, and of force."""
EDGE_S = 0.01
MIX: dict[str, tuple[float, float]] = {
    "lead": (0.36, 0.08),
    "second": (0.24, -0.12),
    "plays": (0.2, -0.35),
    "bed": (0.115, 0.3),
    "bass": (0.27, 0.0),
}
"""Level, and place between left (-1) and right (1)."""
LOUD = {
    "bell": 0.8,
    "marimba": 1.2,
    "flute": 0.85,
    "whistle": 0.8,
    "reed": 0.6,
    "cello": 0.9,
    "low": 1.3,
    "harp": 1.2,
}
"""What makes voices of one force about as loud as one another."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`samples`: float32 [n, 2], 44.1 kHz. `tempo` in beats a minute; `chords`: of A and then of B, as numerals;
    `instruments`: who leads, who plays the chords, who holds them, the drums, and who leads in B."""

    samples: NDArray[np.float32] = field(repr=False)
    mood: Mood
    number: int
    title: str
    tempo: int
    key: str
    chords: tuple[str, ...]
    instruments: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def compose(mood: Mood, number: int) -> Piece:
    """Piece `number` (from 0) of a mood."""
    chance = np.random.default_rng([VERSION, zlib.crc32(mood.encode()), number])
    style = style_of(mood)
    choices = _chosen(style, chance)
    swing = float(chance.uniform(*style.swing))
    dry = _played(list(written(choices, style, chance)), choices, swing, chance)
    sound = _finished(in_room(dry, *style.room, chance))
    return Piece(
        samples=sound,
        mood=mood,
        number=number,
        title=title_of(mood, number),
        tempo=choices.tempo,
        key=choices.key.name,
        chords=tuple(chord.name for chord in (*choices.first, *choices.turn)),
        instruments=(choices.lead, choices.plays, choices.bed, choices.drums, choices.second),
    )


def title_of(mood: Mood, number: int) -> str:
    """Each title once, in an order of the mood's own; then each with its number."""
    names = titles_of(mood)
    order = np.random.default_rng([VERSION, zlib.crc32(mood.encode())]).permutation(len(names))
    again = number // len(names)
    name = names[int(order[number % len(names)])]
    return f"{name} No. {again + 1}" if again else name


def _chosen(style: Style, chance: np.random.Generator) -> Choices:
    def one(among: tuple[str, ...]) -> str:
        return among[int(chance.integers(len(among)))]

    tempo = int(chance.integers(style.tempo[0], style.tempo[1] + 1))
    mode = one(style.modes)
    lead = one(style.leads)
    plays = one(tuple(voice for voice in style.plays if voice != lead))
    return Choices(
        key=Key(int(chance.integers(12)), mode),
        tempo=tempo,
        first=_one_row(style.progressions, mode, chance),
        turn=_one_row(style.turns, mode, chance),
        lead=lead,
        second=one(tuple(voice for voice in style.leads if voice not in {lead, plays})),
        plays=plays,
        bed=one(style.beds),
        figure=one(style.figures),
        drums=one(style.drums),
        bars=form(float(chance.uniform(SHORTEST_S, LONGEST_S)), tempo),
    )


def _one_row(rows: tuple[tuple[Chord, ...], ...], mode: str, chance: np.random.Generator) -> tuple[Chord, ...]:
    """One of the rows of chords that sound at rest in this mode."""
    good = [row for row in rows if all(fits(chord, mode) for chord in row)]
    return good[int(chance.integers(len(good)))]


def _played(notes: list[Played], choices: Choices, swing: float, chance: np.random.Generator) -> NDArray[np.float32]:
    """The notes as sound: float32 [n, 2]."""
    beat = 60 / choices.tempo
    count = int(((len(choices.bars) * BAR + SLOWER * (3 * BAR) ** 2) * beat + 4.0) * RATE)
    slows = (len(choices.bars) - 3) * BAR
    drums = sounds(chance)
    known: dict[tuple[str, int, int], Mono] = {}
    dry = np.zeros((count, 2), np.float32)
    for played in notes:
        note = played.note
        start = _swung(note.start, swing)
        onset = (start + SLOWER * max(0.0, start - slows) ** 2) * beat + float(chance.normal(0, TIMING_S))
        force = max(0.15, note.force + float(chance.normal(0, FORCE)))
        if played.part == "drums":
            takes = drums[played.voice]
            sound = takes[int(chance.integers(len(takes)))]
            level, place = LEVELS[played.voice], 0.25 if played.voice == "shaker" else 0.0
        else:
            level, place = MIX[played.part]
            level *= LOUD.get(played.voice, 1.0)
            held = max(1, round(note.length * beat * 10))  # in tenths of a second: the same note is made once
            name = (played.voice, note.pitch, held)
            if name not in known:
                known[name] = VOICES[played.voice](hertz(note.pitch), held / 10).astype(np.float32)
            sound = known[name]
        begin = max(0, int(onset * RATE))
        sound = sound[: count - begin]
        turn = (place + 1) * np.pi / 4
        dry[begin : begin + len(sound), 0] += np.float32(level * force * np.cos(turn) * 1.2) * sound
        dry[begin : begin + len(sound), 1] += np.float32(level * force * np.sin(turn) * 1.2) * sound
    return dry


def _swung(start: float, swing: float) -> float:
    """Where off-beats come: `swing` of a beat after the beat, 0.5 being straight."""
    whole, part = divmod(start, 1.0)
    return whole + (part / 0.5 * swing if part <= 0.5 else swing + (part - 0.5) / 0.5 * (1 - swing))


def _finished(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softly bounded, without what is below hearing, cut where nothing is left to hear, faded at both ends."""
    sound = sound - sound.mean(axis=0)
    loudest = float(np.abs(sound).max())
    sound = np.tanh(sound / loudest * 0.8) / np.tanh(0.8) * PEAK
    level = np.abs(sound).max(axis=1)
    heard = np.flatnonzero(level > 0.002)
    sound = sound[: int(heard[-1]) + 1] if len(heard) else sound
    fade = min(int(1.5 * RATE), len(sound))
    sound[-fade:] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade)))[:, None]
    edge = int(EDGE_S * RATE)
    sound[:edge] *= np.linspace(0, 1, edge)[:, None]
    finished: NDArray[np.float32] = sound.astype(np.float32)
    return finished


__all__ = ["Piece", "chords_of", "compose", "title_of"]
