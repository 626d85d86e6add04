"""Learning the head of moods: logistic regression on the scaled features, every mood counting alike (scipy and
scikit-learn: extras). Choice, temperature and thresholds come from artists that were held out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card, Head, Rest, distance, softmax
from models.music.moods import MOODS
from models.music.predict import FARTHEST
from models.music.run import Run

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int64]
Places = NDArray[np.intp]

LEAST_SCALE = 1e-3


@dataclass(frozen=True, slots=True)
class Lesson:
    """`raw` [n, 80]; `labels` [n] places in `MOODS`; `family` [n] never split."""

    raw: Floats
    labels: Labels
    family: Labels

    def part(self, chosen: Places) -> "Lesson":
        return Lesson(self.raw[chosen], self.labels[chosen], self.family[chosen])


def folds(family: Labels, count: int) -> list[tuple[Places, Places]]:
    """Places to learn from and to judge, no family in both; fewer than `count` where there are fewer families. Raises
    ValueError where there is one family only."""
    from sklearn.model_selection import GroupKFold  # an extra: only where something is learned

    splits = min(count, len(np.unique(family)))
    if splits < 2:
        raise ValueError("all tracks share an artist or a package: nothing can be held out")
    return [(np.asarray(a), np.asarray(b)) for a, b in GroupKFold(splits).split(family, groups=family)]


def fitted(lesson: Lesson, plan: Run, trained_on: tuple[str, ...]) -> Head:
    """The head. Raises ValueError where nothing can be held out."""
    parts = folds(lesson.family, plan.folds)
    crossed = [_crossed(lesson, parts, strength) for strength in plan.strengths]
    heats = [_temperature(logits, lesson.labels) for logits in crossed]
    losses = [
        loss(softmax(logits / np.float32(heat)), lesson.labels) for logits, heat in zip(crossed, heats, strict=True)
    ]
    best = int(np.argmin(losses))
    strange = np.zeros(len(lesson.labels), np.float32)
    for train, test in parts:
        around = _around(lesson.raw[train], plan.directions)
        strange[test] = around.strangeness(lesson.raw[test])
    around = _around(lesson.raw, plan.directions)
    weight, bias = _regression(around.standard(lesson.raw), lesson.labels, plan.strengths[best])
    confidence = softmax(crossed[best] / np.float32(heats[best])).max(axis=1)
    return Head(
        card=Card(plan.name, plan.licence, True, trained_on, MOODS),
        centre=around.centre,
        scale=around.scale,
        weight=weight,
        bias=bias,
        gather=np.eye(len(MOODS), dtype=np.float32),
        temperature=heats[best],
        sure_from=float(np.quantile(confidence, 1 - plan.coverage)),
        alike_to=float(np.quantile(strange, plan.familiar)),
        basis=around.basis,
        means=np.zeros((1, around.basis.shape[1]), np.float32),
        rest=around.rest,
        extras={"strength": np.array([plan.strengths[best]], np.float32)},
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What the tracks of a lesson are like; see `Head`."""

    centre: Floats
    scale: Floats
    basis: Floats
    rest: Rest

    def standard(self, raw: Floats) -> Floats:
        return np.asarray(np.clip((raw - self.centre) / self.scale, -FARTHEST, FARTHEST), np.float32)

    def strangeness(self, raw: Floats) -> Floats:
        standard = np.asarray((raw - self.centre) / self.scale, np.float32)
        places = standard @ self.basis
        middle = np.zeros((1, self.basis.shape[1]), np.float32)
        return self.rest.joined(distance(places, middle), standard, places)


def _around(raw: Floats, directions: int) -> _Around:
    centre = raw.mean(axis=0).astype(np.float32)
    scale = np.maximum(raw.std(axis=0), LEAST_SCALE).astype(np.float32)
    standard = ((raw - centre) / scale).astype(np.float64)
    values, axes = np.linalg.eigh(np.cov(standard.T))
    chosen = np.argsort(-values)[: min(directions, len(raw) - 1)]
    spread = np.sqrt(np.maximum(values[chosen], 1e-6))
    left = max(float(values.sum() - values[chosen].sum()) / max(len(values) - len(chosen), 1), 1e-6)
    rest = Rest(np.diag(spread).astype(np.float32), left)
    return _Around(centre, scale, (axes[:, chosen] / spread).astype(np.float32), rest)


def _regression(standard: Floats, labels: Labels, strength: float) -> tuple[Floats, Floats]:
    """Weights [80, 6] and biases. A mood that does not occur is never guessed."""
    from sklearn.linear_model import LogisticRegression  # as above

    weight = np.zeros((standard.shape[1], len(MOODS)), np.float32)
    bias = np.full(len(MOODS), -20.0, np.float32)
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000).fit(standard, labels)
    if len(model.classes_) == 2:
        coefficients, intercepts = (
            np.vstack([-model.coef_, model.coef_]) / 2,
            np.r_[-model.intercept_, model.intercept_] / 2,
        )
    else:
        coefficients, intercepts = model.coef_, model.intercept_
    weight[:, model.classes_], bias[model.classes_] = coefficients.T, intercepts
    return weight, bias


def _crossed(lesson: Lesson, parts: list[tuple[Places, Places]], strength: float) -> Floats:
    """Every track's logits [n, 6], by a regression on other artists."""
    logits = np.zeros((len(lesson.labels), len(MOODS)), np.float32)
    for train, test in parts:
        around = _around(lesson.raw[train], 1)
        weight, bias = _regression(around.standard(lesson.raw[train]), lesson.labels[train], strength)
        logits[test] = around.standard(lesson.raw[test]) @ weight + bias
    return logits


def loss(chances: Floats, labels: Labels) -> float:
    """Mean over the moods of the mean surprise (nats) at the mood that was given."""
    surprise = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-9))
    return float(np.mean([surprise[labels == mood].mean() for mood in np.unique(labels)]))


def _temperature(logits: Floats, labels: Labels) -> float:
    """At which held-out artists surprise least."""
    from scipy.optimize import minimize_scalar  # as above

    found = minimize_scalar(
        lambda heat: loss(softmax(logits / np.float32(np.exp(heat))), labels), bounds=(-2.0, 3.0), method="bounded"
    )
    return float(np.exp(found.x))
