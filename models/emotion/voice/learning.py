"""Fitting a head on features of voices: shrunken discriminants, all chosen without the test speakers.

Each corpus's version of each class is a Gaussian of its own, all with one covariance (mixture discriminant
analysis; Hastie & Tibshirani 1996), because anger acted in Toronto and anger read in Seoul have little in
common but the name. The covariance is taken layer by layer, and the layers' logits added. This has a closed
form, so that nested cross-validation costs seconds, and did as well here as logistic regression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card, Doubt, Head, Rest, distance, softmax
from models.emotion.scores import uar
from models.emotion.voice.classes import CLASSES, SEVEN_OF_EIGHT
from models.emotion.voice.features import LAYER

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]

ALIKE = 64
"""Directions in which strangeness is measured."""
SAMPLE = 2_500
"""Sounds from which those directions are taken, at most."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`shrinkages` are those tried; `counted` says how much the corpora count (1 where it is silent);
    `calibrated_without` names corpora that say nothing about how sure a head may be of a stranger;
    `coverage` is what the threshold of doubt keeps; `familiar` the share of held-out training sounds that
    strangeness lets through; `doubted` the share of them beyond which the head grows less sure by `slope` for each 1
    of distance."""

    shrinkages: tuple[float, ...]
    counted: Mapping[str, float]
    calibrated_without: tuple[str, ...]
    inner_folds: int
    coverage: float
    familiar: float
    doubted: float
    slope: float
    seed: int


@dataclass(frozen=True, slots=True)
class Material:
    """`vectors` [n, variants, numbers], `labels` [n] in 0..7, `speakers` and `corpora` [n]; `spoken` [n] is
    whether there is enough speech for a feeling to be named at all."""

    vectors: Floats
    labels: Ints
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    spoken: NDArray[np.bool_]

    def part(self, chosen: Places) -> "Material":
        """The rows `chosen`."""
        return Material(
            self.vectors[chosen],
            self.labels[chosen],
            self.speakers[chosen],
            self.corpora[chosen],
            self.spoken[chosen],
        )

    @property
    def components(self) -> NDArray[np.str_]:
        """The corpus and class of each row, as one name."""
        return np.char.add(np.char.add(self.corpora, " "), self.labels.astype(np.str_))


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Weights for each shrinkage [numbers, components], biases, and [components, 8]."""

    weights: list[Floats]
    biases: list[Floats]
    gather: Floats


@dataclass(frozen=True, slots=True)
class _Familiar:
    """What some sounds are like; see `Head`."""

    basis: Floats
    means: Floats
    rest: Rest

    def strangeness(self, standard: Floats) -> Floats:
        """How unlike them each of `standard` [n, variants, numbers] is: [n, variants]."""
        flat = standard.reshape(-1, standard.shape[-1])
        places = flat @ self.basis
        return self.rest.joined(distance(places, self.means), flat, places).reshape(standard.shape[:-1])


def folds(speakers: Sequence[str] | NDArray[np.str_], count: int) -> list[tuple[Places, Places]]:
    """(train, test) pairs in which no speaker is on both sides. Raises ValueError for fewer than two speakers."""
    from sklearn.model_selection import GroupKFold  # an extra: only where something is learned

    names = np.asarray(speakers)
    splitter = GroupKFold(n_splits=min(count, len(np.unique(names))))
    return [(np.asarray(train), np.asarray(test)) for train, test in splitter.split(names, groups=names)]


