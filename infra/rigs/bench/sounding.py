"""``python -m infra.rigs.bench.sounding FILE.npz [--per-mood 120]`` describes the pieces that Heed composes.

`raw` are their features as the catalogue keeps them, `vectors` the same z-scored as they are for the index, for
`make bench ARGS="--only similar --vectors FILE.npz"`; `moods` and `numbers` say which they are. A piece takes about a
second of the processor; what was stopped goes on where it was.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from models.music import features
from models.music.compose import compose
from models.music.compose.voices import RATE
from models.music.moods import MOODS, Mood
from models.music.predict import MoodReader

AT_A_TIME = 24
"""Pieces between two savings."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.rigs.bench.sounding", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--per-mood", type=int, default=120)
    given = parser.parse_args()
    wanted: list[tuple[Mood, int]] = [(mood, number) for number in range(given.per_mood) for mood in MOODS]
    done = list(_kept(given.file))[: len(wanted)]
    while len(done) < len(wanted):
        for mood, number in wanted[len(done) : len(done) + AT_A_TIME]:
            done.append(features.of(compose(mood, number).samples.mean(axis=1), RATE))
        raw = np.stack(done)
        vectors = MoodReader().scaled(raw)
        moods, numbers = zip(*wanted[: len(done)], strict=True)
        np.savez(given.file, raw=raw, vectors=vectors, moods=moods, numbers=numbers)
        print(f"{len(done)} of {len(wanted)} pieces", flush=True)
    return 0


def _kept(file: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    if not file.exists():
        return np.zeros((0, features.SIZE), np.float32)
    with np.load(file) as kept:
        raw: np.ndarray[tuple[int, int], np.dtype[np.float32]] = kept["raw"]
    return raw


if __name__ == "__main__":
    sys.exit(main())
