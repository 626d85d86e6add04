"""How good estimates are: the measures every room of `models.emotion` reports."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 15
"""Bins of the calibration error (Guo et al. 2017)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a line, for a plot."""

    x: Floats
    y: Floats
    weight: Floats


def recalls(truth: Ints, guess: Ints, classes: int) -> Floats:
    """The recall of each class; not a number for a class that does not occur."""
    found = [np.mean(guess[truth == k] == k) if np.any(truth == k) else np.nan for k in range(classes)]
    return np.array(found, np.float64)


def uar(truth: Ints, guess: Ints, classes: int) -> float:
    """Unweighted average recall over the classes that occur: accuracy where all are equally frequent."""
    return float(np.nanmean(recalls(truth, guess, classes)))


def f1(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> Floats:
    """F1 of each column of two tables [n, classes] of labels given and guessed; 0 where neither occurs."""
    both = (truth & guess).sum(axis=0)
    return np.asarray(2 * both / np.maximum(truth.sum(axis=0) + guess.sum(axis=0), 1), np.float64)


def macro_f1(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> float:
    """Mean F1 over the classes that occur in `truth`; both are tables [n, classes]."""
    occurs = truth.any(axis=0)
    return float(f1(truth, guess)[occurs].mean()) if occurs.any() else float("nan")


def one_hot(labels: Ints, classes: int) -> NDArray[np.bool_]:
    """Labels as a table [n, classes]."""
    return np.asarray(np.arange(classes)[None, :] == labels[:, None], np.bool_)


def confusion(truth: Ints, guess: Ints, classes: int) -> Ints:
    """Counts [given, guessed]."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (truth, guess), 1)
    return table


def reliability(confidence: Floats, right: NDArray[np.bool_], bins: int = BINS) -> Curve:
    """Share of right guesses over mean confidence, in equally wide bins; `weight` is each bin's share of all."""
    number = np.clip((confidence * bins).astype(int), 0, bins - 1)
    used = [k for k in range(bins) if np.any(number == k)]
    return Curve(
        np.array([confidence[number == k].mean() for k in used]),
        np.array([right[number == k].mean() for k in used], np.float64),
        np.array([np.mean(number == k) for k in used], np.float64),
    )


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error of the top guess."""
    curve = reliability(confidence, right, bins)
    return float(np.sum(curve.weight * np.abs(curve.x - curve.y)))


def risk_coverage(confidence: Floats, right: NDArray[np.bool_]) -> Curve:
    """Share of wrong guesses among the most confident, over the share that is answered."""
    order = np.argsort(-confidence, kind="stable")
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order])
    return Curve(answered / max(len(order), 1), wrong / answered, np.ones(len(order)))


def bootstrap(values: Sequence[bool] | NDArray[np.bool_], seed: int = 0, rounds: int = 500) -> tuple[float, float]:
    """95 % interval of a mean, by resampling."""
    table = np.asarray(values, np.float64)
    chance = np.random.default_rng(seed)
    means = [chance.choice(table, len(table)).mean() for _ in range(rounds)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def error_of_surest(confidence: Floats, right: NDArray[np.bool_], share: float = 0.7) -> float:
    """The error over the `share` of all of which one was surest."""
    surest = np.argsort(-confidence, kind="stable")[: max(1, round(share * len(right)))]
    return float(1 - right[surest].mean())
