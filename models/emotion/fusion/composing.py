"""Moments composed of single items of one feeling, of different people: to learn from, for want of real ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.fusion.opinions import Opinions
from models.emotion.fusion.run import Mixture
from models.emotion.labels import FEELINGS, SOURCES, Modality

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

NEUTRAL = FEELINGS.index("neutral")
BLOCK = 200
"""Moments that share one prior of the feelings."""


@dataclass(frozen=True, slots=True)
class Moments:
    """`truth` [n]; `chances` [n, 3, 7] of `SOURCES`; `given` [n, 3] whether there is anything to be read, and
    `speaks` [n, 3] whether its reader does not abstain; `family` [n] is shared by moments of one person."""

    truth: NDArray[np.int64]
    chances: Floats
    given: Flags
    speaks: Flags
    family: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.truth)

    def part(self, chosen: Flags | NDArray[np.intp]) -> "Moments":
        """The rows `chosen`."""
        columns = (self.truth, self.chances, self.given, self.speaks, self.family)
        return Moments(*(column[chosen] for column in columns))  # type: ignore[arg-type]  # each keeps its kind

    def only(self, subset: Sequence[Modality]) -> Flags:
        """Who speaks where nothing but `subset` is asked, [n, 3]."""
        return np.asarray(self.speaks & np.isin(SOURCES, subset), np.bool_)

    def having(self, subset: Sequence[Modality]) -> "Moments":
        """The moments in which all of `subset` are given."""
        return self.part(np.asarray(self.given[:, np.isin(SOURCES, subset)].all(axis=1), np.bool_))

    def instead(self, source: Modality, said: Opinions, seed: int) -> "Moments":
        """With what is read of `source` replaced by random rows of `said` wherever it is given."""
        drawn = np.random.default_rng(seed).integers(0, len(said), len(self))
        return self._replaced(source, said.chances[drawn], said.speaks[drawn])

    def confused(self, source: Modality, seed: int) -> "Moments":
        """With what is read of `source` replaced by what was read of it in a moment of another feeling."""
        place, chance = SOURCES.index(source), np.random.default_rng(seed)
        drawn = np.arange(len(self))
        for feeling in np.unique(self.truth):
            rows = np.flatnonzero(self.truth == feeling)
            others = np.flatnonzero((self.truth != feeling) & self.given[:, place])
            if len(others):
                drawn[rows] = chance.choice(others, len(rows))
        return self._replaced(source, self.chances[drawn, place], self.speaks[drawn, place])

    def _replaced(self, source: Modality, said: Floats, spoken: Flags) -> "Moments":
        place = SOURCES.index(source)
        chances, speaks = self.chances.copy(), self.speaks.copy()
        chances[:, place], speaks[:, place] = said, spoken & self.given[:, place]
        return Moments(self.truth, chances, self.given, speaks, self.family)


CLEAN = Mixture(prior=0.0, absent=0.0, other={}, noise={}, plain={})
"""All feelings alike often, nothing missing and nothing wrong."""


def composed(
    said: Mapping[Modality, Opinions],
    noise: Mapping[Modality, Opinions],
    mixture: Mixture,
    count: int,
    chance: np.random.Generator,
) -> Moments:
    """`count` moments. A modality that has no item of a feeling is missing where that is felt."""
    truth = _feelings(count, mixture.prior, chance)
    chances = np.full((count, len(SOURCES), len(FEELINGS)), 1 / len(FEELINGS), np.float32)
    given, speaks = np.zeros((count, len(SOURCES)), np.bool_), np.zeros((count, len(SOURCES)), np.bool_)
    for place, source in enumerate(SOURCES):
        items, shown = said[source], truth.copy()
        other = chance.random(count) < mixture.other.get(source, 0)
        shown[other] = (truth[other] + chance.integers(1, len(FEELINGS), int(other.sum()))) % len(FEELINGS)
        shown[chance.random(count) < mixture.plain.get(source, 0)] = NEUTRAL
        present = chance.random(count) >= mixture.absent
        for feeling in range(len(FEELINGS)):
            wanted, there = np.flatnonzero(present & (shown == feeling)), items.of(feeling)
            if len(there):
                _fill(chances, given, speaks, wanted, place, items.part(there), chance)
        wrong = np.flatnonzero(given[:, place] & (chance.random(count) < mixture.noise.get(source, 0)))
        _fill(chances, given, speaks, wrong, place, noise[source], chance)
    return Moments(truth, chances, given, speaks, np.arange(count, dtype=np.int64))


def _feelings(count: int, prior: float, chance: np.random.Generator) -> NDArray[np.int64]:
    """Whose shares are all alike where `prior` is 0."""
    if prior <= 0:
        return np.resize(np.arange(len(FEELINGS)), count).astype(np.int64)
    blocks = [
        chance.choice(len(FEELINGS), BLOCK, p=chance.dirichlet(np.full(len(FEELINGS), prior)))
        for _ in range(-(-count // BLOCK))
    ]
    return np.concatenate(blocks)[:count].astype(np.int64)


def _fill(
    chances: Floats,
    given: Flags,
    speaks: Flags,
    rows: NDArray[np.intp],
    place: int,
    items: Opinions,
    chance: np.random.Generator,
) -> None:
    drawn = chance.integers(0, len(items), len(rows))
    chances[rows, place], speaks[rows, place], given[rows, place] = items.chances[drawn], items.speaks[drawn], True
