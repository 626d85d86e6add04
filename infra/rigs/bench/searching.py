"""``python -m infra.rigs.bench.searching FOLDER [FILE.npz]`` asks both indexes and prints JSON.

Started by `similar`, in a process of its own so that libraries count on one thread.
"""

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.music.exact import ExactIndex
from models.music.index import AnnoyIndex, available, built, opened
from models.music.journey import Tune, Tunes, journey

DIMENSION, LATENT = 80, 12
GENRES, PER_ARTIST = 24, 12
SEED = 20261123
ASKED = 300
"""Questions about pieces that are there, and as many about pieces that are not."""
WANTED = 5
IN_USE = 45
"""Neighbours a choice looks through, since some are by one artist, some dark, some heard."""
COUNTS = (720, 10_000, 50_000, 100_000)

Vectors = NDArray[np.float32]


def pieces(count: int) -> Vectors:
    """Features as a catalogue has them, invented: pieces lie around artists, artists around genres of unlike size,
    some far out, and of the 80 numbers many go together. float32 [count, 80], z-scored."""
    chance = np.random.default_rng(SEED)
    artists = max(6, count // PER_ARTIST)
    genres = chance.normal(size=(GENRES, LATENT))
    played = chance.choice(GENRES, artists, p=chance.dirichlet(np.ones(GENRES)))
    by = (genres[played] + 0.7 * chance.normal(size=(artists, LATENT)))[chance.integers(0, artists, count)]
    hidden = by + 0.5 * chance.standard_t(5, size=(count, LATENT))
    seen = hidden @ chance.normal(size=(LATENT, DIMENSION)) / np.sqrt(LATENT)
    return _scaled(seen + 0.5 * chance.normal(size=(count, DIMENSION)))


def measured(folder: Path, vectors: Vectors, new: Vectors) -> dict[str, Any]:
    """Both indexes over `vectors`, asked about every so many of these (which must not answer themselves) and all of
    `new`. Times in s: medians for questions."""
    count = len(vectors)
    ids = np.arange(count, dtype=np.int64) + 1
    there = np.random.default_rng(SEED).permutation(count)[:ASKED]
    questions = [(vectors[row], frozenset({int(ids[row])})) for row in there]
    questions += [(vector, frozenset[int]()) for vector in new]
    began = time.perf_counter()
    exact = ExactIndex(ids, vectors)
    told: dict[str, Any] = {"count": count, "exact_open": time.perf_counter() - began}
    right, told["exact"] = _asked(exact, questions, WANTED)
    _, told["exact_in_use"] = _asked(exact, questions, IN_USE)
    if not available():
        return told
    began = time.perf_counter()
    file = built(folder, vectors, "bench")
    told["build"] = time.perf_counter() - began
    told["bytes"] = file.stat().st_size
    began = time.perf_counter()
    forest: AnnoyIndex = opened(folder, ids, vectors.shape[1], "bench")
    told["annoy_open"] = time.perf_counter() - began
    found, told["annoy"] = _asked(forest, questions, WANTED)
    _, told["annoy_in_use"] = _asked(forest, questions, IN_USE)
    told["recall"] = float(np.mean([len(one & other) / len(other) for one, other in zip(found, right, strict=True)]))
    return told


def chosen(count: int) -> dict[str, Any]:
    """Journeys through an invented catalogue: median time of one, in s."""
    chance = random.Random(SEED)
    tunes = Tunes([
        Tune(number, str(chance.randrange(count // PER_ARTIST)), chance.uniform(-1, 1), chance.uniform(-1, 1),
             chance.uniform(0, 0.7))
        for number in range(count)
    ])  # fmt: skip
    seconds = []
    for _ in range(50):
        present = (chance.uniform(-1, 1), chance.uniform(-1, 1))
        heard = set(chance.sample(range(count), 60))
        began = time.perf_counter()
        journey(tunes, present, "lift", heard, careful=False, chance=chance)
        seconds.append(time.perf_counter() - began)
    return {"count": count, "journey": float(np.median(seconds))}


def _asked(
    index: ExactIndex | AnnoyIndex, questions: list[tuple[Vectors, frozenset[int]]], k: int
) -> tuple[list[set[int]], float]:
    """The answers, and the median time of one."""
    answers, seconds = [], []
    for vector, without in questions:
        began = time.perf_counter()
        found = index.nearest(vector, k, without)
        seconds.append(time.perf_counter() - began)
        answers.append({track for track, _ in found})
    return answers, float(np.median(seconds))


def _scaled(vectors: NDArray[Any]) -> Vectors:
    spread = vectors.std(axis=0)
    scaled: Vectors = ((vectors - vectors.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(np.float32)
    return scaled


def main() -> int:
    folder, *real = (Path(each) for each in sys.argv[1:])
    told = []
    if real:
        with np.load(real[0]) as file:
            vectors = np.ascontiguousarray(file["vectors"], np.float32)
        told.append({"real": True, **measured(folder / "real", vectors, vectors[:0])})
    for count in COUNTS:
        made = pieces(count + ASKED)
        told.append({"real": False, **measured(folder / str(count), made[:count], made[count:])})
    told += [chosen(count) for count in (720, 100_000)]
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
