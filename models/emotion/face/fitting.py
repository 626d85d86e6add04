"""Fitting the head upon the network, on faces that the network was not fitted to.

Multinomial logistic regression whose weights are pulled towards handing the network's own logits through: with little
data, or nothing in the movements, it stays the network (scipy and scikit-learn: extras)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.face.inputs import FEATURES, LOGITS
from models.emotion.face.run import HeadPlan
from models.emotion.head import Card, Head, Rest, distance, softmax
from models.emotion.labels import FEELINGS

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Places = NDArray[np.intp]

ALIKE = 48
"""Directions of the features in which strangeness is measured."""
LEAST_SCALE = 0.02
"""Of scores in 0..1: a movement that MediaPipe hardly ever sees must not decide by its last digits."""
FEATURE_PULL = 30.0
"""How much harder the many features are held back than the few movements."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`inputs` [n, in] with missing movements as not-a-number; `targets` [n, 7], sum 1; `asked` [n] whether at least
    five of ten agreed; `family` [n], shared by pictures that are one."""

    inputs: Floats
    targets: Floats
    asked: NDArray[np.bool_]
    family: NDArray[np.int64]


def fitted(seen: Seen, plan: HeadPlan, card: Card, network: bool) -> Head:
    """The head. Its pull, temperature and both thresholds come from folds; `network` is whether the inputs have the
    network's logits and features, or movements alone."""
    centre = np.nanmean(seen.inputs, axis=0).astype(np.float32)
    scale = np.maximum(np.nanstd(seen.inputs, axis=0), LEAST_SCALE).astype(np.float32)
    standard = np.nan_to_num((seen.inputs - centre) / scale, nan=0.0).astype(np.float32)
    start, pull = _start(scale, network)
    parts = list(_folds(seen.family, plan.folds))
    logits = [_crossed(standard, seen.targets, parts, start, pull * strength) for strength in plan.strengths]
    labels = seen.targets.argmax(axis=1)
    losses = [_loss(each[seen.asked], labels[seen.asked]) for each in logits]
    best = int(np.argmin(losses))
    temperature = _temperature(logits[best][seen.asked], labels[seen.asked])
    weight, bias = _regression(standard, seen.targets, start, pull * plan.strengths[best])
    familiar, strange = _spread(standard, parts, network)
    confidence = softmax(logits[best] / np.float32(temperature)).max(axis=1)[seen.asked]
    return Head(
        card=card,
        centre=centre,
        scale=scale,
        weight=weight,
        bias=bias,
        gather=np.eye(len(FEELINGS), dtype=np.float32),
        temperature=temperature,
        sure_from=float(np.quantile(confidence, 1 - plan.coverage)),
        alike_to=float(np.quantile(strange, plan.familiar)),
        basis=familiar.basis,
        means=familiar.means,
        rest=familiar.rest,
        extras={"strength": np.array([plan.strengths[best]], np.float32)},
    )


def _start(scale: Floats, network: bool) -> tuple[Floats, Floats]:
    """Weights [in, 7] to be pulled towards, and how hard each row is pulled."""
    start, pull = np.zeros((len(scale), len(FEELINGS)), np.float32), np.ones(len(scale), np.float32)
    if network:
        start[LOGITS] = np.diag(scale[LOGITS])
        pull[FEATURES] = FEATURE_PULL
    return start, pull


