"""Pieces of Heed's own composer as material: their features, kept, and the settings that they were made with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.music import features
from models.music.moods import MOODS

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

ASPECTS = 3


@dataclass(frozen=True, slots=True)
class Composed:
    """`raw` [n, 80]; `labels` [n] places in `MOODS`; `corner` [n] in 0..7: one bit each for the slower or faster
    half of its mood's tempos, one half of its mood's chords or the other, one half of the leading voices or the
    other. Pieces of opposite corners share neither."""

    raw: Floats
    labels: Labels
    corner: Labels

    def part(self, chosen: NDArray[np.intp]) -> "Composed":
        """These pieces alone."""
        return Composed(self.raw[chosen], self.labels[chosen], self.corner[chosen])


def composed(each: int, cache: Path, told: Callable[[int, int], None] | None = None) -> Composed:
    """`each` pieces of every mood, from `cache` where they are there already; `told` hears (done, of)."""
    raw: list[Floats] = []
    labels: list[int] = []
    settings: list[tuple[int, str, str]] = []
    for label in range(len(MOODS)):
        for number in range(each):
            described, setting = _one(label, number, cache)
            raw.append(described)
            labels.append(label)
            settings.append(setting)
            if told is not None:
                told(len(raw), each * len(MOODS))
    table = np.array(labels, np.int64)
    corner = np.zeros(len(labels), np.int64)
    for label in range(len(MOODS)):
        rows = np.flatnonzero(table == label)
        for bit in range(ASPECTS):
            values = [settings[row][bit] for row in rows]
            among = sorted(set(values), key=str if bit else int)
            upper = set(among[len(among) // 2 :])
            corner[rows] |= np.array([value in upper for value in values], np.int64) << bit
    stacked = np.stack(raw) if raw else np.zeros((0, features.SIZE), np.float32)
    return Composed(stacked, table, corner)


def _one(label: int, number: int, cache: Path) -> tuple[Floats, tuple[int, str, str]]:
    """Features, and tempo, chords and leading voice of one piece."""
    from models.music.compose.piece import VERSION, compose
    from models.music.compose.voices import RATE

    place = cache / features.VERSION / f"composed-{VERSION}-{MOODS[label]}-{number}.npz"
    if not place.is_file():
        piece = compose(MOODS[label], number)
        mono = np.ascontiguousarray(piece.samples.mean(axis=1, dtype=np.float32))
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_suffix(".partial.npz")
        np.savez(
            beside,
            raw=features.of(mono, RATE),
            tempo=np.array(piece.tempo),
            chords=np.array("-".join(piece.chords)),
            lead=np.array(piece.instruments[0]),
        )
        beside.replace(place)
    with np.load(place, allow_pickle=False) as kept:
        return kept["raw"], (int(kept["tempo"]), str(kept["chords"]), str(kept["lead"]))
