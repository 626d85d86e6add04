"""How good estimates of faces are: the measures, for all and for each group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion import scores
from models.emotion.labels import FEELINGS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 20
"""A group of fewer faces is not reported: its figures would say nothing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`truth` [n] as places in `FEELINGS`; `chances` [n, 7]; `answered` [n] whether the head spoke."""

    truth: Ints
    chances: Floats
    answered: Flags

    def part(self, chosen: Flags) -> "Judged":
        """The rows `chosen`."""
        return Judged(self.truth[chosen], self.chances[chosen], self.answered[chosen])

    @property
    def right(self) -> Flags:
        return np.asarray(self.chances.argmax(axis=1) == self.truth, np.bool_)

    @property
    def confidence(self) -> NDArray[np.float64]:
        return np.asarray(self.chances.max(axis=1), np.float64)


def measures(judged: Judged) -> dict[str, float]:
    """Over the seven feelings. `error_at_70` is that of the surest 70 %, `coverage` and `selective_error` are at the
    head's own thresholds."""
    guess, right = judged.chances.argmax(axis=1), judged.right
    best = np.argsort(-judged.chances, axis=1, kind="stable")[:, :3]
    answered = judged.answered
    found = {
        "accuracy": float(right.mean()),
        "top3": float((best == judged.truth[:, None]).any(axis=1).mean()),
        "uar": scores.uar(judged.truth, guess, len(FEELINGS)),
        "macro_f1": scores.macro_f1(
            scores.one_hot(judged.truth, len(FEELINGS)), scores.one_hot(guess, len(FEELINGS))
        ),
        "ece": scores.calibration_error(judged.confidence, right),
        "error": float(1 - right.mean()),
        "error_at_70": scores.error_of_surest(judged.confidence, right),
        "coverage": float(answered.mean()),
        "selective_error": float(1 - right[answered].mean()) if answered.any() else 0.0,
    }
    return {name: round(value, 4) for name, value in found.items()}


def groups(judged: Judged, members: dict[str, Flags]) -> dict[str, dict[str, float]]:
    """The measures of every group that is large enough, and the recall of each feeling."""
    found: dict[str, dict[str, float]] = {}
    for name, chosen in members.items():
        if chosen.sum() >= FEWEST:
            found[name] = {"n": int(chosen.sum()), **measures(judged.part(chosen))}
    for number, feeling in enumerate(FEELINGS):
        chosen = judged.truth == number
        if chosen.any():
            part = judged.part(chosen)
            answered = float(part.answered.mean())
            found[f"label:{feeling}"] = {
                "n": int(chosen.sum()),
                "accuracy": round(float(part.right.mean()), 4),
                "coverage": round(answered, 4),
            }
    return found
