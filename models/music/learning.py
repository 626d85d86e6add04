"""Learning the head of moods: logistic regression on the scaled features, every mood counting alike (scipy and
scikit-learn: extras). Choice, temperature and thresholds come from artists that were held out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card, Head, Rest, distance, softmax
from models.music.composed import Composed
from models.music.material import Material
from models.music.moods import MOODS
from models.music.predict import FARTHEST
from models.music.run import Run

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int64]
Places = NDArray[np.intp]

LEAST_SCALE = 1e-3
OWN = -1
"""The family of what Heed composed itself."""
NEVER = -20.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """`raw` [n, 80]; `labels` [n] places in `MOODS`; `family` [n] never split, `OWN` for composed pieces, which are
    learned from and never judged by; `own` is what one of these counts."""

    raw: Floats
    labels: Labels
    family: Labels
    own: float

    def part(self, chosen: Places) -> "Lesson":
        """These tracks alone."""
        return Lesson(self.raw[chosen], self.labels[chosen], self.family[chosen], self.own)

    @property
    def real(self) -> Places:
        """Where the tracks are that nobody composed for this."""
        return np.flatnonzero(self.family != OWN)

    @property
    def weight(self) -> Doubles:
        """What each counts [n]: every mood alike among these real tracks, and among these composed pieces. Of each
        part anew: a calm package that is held out would else make calm ones count less, and turn guesses away."""
        found = np.zeros(len(self.labels))
        for rows, factor in ((self.real, 1.0), (np.flatnonzero(self.family == OWN), self.own)):
            found[rows] = factor * balanced(self.labels[rows])
        return found


def lesson(real: Material, own: Composed, weight: float) -> Lesson:
    """Real tracks and composed pieces; one of these counts `weight`."""
    return Lesson(
        np.concatenate([real.raw, own.raw]).astype(np.float32),
        np.concatenate([real.labels, own.labels]),
        np.concatenate([real.family, np.full(len(own.labels), OWN, np.int64)]),
        weight,
    )


def balanced(labels: Labels) -> Doubles:
    """A weight for each of `labels`, mean 1, the same sum for every mood that occurs."""
    if not len(labels):
        return np.zeros(0)
    counts = np.bincount(labels, minlength=len(MOODS))
    return np.asarray(len(labels) / ((counts > 0).sum() * counts[labels]), np.float64)


def folds(family: Labels, count: int) -> list[tuple[Places, Places]]:
    """Places to learn from (composed pieces among them) and real tracks to judge, no family in both; fewer than
    `count` where there are fewer families. Raises ValueError where there is one family only."""
    from sklearn.model_selection import GroupKFold  # an extra: only where something is learned

    real, own = np.flatnonzero(family != OWN), np.flatnonzero(family == OWN)
    splits = min(count, len(np.unique(family[real])))
    if splits < 2:
        raise ValueError("all tracks share an artist or a package: nothing can be held out")
    parts = GroupKFold(splits).split(real, groups=family[real])
    return [(np.concatenate([real[learn], own]), real[judge]) for learn, judge in parts]


def fitted(lesson: Lesson, plan: Run, trained_on: tuple[str, ...]) -> Head:
    """The head. Raises ValueError where nothing can be held out."""
    parts, real = folds(lesson.family, plan.folds), lesson.real
    crossed = [_crossed(lesson, parts, strength)[real] for strength in plan.strengths]
    labels = lesson.labels[real]
    heats = [_temperature(logits, labels) for logits in crossed]
    chances = [softmax(logits / np.float32(heat)) for logits, heat in zip(crossed, heats, strict=True)]
    best = _chosen(chances, labels)
    strange = np.zeros(len(lesson.labels), np.float32)
    for train, test in parts:
        strange[test] = _around(lesson.part(train), plan.directions).strangeness(lesson.raw[test])
    around = _around(lesson, plan.directions)
    weight, bias = _regression(around.standard(lesson.raw), lesson, plan.strengths[best])
    return Head(
        card=Card(plan.name, plan.licence, True, trained_on, MOODS),
        centre=around.centre,
        scale=around.scale,
        weight=weight,
        bias=bias,
        gather=np.eye(len(MOODS), dtype=np.float32),
        temperature=heats[best],
        sure_from=float(np.quantile(chances[best].max(axis=1), 1 - plan.coverage)),
        alike_to=float(np.quantile(strange[real], plan.familiar)),
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


def _around(lesson: Lesson, directions: int) -> _Around:
    raw = lesson.raw
    centre = raw.mean(axis=0).astype(np.float32)
    scale = np.maximum(raw.std(axis=0), LEAST_SCALE).astype(np.float32)
    standard = ((raw - centre) / scale).astype(np.float64)
    values, axes = np.linalg.eigh(np.cov(standard.T))
    chosen = np.argsort(-values)[: min(directions, len(raw) - 1)]
    spread = np.sqrt(np.maximum(values[chosen], 1e-6))
    left = max(float(values.sum() - values[chosen].sum()) / max(len(values) - len(chosen), 1), 1e-6)
    rest = Rest(np.diag(spread).astype(np.float32), left)
    return _Around(centre, scale, (axes[:, chosen] / spread).astype(np.float32), rest)


def _regression(standard: Floats, lesson: Lesson, strength: float) -> tuple[Floats, Floats]:
    """Weights [80, 6] and biases. A mood that does not occur is never guessed. Raises ValueError for less than three
    moods."""
    from sklearn.linear_model import LogisticRegression  # as above

    if len(np.unique(lesson.labels)) < 3:
        raise ValueError("there are tracks of fewer than three moods: nothing can be learned")
    weight = np.zeros((standard.shape[1], len(MOODS)), np.float32)
    bias = np.full(len(MOODS), NEVER, np.float32)
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(standard, lesson.labels, sample_weight=lesson.weight)
    weight[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return weight, bias


def _crossed(lesson: Lesson, parts: list[tuple[Places, Places]], strength: float) -> Floats:
    """Every real track's logits [n, 6], by a regression on other artists; 0 for composed pieces."""
    logits = np.zeros((len(lesson.labels), len(MOODS)), np.float32)
    for train, test in parts:
        learned = lesson.part(train)
        around = _around(learned, 1)
        weight, bias = _regression(around.standard(learned.raw), learned, strength)
        logits[test] = around.standard(lesson.raw[test]) @ weight + bias
    return logits


def loss(chances: Floats, labels: Labels) -> float:
    """Mean over the moods of the mean surprise (nats) at the mood that was given."""
    return float(_surprises(chances, labels).mean())


def _chosen(chances: list[Floats], labels: Labels) -> int:
    """The first (most held back) whose loss is within one standard error of the least (Breiman et al. 1984): with few
    tracks the least itself is luck."""
    surprises = [_surprises(each, labels) for each in chances]
    losses = [float(each.mean()) for each in surprises]
    best = int(np.argmin(losses))
    allowed = losses[best] + float(surprises[best].std()) / np.sqrt(len(labels))
    return next(place for place, each in enumerate(losses) if each <= allowed)


def _surprises(chances: Floats, labels: Labels) -> Doubles:
    surprise = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-9))
    return np.asarray(surprise * balanced(labels), np.float64)


def _temperature(logits: Floats, labels: Labels) -> float:
    """At which held-out artists surprise least."""
    from scipy.optimize import minimize_scalar  # as above

    found = minimize_scalar(
        lambda heat: loss(softmax(logits / np.float32(np.exp(heat))), labels), bounds=(-2.0, 3.0), method="bounded"
    )
    return float(np.exp(found.x))
