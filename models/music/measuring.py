"""How good readings of moods are, beside what guessing would reach."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion import scores
from models.music.moods import ANCHORS, MOODS

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDS = 1000
COUNT = len(MOODS)


@dataclass(frozen=True, slots=True)
class Judged:
    """`truth` [n] places in `MOODS`, `chances` [n, 6], `known` [n] whether the sound was familiar, `sure_from` the
    threshold that was in force [n], `family` [n]."""

    truth: Labels
    chances: Floats
    known: Flags
    sure_from: Floats
    family: Labels

    @property
    def guess(self) -> Labels:
        return np.asarray(self.chances.argmax(axis=1), np.int64)

    @property
    def confidence(self) -> Floats:
        return np.asarray(self.chances.max(axis=1), np.float64)

    @property
    def said(self) -> Flags:
        """Where the head was sure enough."""
        return np.asarray(self.known & (self.confidence >= self.sure_from), np.bool_)

    @property
    def places(self) -> Floats:
        """Valence and arousal [n, 2], as they are served."""
        return np.asarray(self.chances @ np.array([ANCHORS[mood] for mood in MOODS]), np.float64)

    def part(self, chosen: Flags | NDArray[np.intp]) -> "Judged":
        """These tracks alone."""
        told, felt = self.chances[chosen], self.known[chosen]
        return Judged(self.truth[chosen], told, felt, self.sure_from[chosen], self.family[chosen])


def measures(judged: Judged) -> dict[str, float]:
    """The figures of an evaluation; those that cannot be told for so few tracks are left out."""
    truth, guess, said = judged.truth, judged.guess, judged.said
    right = np.asarray(truth == guess, np.bool_)
    found: dict[str, float] = {
        "accuracy": right.mean(),
        "uar": scores.uar(truth, guess, COUNT),
        "macro_f1": scores.macro_f1(scores.one_hot(truth, COUNT), scores.one_hot(guess, COUNT)),
        "top2": top2(judged),
        "ece": scores.calibration_error(judged.confidence, right),
        "error": 1 - right.mean(),
        "coverage": said.mean(),
    }
    if said.any():
        found["selective_error"] = 1 - right[said].mean()
    wanted = np.array([ANCHORS[mood] for mood in MOODS])[truth]
    for place, name in enumerate(("valence_r", "arousal_r")):
        if np.ptp(wanted[:, place]) > 0 and np.ptp(judged.places[:, place]) > 0:
            found[name] = np.corrcoef(judged.places[:, place], wanted[:, place])[0, 1]
    return {name: round(float(value), 4) for name, value in found.items()}


def top2(judged: Judged) -> float:
    """How often what was given is among the two likeliest."""
    first = np.argsort(-judged.chances, axis=1, kind="stable")[:, :2]
    return float((first == judged.truth[:, None]).any(axis=1).mean())


def guessing(judged: Judged, seed: int) -> dict[str, float]:
    """What the same answers reach when they are dealt out to the tracks by chance (mean of a thousand deals, and
    what 97.5 % of the deals stay below), and what always naming the most frequent mood reaches."""
    chance = np.random.default_rng(seed)
    dealt: dict[str, list[float]] = {"uar": [], "macro_f1": [], "top2": [], "valence_r": [], "arousal_r": []}
    for _ in range(ROUNDS):
        order = chance.permutation(len(judged.truth))
        other = Judged(
            judged.truth, judged.chances[order], judged.known[order], judged.sure_from[order], judged.family
        )
        figures = measures(other)
        for name, values in dealt.items():
            values.append(figures.get(name, 0.0))
    found = {f"{name}_dealt": float(np.mean(values)) for name, values in dealt.items()}
    found |= {f"{name}_dealt_high": float(np.quantile(values, 0.975)) for name, values in dealt.items()}
    usual = np.full_like(judged.truth, np.bincount(judged.truth, minlength=COUNT).argmax())
    found["uar_usual"] = scores.uar(judged.truth, usual, COUNT)
    found["macro_f1_usual"] = scores.macro_f1(scores.one_hot(judged.truth, COUNT), scores.one_hot(usual, COUNT))
    found["accuracy_usual"] = float((judged.truth == usual).mean())
    return {name: round(value, 4) for name, value in found.items()}


def intervals(judged: Judged, seed: int) -> dict[str, float]:
    """95 % intervals, whole families drawn anew each time: tracks of one artist are no independent witnesses."""
    chance = np.random.default_rng(seed)
    members = [np.flatnonzero(judged.family == family) for family in np.unique(judged.family)]
    drawn: dict[str, list[float]] = {"uar": [], "macro_f1": [], "top2": [], "valence_r": [], "arousal_r": []}
    for _ in range(ROUNDS):
        rows = np.concatenate([members[each] for each in chance.integers(len(members), size=len(members))])
        figures = measures(judged.part(rows))
        for name, values in drawn.items():
            values.append(figures.get(name, 0.0))
    low = {f"{name}_low": round(float(np.quantile(values, 0.025)), 4) for name, values in drawn.items()}
    return low | {f"{name}_high": round(float(np.quantile(values, 0.975)), 4) for name, values in drawn.items()}
