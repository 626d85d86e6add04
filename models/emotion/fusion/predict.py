"""One estimate out of several of one moment, or that they say different things."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import DISAGREEMENT, Estimate
from models.emotion.fusion.pool import SHAPE, load
from models.emotion.labels import FEELINGS, SOURCES, Feeling, Modality
from models.weights.learned import Licence

Floats = NDArray[np.float32]

HEADS = Path(__file__).parent / "heads"
NOTHING = "nothing"
"""Why nothing is said where nothing was read."""


@dataclass(frozen=True, slots=True)
class Fused:
    """`estimate`: of the one modality that counted as it was, `fused` of several; an abstention because of
    `DISAGREEMENT`, or, where nothing counted, for the first reason of those that were given. `of`: what counted.
    `line`: how it came about, for a log: names of feelings and reasons, and numbers."""

    estimate: Estimate
    of: tuple[Modality, ...]
    line: str = field(repr=False)


class Fusion:
    """Pools estimates. Holds no state between moments; safe to share between threads.

    Raises `UnreadablePool` where `file` is none.
    """

    def __init__(self, file: Path = HEADS / "all.npz") -> None:
        self.pool = load(file)

    def fuse(self, estimates: Sequence[Estimate]) -> Fused:
        """The one estimate of what `estimates` of text, voice and face say, in any order and number. Several of one
        modality are averaged first; abstentions do not count. Raises ValueError for what is fused already."""
        if any(each.modality == "fused" for each in estimates):
            raise ValueError("what is fused already is not fused again")
        ordered = sorted(estimates, key=lambda each: (SOURCES.index(each.modality), each.model, each.abstained or ""))
        speaking = [each for each in ordered if each.abstained is None]
        of = tuple(source for source in SOURCES if any(each.modality == source for each in speaking))
        if not of:
            return Fused(self._nothing(ordered), (), _line(ordered, None, NOTHING))
        chances, counted = _table(speaking)
        if len(of) == 1:
            estimate = _alone(speaking, chances[0, SOURCES.index(of[0])])
            return Fused(estimate, of, _line(ordered, None, _top(estimate)))
        strain = float(self.pool.strain(chances, counted)[0])
        if strain >= self.pool.torn_from:
            torn = Estimate("fused", self.pool.card.name, abstained=DISAGREEMENT, of=of)
            return Fused(torn, of, _line(ordered, self.pool.weight, f"{DISAGREEMENT} {strain:.2f}"))
        estimate = _estimate("fused", self.pool.card.name, self.pool.pooled(chances, counted)[0], of)
        outcome = f"{_top(estimate)}, strain {strain:.2f}"
        return Fused(estimate, of, _line(ordered, self.pool.weight, outcome))

    def _nothing(self, silent: Sequence[Estimate]) -> Estimate:
        if len({each.modality for each in silent}) == 1:
            return silent[0]
        return Estimate("fused", self.pool.card.name, abstained=silent[0].abstained if silent else NOTHING)


def _table(speaking: Sequence[Estimate]) -> tuple[Floats, NDArray[np.bool_]]:
    """What each of `SOURCES` says on average [1, 3, 7], and which of them say anything [1, 3]."""
    chances, counted = np.full((1, *SHAPE), 1 / len(FEELINGS), np.float32), np.zeros((1, len(SOURCES)), np.bool_)
    for place, source in enumerate(SOURCES):
        rows = [[each.probabilities[name] for name in FEELINGS] for each in speaking if each.modality == source]
        if rows:
            mean = np.array(sorted(rows), np.float64).mean(axis=0)
            chances[0, place], counted[0, place] = mean / mean.sum(), True
    return chances, counted


def _alone(speaking: Sequence[Estimate], chances: Floats) -> Estimate:
    """The one estimate there is, as it is, or the average of several of one modality."""
    if len(speaking) == 1:
        return speaking[0]
    return _estimate(speaking[0].modality, speaking[0].model, chances)


def _estimate(modality: Modality, model: str, chances: Floats, of: tuple[Modality, ...] = ()) -> Estimate:
    probabilities: dict[Feeling, float] = {
        feeling: float(value) for feeling, value in zip(FEELINGS, chances / chances.sum(), strict=True)
    }
    return Estimate(modality, model, probabilities, *valence_arousal(probabilities), of=of)


def _line(ordered: Sequence[Estimate], weight: Floats | None, outcome: str) -> str:
    """What everyone said, with its weight where there is one, and what came of it."""
    said = []
    for each in ordered:
        what = f"{each.modality} {each.abstained or _top(each)}"
        if weight is not None and each.abstained is None:
            what += f" w {weight[SOURCES.index(each.modality)]:.2f}"
        said.append(what)
    return f"{', '.join(said) or 'no estimate'} -> {outcome}"


def _top(estimate: Estimate) -> str:
    """The likeliest feeling and its probability."""
    likeliest = max(FEELINGS, key=lambda feeling: estimate.probabilities[feeling])
    return f"{likeliest} {estimate.probabilities[likeliest]:.2f}"


@cache
def fusion(licence: Licence = "all") -> Fusion:
    """The pool for this licence, loaded once in a process."""
    return Fusion(HEADS / f"{licence}.npz")
