"""How good pooled estimates are, beside the best single modality, and where one modality is noise."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.emotion import scores
from models.emotion.fusion.composing import Moments
from models.emotion.fusion.opinions import Opinions
from models.emotion.fusion.pool import Pool
from models.emotion.labels import FEELINGS, SOURCES, Modality

Flags = NDArray[np.bool_]

SUBSETS: tuple[tuple[Modality, ...], ...] = tuple(
    subset for size in range(1, len(SOURCES) + 1) for subset in combinations(SOURCES, size)
)
FEWEST = 20
"""A group of fewer moments is not reported: its figures would say nothing."""
DRAWS = 1000
"""Of the bootstrap over people."""


def called(subset: Sequence[Modality]) -> str:
    """As in "text+voice"."""
    return "+".join(subset)


def measures(pool: Pool, moments: Moments, subset: Sequence[Modality] = SOURCES) -> dict[str, float]:
    """Where nothing but `subset` is asked. `accuracy` to `error` are of the moments in which anything is said,
    whether or not what is said disagrees; `coverage` is the share of all that is answered, `torn` that in which a
    question is asked, and `selective_error` of what is answered; `right` is the share of all guessed rightly."""
    counted = moments.only(subset)
    some = np.asarray(counted.any(axis=1), np.bool_)
    chances, torn = pool.pooled(moments.chances, counted), pool.torn(moments.chances, counted)
    guess, answered = chances.argmax(axis=1), some & ~torn
    right = np.asarray(guess == moments.truth, np.bool_)
    found = {"right": _mean(right & some), "coverage": _mean(answered), "torn": _mean(torn)}
    if some.any():
        truth = moments.truth[some]
        found |= {
            "accuracy": _mean(right[some]),
            "uar": scores.uar(truth, guess[some], len(FEELINGS)),
            "macro_f1": scores.macro_f1(_hot(truth), _hot(guess[some])),
            "ece": scores.calibration_error(chances.max(axis=1)[some].astype(np.float64), right[some]),
            "error": _mean(~right[some]),
            "selective_error": _mean(~right[answered]),
        }
    return {name: round(value, 4) for name, value in found.items()}


def beside_best(pool: Pool, moments: Moments, subset: Sequence[Modality]) -> dict[str, float | str]:
    """`best` is the one of `subset` that is right most often. `best_right` beside the pool's `right`; `there` and
    `best_there` are the accuracies of both where that one speaks; `gain` is the difference of `right`, with its 95 %
    interval by resampling people (`family`)."""
    singles = {source: _right(pool, moments, (source,)) for source in subset}
    best = max(subset, key=lambda source: float(singles[source].mean()))
    single, fused = singles[best], _right(pool, moments, subset)
    spoken = moments.speaks[:, SOURCES.index(best)]
    low, high = _interval(fused.astype(np.float64) - single, moments.family)
    return {
        "best": best,
        "best_right": round(_mean(single), 4),
        "there": round(_mean(fused[spoken]), 4),
        "best_there": round(_mean(single[spoken]), 4),
        "gain": round(_mean(fused) - _mean(single), 4),
        "gain_low": round(low, 4),
        "gain_high": round(high, 4),
    }


def robustness(
    pool: Pool, moments: Moments, noise: Mapping[Modality, Opinions], seed: int
) -> dict[str, dict[str, float]]:
    """For each subset and member of it, by name: the accuracy with that member replaced by noise, or by what it said
    in a moment of another feeling, beside the accuracy without it; where the others say anything. `spoke` is how
    often the reader said anything of what replaced it; `loss` is what having it costs."""
    found = {}
    for subset in SUBSETS:
        for source in subset if len(subset) > 1 else ():
            given = moments.having(subset)
            rest = tuple(each for each in subset if each != source)
            given = given.part(np.asarray(given.only(rest).any(axis=1), np.bool_))
            if len(given) < FEWEST:
                continue
            ways = {
                "noise": given.instead(source, noise[source], seed),
                "another feeling": given.confused(source, seed),
            }
            for way, changed in ways.items():
                found[f"{called(subset)}, {source} is {way}"] = _lost(pool, given, changed, subset, source)
    return found


def _lost(
    pool: Pool, given: Moments, changed: Moments, subset: Sequence[Modality], source: Modality
) -> dict[str, float]:
    rest = tuple(each for each in subset if each != source)
    without, fused = measures(pool, given, rest), measures(pool, changed, subset)
    found = {
        "n": len(given),
        "spoke": _mean(changed.speaks[:, SOURCES.index(source)]),
        "without": without["accuracy"],
        "accuracy": fused["accuracy"],
        "loss": without["accuracy"] - fused["accuracy"],
        "torn": fused["torn"],
        "selective_error_without": without["selective_error"],
        "selective_error": fused["selective_error"],
    }
    return {name: round(value, 4) for name, value in found.items()}


def _right(pool: Pool, moments: Moments, subset: Sequence[Modality]) -> Flags:
    counted = moments.only(subset)
    guess = pool.pooled(moments.chances, counted).argmax(axis=1)
    return np.asarray((guess == moments.truth) & counted.any(axis=1), np.bool_)


def _interval(differences: NDArray[np.float64], family: NDArray[np.int64]) -> tuple[float, float]:
    names, place = np.unique(family, return_inverse=True)
    sums, counts = np.bincount(place, differences), np.bincount(place)
    drawn = np.random.default_rng(0).integers(0, len(names), (DRAWS, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _hot(labels: NDArray[np.int64]) -> Flags:
    return scores.one_hot(labels, len(FEELINGS))


def _mean(flags: Flags) -> float:
    """0 of none."""
    return float(flags.mean()) if len(flags) else 0.0
