"""Fitting the head of one language on labelled texts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier

from models.emotion.head import Card, softmax
from models.emotion.labels import FEELINGS
from models.emotion.scores import f1
from models.emotion.text.blend import Blend, Shape
from models.emotion.text.corpus import Labelled, table
from models.emotion.text.ngrams import Rows, hashed

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ALIKE = 64
"""Directions in which strangeness is measured."""
STEPS = np.arange(0.04, 0.7, 0.02)
"""Probabilities tried as the one from which a feeling counts as one of several."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`alpha` regularises the weights of pieces, a piece in fewer than `least` texts has none; `networks`,
    `hidden` and `decay` shape the networks on sentence vectors. Mix, thresholds and calibration come from what
    `folds` parts say of texts that they were not fitted to."""

    alpha: float
    passes: int
    least: int
    networks: int
    hidden: int
    decay: float
    epochs: int
    folds: int
    coverage: float
    familiar: float
    seed: int


@dataclass(frozen=True, slots=True)
class _Base:
    """What the pieces and the sentence vectors have learned, each by itself."""

    rarity: Floats
    weights: Floats
    lean: Floats
    layers: tuple[tuple[Floats, Floats], ...]


def learn(
    rows: Sequence[Labelled],
    sentence: Floats,
    own: NDArray[np.bool_],
    shape: Shape,
    recipe: Recipe,
    card: Card,
) -> Blend:
    """A head for `rows`, whose sentence vectors are `sentence`. Only the rows that are `own` to the language are
    read in pieces and used for calibration; the others teach through their sentence vectors."""
    truth, words = table(rows), fine(rows)
    counts = matrix(hashed([row.text for row in rows], *_cut(shape)), shape.bits)
    opinions = np.zeros((len(rows), len(FEELINGS) + words.shape[1]), np.float32)
    strange = np.zeros(len(rows), np.float32)
    part = np.array([row.digest for row in rows]) % recipe.folds
    for fold in range(recipe.folds):
        test = np.flatnonzero(part == fold)
        base = _based(counts, sentence, truth, words, own, np.flatnonzero(part != fold), shape, recipe)
        blend = _blended(base, sentence[part != fold], shape, card)
        opinions[test] = np.concatenate([_said(base, counts[test], shape), blend.by_sentence(sentence[test])], axis=1)
        strange[test] = blend.strangeness(sentence[test])
    base = _based(counts, sentence, truth, words, own, np.arange(len(rows)), shape, recipe)
    seen = np.unique(np.array([row.digest for row in rows], np.uint32))
    blend = replace(_blended(base, sentence, shape, card), seen=seen)
    return _weighed(blend, opinions[own], truth[own], strange[own], recipe)


def fine(rows: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Which of the corpora's own words each row is labelled with: [n, words]. The sentence vectors are taught
    these, since annoyance and disapproval tell more than that both are anger."""
    names = sorted({word for row in rows for word in row.labels})
    place = {word: number for number, word in enumerate(names)}
    found = np.zeros((len(rows), len(names)), np.bool_)
    for number, row in enumerate(rows):
        found[number, [place[word] for word in row.labels]] = True
    return found


def matrix(rows: Rows, bits: int) -> sparse.csr_matrix:
    """Hashed rows as one sparse table [n, 2**bits]."""
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
    columns = np.concatenate([numbers for numbers, _ in rows])
    values = np.concatenate([often for _, often in rows])
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), 1 << bits))


def _cut(shape: Shape) -> tuple[int, int, int, int]:
    return shape.shortest, shape.longest, shape.words, shape.bits


def _based(
    counts: sparse.csr_matrix,
    sentence: Floats,
    truth: NDArray[np.bool_],
    words: NDArray[np.bool_],
    own: NDArray[np.bool_],
    chosen: NDArray[np.intp],
    shape: Shape,
    recipe: Recipe,
) -> _Base:
    """Both opinions fitted on the rows `chosen`."""
    layers = _by_sentence(sentence[chosen], words[chosen], recipe)
    if shape.bits == 0:
        nothing = np.zeros((1, len(FEELINGS)), np.float32)
        return _Base(np.zeros(1, np.float32), nothing, nothing[0], layers)
    kept = chosen[own[chosen]]
    return _Base(*_by_pieces(counts[kept], truth[kept], recipe), layers)


def _by_pieces(counts: sparse.csr_matrix, truth: NDArray[np.bool_], recipe: Recipe) -> tuple[Floats, Floats, Floats]:
    """Rarity [2**bits], weights [2**bits, 7] and their leanings [7]: one logistic regression a feeling."""
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.where(seen >= recipe.least, np.log((1 + counts.shape[0]) / (1 + seen)) + 1, 0)
    rarity = rarity.astype(np.float16).astype(np.float32)
    weighted = _weighted(counts, rarity)
    weights = np.zeros((counts.shape[1], len(FEELINGS)), np.float32)
    lean = np.full(len(FEELINGS), -6.0, np.float32)
    for number in range(len(FEELINGS)):
        if truth[:, number].any():
            model = SGDClassifier(
                loss="log_loss", alpha=recipe.alpha, max_iter=recipe.passes, tol=None, random_state=recipe.seed
            )
            model.fit(weighted, truth[:, number])
            weights[:, number], lean[number] = model.coef_[0], model.intercept_[0]
    return rarity, weights, lean


