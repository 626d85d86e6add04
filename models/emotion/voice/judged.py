"""What heads said of utterances, each judged by a head that has never heard the speaker."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card, Head
from models.emotion.labels import FEELINGS
from models.emotion.voice import run
from models.emotion.voice.classes import CLASSES, SEVEN_OF_EIGHT
from models.emotion.voice.corpus import Utterance
from models.emotion.voice.learning import Material, Places, folds, learn
from models.emotion.voice.predict import LEAST_SPEECH

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities over `eight` classes [n, 8] and `seven` [n, 7]; `sure` and `alike` whether the head's two
    thresholds were met."""

    eight: Floats
    seven: Floats
    sure: NDArray[np.bool_]
    alike: NDArray[np.bool_]

    def part(self, chosen: Places) -> "Judged":
        """The rows `chosen`."""
        return Judged(self.eight[chosen], self.seven[chosen], self.sure[chosen], self.alike[chosen])


def by(head: Head, vectors: Floats) -> Judged:
    """What `head` says of `vectors` [n, numbers]."""
    chances, strange = head.probabilities(vectors), head.strangeness(vectors)
    seven = head.flattened(np.asarray(chances @ SEVEN_OF_EIGHT, np.float32), strange)
    sure = seven.max(axis=1) >= head.sure_from
    return Judged(head.flattened(chances, strange), seven, sure, strange <= head.alike_to)


def nested(material: Material, plan: run.Run, variants: Sequence[int] = (0,)) -> list[Judged]:
    """Outer folds by speaker: each part is judged by a head for which shrinkage, temperature and thresholds were
    chosen within the other parts. `variants` says which copies of the held-out sounds are judged (0: as it is)."""
    count = len(material.labels)
    parts: list[list[tuple[Places, Judged]]] = [[] for _ in variants]
    for train, test in folds(material.speakers, plan.outer_folds):
        head = learn(material.part(train), plan.recipe, Card("fold", "", False, (), CLASSES))
        for number, variant in enumerate(variants):
            parts[number].append((test, by(head, material.vectors[test, variant])))
    return [joined(each, count) for each in parts]


def foreign(material: Material, plan: run.Run) -> dict[str, tuple[Places, Judged]]:
    """For each corpus, its rows and what a head says of them that was fitted to the other corpora alone. Corpora
    that share speakers are left out together."""
    found = {}
    for name in np.unique(material.corpora):
        inside = np.isin(material.speakers, material.speakers[material.corpora == name])
        rest = np.flatnonzero(~inside)
        if len(rest) and len(np.unique(material.speakers[rest])) > 1:
            head = learn(material.part(rest), plan.recipe, Card("foreign", "", False, (), CLASSES))
            rows = np.flatnonzero(material.corpora == name)
            found[str(name)] = (rows, by(head, material.vectors[rows, 0]))
    return found


def joined(parts: Sequence[tuple[Places, Judged]], count: int) -> Judged:
    """Several parts in the order of their numbers."""
    eight, seven = np.zeros((count, len(CLASSES)), np.float32), np.zeros((count, len(FEELINGS)), np.float32)
    sure, alike = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for numbers, part in parts:
        eight[numbers], seven[numbers] = part.eight, part.seven
        sure[numbers], alike[numbers] = part.sure, part.alike
    return Judged(eight, seven, sure, alike)


def reasons(judged: Judged, speech: Floats) -> dict[str, int]:
    """How many would be met with which reason for silence, in the order in which they are asked."""
    silent, short = speech <= 0, speech < LEAST_SPEECH
    return {
        "silence": int(silent.sum()),
        "too short": int((short & ~silent).sum()),
        "unfamiliar": int((~short & ~judged.alike).sum()),
        "unsure": int((~short & judged.alike & ~judged.sure).sum()),
    }


def served(judged: Judged, speech: Floats) -> NDArray[np.bool_]:
    """Whether a person would have been given a feeling."""
    return np.asarray((speech >= LEAST_SPEECH) & judged.alike & judged.sure, np.bool_)


def tells_calm(rows: Sequence[Utterance]) -> bool:
    """Whether every corpus of `rows` has both calm and neutral, so that eight classes can be asked for."""
    corpora = {row.corpus for row in rows}
    return all({"calm", "neutral"} <= {row.label for row in rows if row.corpus == name} for name in corpora)
