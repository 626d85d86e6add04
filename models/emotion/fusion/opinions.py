"""What a reader says of many items of which the feeling is known, and none of which it was trained on."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import arrays
from models.emotion.labels import FEELINGS

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Opinions:
    """`truth` [n] as places in `FEELINGS`; `chances` [n, 7]; `speaks` [n] whether the reader would give them or
    abstain; `family` [n] is shared by items of one person. Noise has no truth: -1."""

    truth: NDArray[np.int64]
    chances: Floats
    speaks: Flags
    family: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.truth)

    def part(self, chosen: Places | Flags) -> "Opinions":
        """The rows `chosen`."""
        return Opinions(self.truth[chosen], self.chances[chosen], self.speaks[chosen], self.family[chosen])

    def of(self, feeling: int) -> Places:
        """The rows of one feeling."""
        return np.flatnonzero(self.truth == feeling)


def parts(opinions: Opinions, shares: tuple[float, ...], seed: int) -> list[Opinions]:
    """`opinions` divided by these shares of its families, none of which is in two."""
    names = np.random.default_rng(seed).permutation(np.unique(opinions.family))
    bounds = np.round(np.cumsum(shares) / sum(shares) * len(names)).astype(int)
    return [
        opinions.part(np.isin(opinions.family, names[start:end]))
        for start, end in zip([0, *bounds[:-1]], bounds, strict=True)
    ]


def of_noise(chances: Floats, speaks: Flags) -> Opinions:
    """What was said of what nobody made."""
    nowhere = np.full(len(chances), -1, np.int64)
    return Opinions(nowhere, chances, speaks, np.arange(len(chances), dtype=np.int64))


def usual(opinions: Opinions, even: float) -> Floats:
    """What is said on average where anything is said, [7]: what the reader takes to be common; with a share `even` of
    an even spread, so that hardly anything follows from what is never said being hardly said."""
    said = opinions.chances[opinions.speaks]
    mean = (said.sum(axis=0) + 1) / (len(said) + len(FEELINGS))
    return np.asarray((1 - even) * mean / mean.sum() + even / len(FEELINGS), np.float32)


def kept(path: Path) -> Opinions | None:
    """The opinions in `path`; None where it is not there."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        return Opinions(*(file[each.name] for each in fields(Opinions)))


def keep(opinions: Opinions, path: Path) -> None:
    """Write `opinions`; beside it first, then into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays.keep(path, {each.name: getattr(opinions, each.name) for each in fields(Opinions)})
