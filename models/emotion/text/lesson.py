"""What the encoder is taught of feelings, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.emotion.text.adapter import Words
from models.emotion.text.corpus import Labelled

TRANSLATED = {"goemotions_ko": "goemotions"}
"""Corpora that speak the words of another."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """How an adapter is taught; see the comments of train.yaml."""

    rank: int
    epochs: int
    rate: float
    batch: int
    longest: int
    smoothing: float
    seed: int
    shown: dict[str, float]


def words_of(rows: Sequence[Labelled]) -> Words:
    """The words of the corpora of `rows`."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(TRANSLATED.get(row.corpus, row.corpus), set()).update(row.labels)
    return {corpus: tuple(sorted(words)) for corpus, words in found.items()}
