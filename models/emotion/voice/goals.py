"""What was asked of the voice head, beside what an evaluation measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_ECE = 0.06
LEAST_UAR = 0.74
LEAST_FALL = 1 / 3
"""By how much the error of the surest 70 % is to be below that of all."""
LEAST_SHARE = 0.65
"""Answered, for a fall to be one at 70 %: a threshold that was chosen on other speakers may be off by so much."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One line: what was asked, what was measured, and whether that is enough."""

    what: str
    asked: str
    measured: str
    met: bool


def goals(result: Mapping[str, Any]) -> list[Goal]:
    """The goals that `result`, as `evaluate.report` gives it, says something about."""
    found = []
    ravdess = result["by_group"].get("corpus:ravdess")
    if ravdess:
        name = "RAVDESS, eight classes, no speaker in two folds"
        found += [
            Goal(f"{name}: UAR", f"≥ {LEAST_UAR}", f"{ravdess['uar']:.3f}", ravdess["uar"] >= LEAST_UAR),
            _calibrated(name, ravdess["ece"]),
            _fallen(f"{name}: error, and of what is answered", ravdess, "error", "selective_error", "coverage"),
        ]
    every = result["metrics"]
    forced, met = "All corpora, seven feelings, an answer forced", "All corpora, seven feelings, as a person meets it"
    found += [
        _calibrated(forced, every["ece_seven"]),
        _surest(f"{forced}: error, and of the surest 70 %", every["error"], every["error_at_70"]),
        _fallen(f"{forced}: error, and at its own threshold", every, "error", "selective_error", "coverage"),
        _calibrated(f"{met}, of what is answered", every["served_ece"]),
        _fallen(
            f"{met}: error of what is long enough, and of what is answered",
            every, "error_spoken", "served_error", "served_of_spoken",
        ),
    ]  # fmt: skip
    if "within" in result:
        learned = result["within"]
        name = "The corpora it was trained on, seven feelings, no speaker in two folds"
        found += [
            _calibrated(name, learned["ece_seven"]),
            _fallen(f"{name}: error, and of the surest", learned, "error", "selective_error", "coverage"),
        ]
    return found


def _calibrated(name: str, error: float) -> Goal:
    return Goal(f"{name}: calibration error", f"≤ {MOST_ECE}", f"{error:.3f}", error <= MOST_ECE)


def _surest(name: str, before: float, after: float) -> Goal:
    fall = 1 - after / before if before else 0.0
    return Goal(name, "a third lower", f"{before:.3f} → {after:.3f}, {fall:.0%} lower", fall >= LEAST_FALL)


def _fallen(name: str, values: Mapping[str, float], of_all: str, of_answered: str, share: str) -> Goal:
    before, after = values[of_all], values[of_answered]
    fall = 1 - after / before if before else 0.0
    measured = f"{before:.3f} → {after:.3f}, {fall:.0%} lower, at {values[share]:.0%}"
    return Goal(name, "a third lower at 70 %", measured, fall >= LEAST_FALL and values[share] >= LEAST_SHARE)
