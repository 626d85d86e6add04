"""Fitting the head of one language on labelled texts: its pieces of words, and how opinions are weighed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier

from models.emotion.head import Card, softmax
from models.emotion.labels import FEELINGS
from models.emotion.scores import f1
from models.emotion.text.blend import Blend
from models.emotion.text.corpus import Labelled, table
from models.emotion.text.ngrams import Rows, Shape, hashed

Floats = NDArray[np.float32]

STEPS = np.arange(0.04, 0.7, 0.02)
"""Probabilities tried as the one from which a feeling counts as one of several."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`alpha` regularises the weights of pieces, a piece in fewer than `least` texts has none; `trust` is the inverse
    strength by which the weights of opinions are held down."""

    alpha: float
    passes: int
    least: int
    trust: float
    coverage: float
    familiar: float
    seed: int


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that neither pieces nor adapter were taught; `said` [n, k], what the adapter makes of them; `costs` of
    those that are written as the head's language is. The choice of one feeling is weighed on the rows `asked` [n],
    over the opinions `choosing` [k]."""

    rows: Sequence[Labelled]
    costs: Floats
    said: Floats
    choosing: NDArray[np.bool_]
    asked: NDArray[np.bool_]


def learn(blend: Blend, held: Held, recipe: Recipe) -> Blend:
    """`blend`, weighed and calibrated on `held`."""
    opinions = blend.opinions([row.text for row in held.rows], held.said)
    by_pieces = (np.arange(len(blend.lean)) < len(FEELINGS)) & (blend.shape.bits > 0)
    choosing = np.concatenate([by_pieces, held.choosing])
    asked = np.flatnonzero(held.asked)
    truth = table(held.rows)
    chosen = _choice(blend, opinions[asked], choosing, truth[asked], held.costs, recipe)
    return _several(chosen, opinions, truth, recipe)


def matrix(rows: Rows, bits: int) -> sparse.csr_matrix:
    """Hashed rows as one sparse table [n, 2**bits]."""
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
    columns = np.concatenate([numbers for numbers, _ in rows])
    values = np.concatenate([often for _, often in rows])
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), 1 << bits))


def _by_pieces(
    taught: Sequence[Labelled], alone: Sequence[str], shape: Shape, recipe: Recipe
) -> tuple[Floats, Floats, Floats]:
    """Rarity [2**bits], weights [2**bits, p] and their leanings [p]; see `unweighed`."""
    if shape.bits == 0:
        nothing = np.zeros((1, len(FEELINGS)), np.float32)
        return np.zeros(1, np.float32), nothing, nothing[0]
    counts = matrix(hashed([row.text for row in taught], shape), shape.bits)
    truth = table(taught)
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.where(seen >= recipe.least, np.log((1 + counts.shape[0]) / (1 + seen)) + 1, 0)
    rarity = rarity.astype(np.float16).astype(np.float32)
    weighted = _weighted(counts, rarity)
    parts = [np.flatnonzero([row.corpus in alone for row in taught])] if alone else []
    fitted = [_fitted(weighted[part], truth[part], recipe) for part in (*parts, np.arange(len(taught)))]
    weights, lean = zip(*fitted, strict=True)
    return rarity, np.concatenate(weights, axis=1), np.concatenate(lean)


def _fitted(weighted: sparse.csr_matrix, truth: NDArray[np.bool_], recipe: Recipe) -> tuple[Floats, Floats]:
    """Weights [2**bits, 7] and their leanings [7]: one logistic regression a feeling."""
    weights = np.zeros((weighted.shape[1], len(FEELINGS)), np.float32)
    lean = np.full(len(FEELINGS), -6.0, np.float32)
    for number in range(len(FEELINGS)):
        if truth[:, number].any():
            model = SGDClassifier(
                loss="log_loss", alpha=recipe.alpha, max_iter=recipe.passes, tol=None, random_state=recipe.seed
            )
            model.fit(weighted, truth[:, number])
            weights[:, number], lean[number] = model.coef_[0], model.intercept_[0]
    return weights, lean


def _weighted(counts: sparse.csr_matrix, rarity: Floats) -> sparse.csr_matrix:
    """Counts times rarity, each row of unit length."""
    weighted = sparse.csr_matrix(counts @ sparse.diags(rarity))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighted)


def unweighed(
    taught: Sequence[Labelled],
    hears: Sequence[str],
    shape: Shape,
    recipe: Recipe,
    card: Card,
    alone: Sequence[str] = (),
) -> Blend:
    """A head whose pieces learn from `taught`, with the precision it is served with; if some corpora are to stand
    `alone`, then once more, first, from these."""
    rarity, weights, lean = _by_pieces(taught, alone, shape, recipe)
    grain = (np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127).astype(np.float32)
    nothing = np.zeros(len(FEELINGS), np.float32)
    return Blend(
        card=card,
        hears=tuple(hears),
        shape=shape,
        rarity=rarity,
        pieces=np.round(weights / grain).astype(np.int8),
        grain=grain,
        lean=lean,
        mix=nothing[None],
        tilt=nothing,
        each=nothing[None],
        each_tilt=nothing,
        each_from=nothing,
        sure_from=0.0,
        cost_to=0.0,
    )


def _choice(
    blend: Blend,
    opinions: Floats,
    choosing: NDArray[np.bool_],
    truth: NDArray[np.bool_],
    costs: Floats,
    recipe: Recipe,
) -> Blend:
    """`blend` with a calibrated choice of one feeling and its thresholds of doubt, from opinions on texts that they
    were not fitted to. A text with several feelings counts as a part of a text for each."""
    number, label = np.nonzero(truth)
    share = 1 / truth.sum(axis=1)[number]
    model = LogisticRegression(C=recipe.trust, max_iter=1000)
    model.fit(opinions[number][:, choosing], label, sample_weight=share)
    mix = np.zeros((opinions.shape[1], len(FEELINGS)), np.float32)
    tilt = np.full(len(FEELINGS), -12.0, np.float32)
    mix[np.ix_(choosing, model.classes_)], tilt[model.classes_] = model.coef_.T, model.intercept_
    chances = softmax(opinions @ mix + tilt)
    return replace(
        blend,
        mix=mix,
        tilt=tilt,
        sure_from=float(np.quantile(chances.max(axis=1), 1 - recipe.coverage)),
        cost_to=float(np.quantile(costs, recipe.familiar)),
    )


def _several(blend: Blend, opinions: Floats, truth: NDArray[np.bool_], recipe: Recipe) -> Blend:
    """`blend` with each feeling asked for by itself, from opinions on texts that they were not fitted to."""
    each = np.zeros((opinions.shape[1], len(FEELINGS)), np.float32)
    each_tilt = np.full(len(FEELINGS), -12.0, np.float32)
    each_from = np.ones(len(FEELINGS), np.float32)
    for k in range(len(FEELINGS)):
        if not truth[:, k].any():
            continue
        single = LogisticRegression(C=recipe.trust, max_iter=1000).fit(opinions, truth[:, k])
        each[:, k], each_tilt[k] = single.coef_[0], single.intercept_[0]
        alone = single.predict_proba(opinions)[:, 1:]
        scored = [float(f1(truth[:, k : k + 1], alone >= step)[0]) for step in STEPS]
        smooth = np.convolve(np.pad(scored, 2, mode="edge"), np.full(5, 0.2), mode="valid")
        each_from[k] = STEPS[int(np.argmax(smooth))]
    return replace(blend, each=each, each_tilt=each_tilt, each_from=each_from)
