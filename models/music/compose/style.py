"""Styles: how pieces of each mood are made, as reviewed data."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.music.compose.melody import Manner
from models.music.compose.theory import Chord
from models.music.moods import Mood

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Style:
    """What is chosen from, for one mood. `tempo` in beats a minute; `room`: seconds of its echo, and how much."""

    tempo: tuple[int, int]
    modes: tuple[str, ...]
    progressions: tuple[tuple[Chord, ...], ...]
    turns: tuple[tuple[Chord, ...], ...]
    leads: tuple[str, ...]
    plays: tuple[str, ...]
    beds: tuple[str, ...]
    figures: tuple[str, ...]
    drums: tuple[str, ...]
    bass: str
    melody: Manner
    room: tuple[float, float]
    swing: tuple[float, float]


@cache
def style_of(mood: Mood) -> Style:
    """The style of a mood."""
    held: dict[str, Any] = _read("styles.yaml")[mood]
    return Style(
        tempo=(held["tempo"][0], held["tempo"][1]),
        modes=tuple(held["modes"]),
        progressions=_chords(held["progressions"]),
        turns=_chords(held["turns"]),
        leads=tuple(held["leads"]),
        plays=tuple(held["plays"]),
        beds=tuple(held["beds"]),
        figures=tuple(held["figures"]),
        drums=tuple(held["drums"]),
        bass=held["bass"],
        melody=Manner(**held["melody"]),
        room=(held["room"]["seconds"], held["room"]["wet"]),
        swing=(held["swing"][0], held["swing"][1]),
    )


@cache
def titles_of(mood: Mood) -> tuple[str, ...]:
    """What pieces of a mood may be called."""
    return tuple(_read("titles.yaml")[mood])


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return loaded


def _chords(lines: list[str]) -> tuple[tuple[Chord, ...], ...]:
    return tuple(tuple(Chord.read(each) for each in line.split()) for line in lines)