def learn(material: Material, recipe: Recipe, card: Card) -> Head:
    """A head fitted on `material`. Shrinkage, temperature and both thresholds come from inner folds by speaker:
    from what a head says of speakers that it was not fitted to, where there is enough speech to speak of."""
    count, variants, numbers = material.vectors.shape
    flat = material.vectors.reshape(-1, numbers)
    centre, scale = flat.mean(axis=0), flat.std(axis=0) + np.float32(1e-4)
    standard = ((flat - centre) / scale).astype(np.float32).reshape(count, variants, numbers)
    logits: list[list[Floats]] = [[] for _ in recipe.shrinkages]
    order, gathers, strange = [], [], np.zeros((count, variants), np.float32)
    for train, test in folds(material.speakers, recipe.inner_folds):
        fitted = _fitted(standard, material, train, recipe, recipe.shrinkages)
        for number, (weight, bias) in enumerate(zip(fitted.weights, fitted.biases, strict=True)):
            logits[number].append(standard[test] @ weight + bias)
        order.append(test)
        gathers.append(fitted.gather)
        strange[test] = _familiar(standard[train], material.part(train), recipe.seed).strangeness(standard[test])
    number, temperature, chances = _best(material, recipe, logits, gathers, order)
    weights = np.repeat(_asked(material, recipe.calibrated_without), variants)
    doubt = Doubt(quantile(strange.ravel(), weights, recipe.doubted), recipe.slope)
    seven = np.asarray(chances.reshape(-1, len(CLASSES)) @ SEVEN_OF_EIGHT, np.float32)
    confidence = doubt.flattened(seven, strange.ravel()).max(axis=1)
    final = _fitted(standard, material, np.arange(count), recipe, (recipe.shrinkages[number],))
    familiar = _familiar(standard, material, recipe.seed)
    return Head(
        card=card,
        centre=centre,
        scale=scale,
        weight=final.weights[0],
        bias=final.biases[0],
        gather=final.gather,
        temperature=temperature,
        sure_from=quantile(confidence, weights, 1 - recipe.coverage),
        alike_to=quantile(strange.ravel(), weights, recipe.familiar),
        basis=familiar.basis,
        means=familiar.means,
        rest=familiar.rest,
        doubt=doubt,
        extras={"shrinkage": np.array([recipe.shrinkages[number]], np.float32)},
    )


def _best(
    material: Material,
    recipe: Recipe,
    logits: Sequence[Sequence[Floats]],
    gathers: Sequence[Floats],
    order: Sequence[Places],
) -> tuple[int, float, Floats]:
    """The number of the best shrinkage, its temperature, and the held-out probabilities [n, variants, 8].

    The temperature is the one at which the head is on average as sure as it is right; the likeliest one left
    it less sure than right of most speakers, for the sake of a few confident errors."""
    variants = material.vectors.shape[1]
    weights = _asked(material, recipe.calibrated_without)[:, None, None]

    def chances(number: int, temperature: float) -> Floats:
        found = np.zeros((len(material.labels), variants, len(CLASSES)), np.float32)
        for test, part, gather in zip(order, logits[number], gathers, strict=True):
            flat = softmax((part / np.float32(temperature)).reshape(-1, part.shape[-1])) @ gather
            found[test] = flat.reshape(len(test), variants, -1)
        return found

    def gap(logarithm: float, number: int) -> float:
        found = chances(number, float(np.exp(logarithm)))
        right = found.argmax(axis=-1) == material.labels[:, None]
        return float(np.sum(weights[..., 0] * (found.max(axis=-1) - right))) ** 2

    from scipy.optimize import minimize_scalar  # as in `folds`

    first = [chances(number, 5.0)[:, 0].argmax(axis=-1) for number in range(len(recipe.shrinkages))]
    number = int(np.argmax([_mean_uar(material, guess) for guess in first]))
    found = minimize_scalar(gap, bounds=(-1, 5), method="bounded", args=(number,), options={"xatol": 0.02})
    temperature = float(np.exp(found.x))
    return number, temperature, chances(number, temperature)


def _asked(material: Material, without: Sequence[str]) -> Doubles:
    """What each row counts in calibration: only what has enough speech to be answered, and not the corpora
    `without`, unless there are no others."""
    chosen = material.spoken & ~np.isin(material.corpora, without)
    if not chosen.any():
        chosen = np.ones(len(material.labels), np.bool_)
    return np.asarray(chosen / chosen.sum(), np.float64)


