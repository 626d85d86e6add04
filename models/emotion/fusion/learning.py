"""Learning the two dozen numbers of a pool (scipy: an extra)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.emotion.fusion.composing import Moments, composed
from models.emotion.fusion.held_out import Bank
from models.emotion.fusion.opinions import parts, usual
from models.emotion.fusion.pool import SHAPE, Pool
from models.emotion.fusion.run import Run
from models.emotion.head import Card, softmax
from models.emotion.labels import SOURCES

Doubles = NDArray[np.float64]

START = -2.0
"""Where the logits of all doubts start: one time in eight nothing follows."""
LEAST = -2.0
"""Least logarithm of a weight; the greatest is 0, so that no opinion counts for more than it says."""


def divided(bank: Bank, plan: Run) -> tuple[Bank, Bank, Bank]:
    """What is learned from, what is calibrated on, and what is judged: no family in two."""
    said = {source: parts(bank.said[source], plan.shares, plan.seed) for source in SOURCES}
    noise = {source: parts(bank.noise[source], plan.shares, plan.seed) for source in SOURCES}
    first, second, third = (
        Bank({source: said[source][at] for source in SOURCES}, {source: noise[source][at] for source in SOURCES})
        for at in range(3)
    )
    return first, second, third


def learned(bank: Bank, plan: Run, card: Card) -> Pool:
    """The pool: doubts and weights from the first part, temperature and the bound of disagreement from the second."""
    first, second, _ = divided(bank, plan)
    chance = np.random.default_rng(plan.seed)
    common = np.stack([usual(first.said[source], plan.even) for source in SOURCES])
    start = Pool(card, common, np.zeros(SHAPE, np.float32), np.ones(len(SOURCES), np.float32), 1.0, 1.0)
    pool = _fitted(start, _several(composed(first.said, first.noise, plan.mixture, plan.moments, chance)), plan.pull)
    mixed = _several(composed(second.said, second.noise, plan.mixture, plan.moments, chance))
    logits = pool.logits(mixed.chances, mixed.speaks)
    pool = replace(pool, temperature=_temperature(logits, mixed.truth))
    wrong = pool.pooled(mixed.chances, mixed.speaks).argmax(axis=1) != mixed.truth
    return replace(pool, torn_from=_bound(pool.strain(mixed.chances, mixed.speaks), wrong, plan.wrong))


def _bound(strain: NDArray[np.float32], wrong: NDArray[np.bool_], share: float) -> float:
    """The least strain from which on at least `share` are wrong; that of the hundredth most strained where there is
    none, so that what is furthest apart is always asked about."""
    order = np.argsort(-strain, kind="stable")
    above = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    fewest = max(1, len(order) // 100)
    enough = np.flatnonzero(above[fewest - 1 :] >= share)
    return float(strain[order[fewest - 1 + (int(enough[-1]) if len(enough) else 0)]])


def _several(moments: Moments) -> Moments:
    """Those in which several speak: of one alone nothing is learned."""
    return moments.part(moments.speaks.sum(axis=1) > 1)


def _fitted(start: Pool, moments: Moments, pull: float) -> Pool:
    from scipy.optimize import minimize  # an extra: only where something is learned

    row = np.arange(len(moments))

    def cost(flat: Doubles) -> float:
        chances = softmax(_of(start, flat).logits(moments.chances, moments.speaks))
        loss = -np.log(chances[row, moments.truth] + 1e-9).mean()
        away = np.concatenate([flat[: len(SOURCES)], flat[len(SOURCES) :] - START])
        return float(loss + pull * np.sum(away**2))

    first = np.concatenate([np.zeros(len(SOURCES)), np.full(start.doubt.size, START)])
    bounds = [(LEAST, 0.0)] * len(SOURCES) + [(-6.0, 4.0)] * start.doubt.size
    # The step is large because costs are added up in single precision.
    found = minimize(cost, first, method="L-BFGS-B", bounds=bounds, options={"eps": 1e-2, "maxiter": 60})
    return _of(start, found.x)


def _of(start: Pool, flat: Doubles) -> Pool:
    weight = np.exp(flat[: len(SOURCES)]).astype(np.float32)
    doubt = (1 / (1 + np.exp(-flat[len(SOURCES) :]))).reshape(SHAPE).astype(np.float32)
    return replace(start, weight=weight, doubt=doubt)


def _temperature(logits: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """At which the pool is on average as sure as it is right."""
    from scipy.optimize import brentq  # as above

    right = float((logits.argmax(axis=1) == truth).mean())

    def gap(logarithm: float) -> float:
        return float(softmax(logits / np.float32(np.exp(logarithm))).max(axis=1).mean()) - right

    return float(np.exp(brentq(gap, -3.0, 3.0)))