def _regression(inputs: Floats, targets: Floats, start: Floats, pull: Floats) -> tuple[Floats, Floats]:
    """Weights [in, 7] and biases that make `targets` likely, as near to `start` as `pull` holds them."""
    from scipy.optimize import minimize  # an extra: only where something is learned

    count, classes = targets.shape
    table, wanted = inputs.astype(np.float64), targets.astype(np.float64)
    first, hold = start.astype(np.float64), pull.astype(np.float64)[:, None]

    def cost(flat: Doubles) -> tuple[float, Doubles]:
        moved, bias = flat[:-classes].reshape(first.shape), flat[-classes:]
        logits = table @ (first + moved) + bias
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        loss = -np.sum(wanted * np.log(chances + 1e-12)) / count + np.sum(hold * moved**2) / 2
        apart = (chances - wanted) / count
        return float(loss), np.concatenate([(table.T @ apart + hold * moved).ravel(), apart.sum(axis=0)])

    found = minimize(cost, np.zeros(first.size + classes), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weight = start + found.x[:-classes].reshape(first.shape)
    return weight.astype(np.float32), found.x[-classes:].astype(np.float32)


def _folds(family: NDArray[np.int64], count: int) -> Sequence[tuple[Places, Places]]:
    from sklearn.model_selection import GroupKFold  # as above

    splitter = GroupKFold(n_splits=count)
    return [(np.asarray(train), np.asarray(test)) for train, test in splitter.split(family, groups=family)]


def _crossed(
    inputs: Floats, targets: Floats, parts: Sequence[tuple[Places, Places]], start: Floats, pull: Floats
) -> Floats:
    """Every row's logits, by a regression on the other folds."""
    found = np.zeros(targets.shape, np.float32)
    for train, test in parts:
        weight, bias = _regression(inputs[train], targets[train], start, pull)
        found[test] = inputs[test] @ weight + bias
    return found


def _loss(logits: Floats, labels: NDArray[np.int64]) -> float:
    return float(-np.log(softmax(logits)[np.arange(len(labels)), labels] + 1e-9).mean())


def _temperature(logits: Floats, labels: NDArray[np.int64]) -> float:
    """At which the head is on average as sure as it is right."""
    from scipy.optimize import brentq  # as above

    right = float((logits.argmax(axis=1) == labels).mean())

    def gap(logarithm: float) -> float:
        return float(softmax(logits / np.float32(np.exp(logarithm))).max(axis=1).mean()) - right

    return float(np.exp(brentq(gap, -3.0, 3.0)))


@dataclass(frozen=True, slots=True)
class _Familiar:
    """What some faces are like; see `Head`."""

    basis: Floats
    means: Floats
    rest: Rest

    def strangeness(self, standard: Floats) -> Floats:
        """How unlike them each of `standard` [n, in] is: [n]."""
        places = standard @ self.basis
        return self.rest.joined(distance(places, self.means), standard, places)


def _spread(standard: Floats, parts: Sequence[tuple[Places, Places]], network: bool) -> tuple[_Familiar, Floats]:
    """What the rows are like, and how far each is from that when it is held out."""
    strange = np.zeros(len(standard), np.float32)
    for train, test in parts:
        strange[test] = _familiar(standard[train], network).strangeness(standard[test])
    return _familiar(standard, network), strange


def _familiar(standard: Floats, network: bool) -> _Familiar:
    """The main directions of the features (or of the movements), made to spread alike, the middle there, and the
    level of everything else: a movement that no face makes is strange whatever the network thinks of the picture."""
    basis = np.zeros((standard.shape[1], min(ALIKE, standard.shape[1] // 2)), np.float32)
    rows = FEATURES if network else slice(None)
    values, axes = np.linalg.eigh(np.cov(standard[:, rows].T.astype(np.float64)))
    chosen = np.argsort(-values)[: basis.shape[1]]
    spread = np.sqrt(np.maximum(values[chosen], 1e-6))
    basis[rows] = (axes[:, chosen] / spread).astype(np.float32)
    places = standard @ basis
    whole = np.mean(np.sum(standard.astype(np.float64) ** 2, axis=1))
    inside = np.mean(np.sum((places * spread).astype(np.float64) ** 2, axis=1))
    level = float((whole - inside) / max(standard.shape[1] - basis.shape[1], 1))
    rest = Rest(np.diag(spread).astype(np.float32), max(level, 1e-6))
    return _Familiar(basis, np.asarray(places.mean(axis=0, keepdims=True), np.float32), rest)
