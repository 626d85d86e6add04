"""A pool of opinions: a product of what several readers say, each believed as far as it was learned to be.

A log-linear pool (Genest & Zidek 1986, Statistical Science 1: 114-135) of tempered opinions: see
docs/adr/015-opinions-are-pooled.md."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import keep
from models.emotion.head import Card, softmax
from models.emotion.labels import FEELINGS, SOURCES

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

FORMAT = 1
SHAPE = (len(SOURCES), len(FEELINGS))
WORDS, NEUTRAL = SOURCES.index("text"), FEELINGS.index("neutral")
LEAST = 1e-6
"""Probability below which an opinion counts as this: nothing is excluded for ever."""


class UnreadablePool(ValueError):
    """The file is no pool of this format."""


@dataclass(frozen=True, slots=True)
class Pool:
    """`usual` [3, 7] is what each of `SOURCES` says on average. `doubt` [3, 7]: how often nothing follows from it
    that a source says each feeling; so much of the opinion falls back to `usual`. `weight` [3]: how much the rest
    counts. `temperature` is of what several say together; `torn_from`: from which `strain` on they disagree."""

    card: Card
    usual: Floats
    doubt: Floats
    weight: Floats
    temperature: float
    torn_from: float

    def believed(self, chances: Floats) -> Floats:
        """Opinions [n, 3, 7], each with its doubts taken off: [n, 3, 7], sums 1."""
        doubted = (chances * self.doubt).sum(axis=-1, keepdims=True)
        kept = chances * (1 - self.doubt) + doubted * self.usual
        return np.asarray(np.maximum(kept, LEAST), np.float32)

    def logits(self, chances: Floats, counted: Flags) -> Floats:
        """Of opinions [n, 3, 7], of which `counted` [n, 3] are there: [n, 7], before the temperature. What is not
        there has no part in it, whatever stands in its place."""
        said = np.log(self.believed(chances)) - np.log(self.usual)
        there = counted[..., None]
        before = np.where(there, np.log(self.usual), 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        return np.asarray(before + np.where(there, self.weight[:, None] * said, 0).sum(axis=1), np.float32)

    def pooled(self, chances: Floats, counted: Flags) -> Floats:
        """Probabilities [n, 7]. A row in which one opinion is counted is that opinion; one without any is `usual`."""
        together = softmax(self.logits(chances, counted) / np.float32(self.temperature))
        alone = np.where(counted[..., None], chances, 0).sum(axis=1)
        return np.asarray(np.where(counted.sum(axis=1, keepdims=True) == 1, alone, together), np.float32)

    def apart(self, chances: Floats, counted: Flags) -> Floats:
        """How far apart the two are that are furthest apart, [n] in [0, 1]: the Jensen-Shannon divergence of what is
        believed of them, in bits (Lin 1991); 0 where fewer than two are counted. Plain words, whose likeliest feeling
        is neutral, contradict nothing: people say them whatever they feel."""
        plain = chances[:, WORDS].argmax(axis=-1) == NEUTRAL
        believed = self.believed(chances).astype(np.float64)
        furthest = np.zeros(len(chances))
        for one in range(len(SOURCES)):
            for other in range(one):
                both = counted[:, one] & counted[:, other] & ~(plain & (WORDS in (one, other)))
                middle = (believed[:, one] + believed[:, other]) / 2
                each = (_entropy(believed[:, one]) + _entropy(believed[:, other])) / 2
                furthest = np.maximum(furthest, np.where(both, _entropy(middle) - each, 0))
        return np.asarray(furthest, np.float32)

    def strain(self, chances: Floats, counted: Flags) -> Floats:
        """How far apart they are, times how little what they say together settles it: [n] in [0, 1)."""
        open_still = 1 - self.pooled(chances, counted).max(axis=1)
        return np.asarray(self.apart(chances, counted) * open_still, np.float32)

    def torn(self, chances: Floats, counted: Flags) -> Flags:
        """Whether they say so different things that nothing is to be named, [n]."""
        several = counted.sum(axis=1) > 1
        return np.asarray(several & (self.strain(chances, counted) >= self.torn_from), np.bool_)


def _entropy(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """In bits."""
    return np.asarray(-(chances * np.log2(chances)).sum(axis=-1))


def save(pool: Pool, path: Path) -> None:
    """Write `pool`; beside it first, then into place."""
    about = {"format": FORMAT, "card": pool.card.written()}
    about |= {"temperature": pool.temperature, "torn_from": pool.torn_from}
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    arrays |= {"usual": pool.usual, "doubt": pool.doubt, "weight": pool.weight}
    keep(path, arrays)


def load(path: Path) -> Pool:
    """The pool in `path`. Raises `UnreadablePool`, and OSError where the file cannot be opened."""
    try:
        # Opened here, because numpy leaves open what it finds to be broken.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            pool = Pool(
                card=Card.read(about["card"]),
                usual=file["usual"].astype(np.float32),
                doubt=file["doubt"].astype(np.float32),
                weight=file["weight"].astype(np.float32),
                temperature=float(about["temperature"]),
                torn_from=float(about["torn_from"]),
            )
            written = about["format"]
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise UnreadablePool(f"{path.name} is no pool of opinions") from error
    numbers = np.concatenate([pool.usual.ravel(), pool.doubt.ravel(), pool.weight.ravel()])
    if (
        written != FORMAT
        or (pool.usual.shape, pool.doubt.shape, pool.weight.shape) != (SHAPE, SHAPE, SHAPE[:1])
        or not np.isfinite([*numbers, pool.temperature, pool.torn_from]).all()
        or not ((pool.usual > 0).all() and pool.temperature > 0 and (np.abs(pool.doubt - 0.5) <= 0.5).all())
    ):
        raise UnreadablePool(f"{path.name} is no pool of opinions of format {FORMAT}")
    return pool