def _weighted(counts: sparse.csr_matrix, rarity: Floats) -> sparse.csr_matrix:
    """Counts times rarity, each row of unit length."""
    weighted = sparse.csr_matrix(counts @ sparse.diags(rarity))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighted)


def _said(base: _Base, counts: sparse.csr_matrix, shape: Shape) -> Floats:
    """What the pieces say of rows of counts: [n, 7]."""
    if shape.bits == 0:
        return np.zeros((counts.shape[0], len(FEELINGS)), np.float32)
    return np.asarray(_weighted(counts, base.rarity) @ base.weights + base.lean, np.float32)


def _blended(base: _Base, sentence: Floats, shape: Shape, card: Card) -> Blend:
    """A head that has not been weighed yet, with the precision it is served with."""
    grain = (np.maximum(np.abs(base.weights).max(axis=0), 1e-6) / 127).astype(np.float32)
    centre, basis = _familiar(sentence)
    return Blend(
        card=card,
        shape=shape,
        rarity=base.rarity,
        pieces=np.round(base.weights / grain).astype(np.int8),
        grain=grain,
        lean=base.lean,
        layers=base.layers,
        mix=np.zeros((len(FEELINGS) + len(base.layers[-1][1]), len(FEELINGS)), np.float32),
        tilt=np.zeros(len(FEELINGS), np.float32),
        each=np.zeros((len(FEELINGS) + len(base.layers[-1][1]), len(FEELINGS)), np.float32),
        each_tilt=np.zeros(len(FEELINGS), np.float32),
        each_from=np.zeros(len(FEELINGS), np.float32),
        sure_from=0.0,
        centre=centre,
        basis=basis,
        alike_to=0.0,
        seen=np.zeros(0, np.uint32),
    )


def _by_sentence(sentence: Floats, words: NDArray[np.bool_], recipe: Recipe) -> tuple[tuple[Floats, Floats], ...]:
    """The mean of several networks with one hidden layer, written as one; each word by itself."""
    networks = []
    for number in range(recipe.networks):
        network = MLPClassifier(
            (recipe.hidden,), alpha=recipe.decay, batch_size=256, random_state=recipe.seed + number
        )
        chance = np.random.default_rng(recipe.seed + number)
        for _ in range(recipe.epochs):
            order = chance.permutation(len(sentence))
            network.partial_fit(sentence[order], words[order].astype(int), classes=np.arange(words.shape[1]))
        networks.append(network)
    weights = (
        np.concatenate([network.coefs_[0] for network in networks], axis=1),
        np.concatenate([network.coefs_[1] for network in networks]) / len(networks),
    )
    biases = (
        np.concatenate([network.intercepts_[0] for network in networks]),
        np.mean([network.intercepts_[1] for network in networks], axis=0),
    )
    return tuple(
        (weight.astype(np.float16).astype(np.float32), bias.astype(np.float32))
        for weight, bias in zip(weights, biases, strict=True)
    )


def _familiar(sentence: Floats) -> tuple[Floats, Floats]:
    """The middle of the training texts, and their main directions with unit deviation."""
    centre = sentence.mean(axis=0)
    centred = sentence - centre
    values, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    basis = axes[:, -ALIKE:] / np.sqrt(np.maximum(values[-ALIKE:], 1e-9))
    return centre.astype(np.float32), basis.astype(np.float16).astype(np.float32)


def _weighed(blend: Blend, opinions: Floats, truth: NDArray[np.bool_], strange: Floats, recipe: Recipe) -> Blend:
    """`blend` with mix, thresholds and calibration from opinions on texts that they were not fitted to. A text
    with several feelings counts as a part of a text for each."""
    number, label = np.nonzero(truth)
    share = 1 / truth.sum(axis=1)[number]
    model = LogisticRegression(C=1.0, max_iter=500)
    model.fit(opinions[number], label, sample_weight=share)
    mix = np.zeros((opinions.shape[1], len(FEELINGS)), np.float32)
    tilt = np.full(len(FEELINGS), -12.0, np.float32)
    mix[:, model.classes_], tilt[model.classes_] = model.coef_.T, model.intercept_
    chances = softmax(opinions @ mix + tilt)
    each, each_tilt = np.zeros_like(mix), np.full(len(FEELINGS), -12.0, np.float32)
    each_from = np.ones(len(FEELINGS), np.float32)
    for k in range(len(FEELINGS)):
        if not truth[:, k].any():
            continue
        single = LogisticRegression(C=0.1, max_iter=500).fit(opinions, truth[:, k])
        each[:, k], each_tilt[k] = single.coef_[0], single.intercept_[0]
        alone = single.predict_proba(opinions)[:, 1:]
        scored = [float(f1(truth[:, k : k + 1], alone >= step)[0]) for step in STEPS]
        smooth = np.convolve(np.pad(scored, 2, mode="edge"), np.full(5, 0.2), mode="valid")
        each_from[k] = STEPS[int(np.argmax(smooth))]
    return replace(
        blend,
        mix=mix,
        tilt=tilt,
        each=each,
        each_tilt=each_tilt,
        each_from=each_from,
        sure_from=float(np.quantile(chances.max(axis=1), 1 - recipe.coverage)),
        alike_to=float(np.quantile(strange, recipe.familiar)),
    )