def quantile(values: Floats, weights: Doubles, share: float) -> float:
    """The least of `values` with `share` of the `weights` at or below it."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(reached, share)), len(order) - 1)])


def _mean_uar(material: Material, guess: Ints) -> float:
    """The mean over corpora, weighted by the root of their size, of the unweighted average recall."""
    names, sizes = np.unique(material.corpora, return_counts=True)
    inside = [material.corpora == name for name in names]
    each = [uar(material.labels[rows], guess[rows], len(CLASSES)) for rows in inside]
    return float(np.average(each, weights=np.sqrt(sizes)))


def _axes(flat: Floats, seed: int) -> Floats:
    """Main directions [numbers, k] of standardised vectors."""
    from sklearn.utils.extmath import randomized_svd  # as in `folds`

    chosen = np.random.default_rng(seed).permutation(len(flat))[:SAMPLE]
    _, _, axes = randomized_svd(flat[chosen], ALIKE, n_iter=1, random_state=seed)
    return np.ascontiguousarray(axes.T, np.float32)


def _familiar(standard: Floats, material: Material, seed: int) -> _Familiar:
    """Main directions of `standard` [n, variants, numbers], made to spread alike within components, the components'
    means there, and the level of all the rest."""
    axes = _axes(standard.reshape(-1, standard.shape[-1]), seed)
    places = standard @ axes
    whole = np.mean(np.sum(standard * standard, axis=-1, dtype=np.float64))
    level = (whole - np.mean(np.sum(places * places, axis=-1, dtype=np.float64))) / (len(axes) - axes.shape[1])
    names, component = np.unique(material.components, return_inverse=True)
    means = np.stack([places[component == number].mean(axis=(0, 1)) for number in range(len(names))])
    within = (places - means[component][:, None]).reshape(-1, places.shape[-1]).astype(np.float64)
    values, turned = np.linalg.eigh(within.T @ within / len(within))
    spread = np.sqrt(np.maximum(values, 1e-6))
    whitening = (turned / spread).astype(np.float32)
    return _Familiar(
        np.asarray(axes @ whitening, np.float32),
        np.asarray(means @ whitening, np.float32),
        Rest(np.asarray((turned * spread).T, np.float32), float(max(level, 1e-6))),
    )


def _fitted(
    standard: Floats, material: Material, chosen: Places, recipe: Recipe, shrinkages: Sequence[float]
) -> _Fitted:
    """Discriminants of the rows `chosen`: for each layer the covariance within components, moved towards a
    multiple of the identity; all components alike beforehand."""
    part = material.part(chosen)
    names, component = np.unique(part.components, return_inverse=True)
    classes = np.array([int(name.rsplit(" ", 1)[1]) for name in names])
    roots = np.sqrt(_weights(part, recipe.counted)).astype(np.float32)[:, None, None]
    weights: list[list[Floats]] = [[] for _ in shrinkages]
    biases = [np.zeros(len(names), np.float32) for _ in shrinkages]
    for start in range(0, standard.shape[-1], LAYER):
        table = standard[chosen, :, start : start + LAYER]
        means = np.stack([table[component == number].mean(axis=(0, 1)) for number in range(len(names))])
        within = ((table - means[component][:, None]) * roots).reshape(-1, LAYER)
        covariance = within.T @ within / np.float32(len(within))
        level = np.float32(np.trace(covariance) / LAYER)
        for number, shrinkage in enumerate(shrinkages):
            moved = covariance + np.float32(shrinkage) * level * np.eye(LAYER, dtype=np.float32)
            weight = np.linalg.solve(moved, means.T).astype(np.float32)
            weights[number].append(weight)
            biases[number] -= (0.5 * np.sum(means.T * weight, axis=0)).astype(np.float32)
    gather = (classes[:, None] == np.arange(len(CLASSES))[None]).astype(np.float32)
    return _Fitted([np.concatenate(layers) for layers in weights], biases, gather)


def _weights(material: Material, counted: Mapping[str, float]) -> Doubles:
    """Corpora count by the root of their size times `counted`, so that the largest does not decide; the
    classes within a corpus count alike. Their mean is 1."""
    weights = np.zeros(len(material.labels))
    for corpus in np.unique(material.corpora):
        inside = material.corpora == corpus
        present = np.unique(material.labels[inside])
        for label in present:
            chosen = inside & (material.labels == label)
            share = np.sqrt(inside.sum()) * counted.get(str(corpus), 1.0)
            weights[chosen] = share / len(present) / chosen.sum()
    return np.asarray(weights / weights.mean(), np.float64)
