"""The first opinion on a message, at the door: a linear model over letters and words, learned, in pure Python.

It never shows helplines by itself. It asks the one direct question where the lexicon saw nothing and it is sure
enough; it turns the lexicon's clear finding into the question where it doubts, and drops what it is sure is harmless.
Its weights and thresholds come from `models.danger.train`, which says on what they were learned.
"""

from __future__ import annotations  # array is no generic at run time before Python 3.12

import json
import math
import zlib
from array import array
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from models.danger import grams
from models.danger.hit import Hit, Kind, Tier
from models.words import Language

FILE = Path(__file__).parent / "opinion.bin"
KIND_BUCKETS = 2**14
RULE = "learned"
WORDS_TO_DOUBT = 3  # fewer are often a disguise ("iwanttodie"), which the lexicon reads better
LETTERS_TO_ASK = 10  # of Latin; Korean packs as much into half


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All on the scale of the opinion's log-odds; a hint of the lexicon adds `hint_adds` to it."""

    hint_adds: float
    ask: float
    """Combined score from which the question is asked, where the lexicon found nothing clear."""
    harmless: float
    """Opinion under which even a clear finding of the lexicon is taken for a manner of speaking."""
    trust: float
    """The opinion's own score from which a clear finding of the lexicon keeps its helplines."""


@dataclass(frozen=True)
class Model:
    """Weights as signed bytes, `scale` times the byte being the weight."""

    letters: array[int]
    phrases: array[int]
    scale: float
    bias: float
    kinds: dict[Kind, tuple[array[int], array[int], float, float]]
    thresholds: Thresholds

    def score(self, plain: str) -> float:
        """The log-odds of danger in the most telling stretch of `plain`, an already plain spelling."""
        return max(self._window(window) for window in grams.windows(plain))

    def _window(self, window: str) -> float:
        return self.bias + self.scale * (
            _mean(self.letters, grams.letters(window)) + _mean(self.phrases, grams.phrases(window))
        )

    def kind(self, plain: str) -> Kind:
        """Which kind of danger its most telling stretch speaks of, if it speaks of one."""
        window = max(grams.windows(plain), key=self._window)
        letters = {bucket % KIND_BUCKETS for bucket in grams.letters(window)}
        phrases = {bucket % KIND_BUCKETS for bucket in grams.phrases(window)}

        def fits(kind: Kind) -> float:
            of_letters, of_phrases, scale, bias = self.kinds[kind]
            return bias + scale * (_mean(of_letters, letters) + _mean(of_phrases, phrases))

        return max(self.kinds, key=fits)


def _mean(weights: array[int], buckets: set[int]) -> float:
    return sum(weights[bucket] for bucket in buckets) / math.sqrt(len(buckets)) if buckets else 0.0


def pack(header: dict[str, object], bodies: list[bytes]) -> bytes:
    """The file's bytes: one line of JSON, then the weights, compressed."""
    return json.dumps(header, sort_keys=True).encode() + b"\n" + zlib.compress(b"".join(bodies), 9)


@cache
def model() -> Model:
    """The learned model that is shipped. Raises `OSError`, and `ValueError` where its file does not fit."""
    head, _, packed = FILE.read_bytes().partition(b"\n")
    header = json.loads(head)
    body = zlib.decompress(packed)
    if header["buckets"] != grams.BUCKETS or header["kind_buckets"] != KIND_BUCKETS:
        raise ValueError("the danger opinion was learned with other buckets than it is read with")
    at = 0

    def take(length: int) -> array[int]:
        nonlocal at
        part = array("b", body[at : at + length])
        at += length
        return part

    letters, phrases = take(grams.BUCKETS), take(grams.BUCKETS)
    kinds = {
        Kind(name): (take(KIND_BUCKETS), take(KIND_BUCKETS), float(scale), float(bias))
        for name, scale, bias in header["kinds"]
    }
    return Model(letters, phrases, header["scale"], header["bias"], kinds, Thresholds(**header["thresholds"]))


def weigh(plain: str, found: Hit | None, language: Language) -> Hit | None:
    """What remains of the lexicon's finding, or comes of none, when the learned model has read the message too.

    `language` is that of the question where the model alone asks it.
    """
    learned = model()
    limits = learned.thresholds
    opinion = learned.score(plain)
    combined = opinion + (limits.hint_adds if found is not None else 0.0)
    if found is not None and found.tier is Tier.clear:
        if len(plain.split()) < WORDS_TO_DOUBT:
            return found
        if opinion < limits.harmless:
            return None
        return found if opinion >= limits.trust else replace(found, tier=Tier.unclear)
    if combined < limits.ask or (found is None and _says_little(plain)):
        return None
    return found or Hit(Tier.unclear, learned.kind(plain), language, RULE)


def _says_little(plain: str) -> bool:
    """Whether a message is too short to be asked about on the model's word alone: "myself", "istiyorum"."""
    letters = sum(2 if "가" <= letter <= "힣" else 1 for letter in plain if letter.isalpha())
    return letters < LETTERS_TO_ASK
