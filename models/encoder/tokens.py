"""Words to the numbers of the encoder's pieces: a unigram tokenizer.

The pieces of the likeliest cut (Kudo 2018, "Subword Regularization"), found by Viterbi's algorithm. The usual library
holds the same vocabulary in 260 MB, which the worker has not; a dictionary takes 40.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from models.encoder.packed import Floats, Packed, Vocabulary

LONGEST = 160  # pieces; of a longer text both ends are read
PREFIX = "query: "  # what the encoder was taught to expect before a text
BLANK = "\u2581"  # how the pieces write a blank
UNKNOWN_COSTS = 10.0  # below the least likely piece, as in SentencePiece


class Tokens:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._numbers = {piece: number for number, (piece, _) in enumerate(vocabulary.pieces)}
        self._scores: Floats = np.array([score for _, score in vocabulary.pieces], np.float32)
        self._begin, self._end, self._unknown = vocabulary.begin, vocabulary.end, vocabulary.unknown
        self._numbers.pop(vocabulary.pieces[vocabulary.unknown][0])
        self._longest = max(map(len, self._numbers))
        self._worst = float(self._scores.min()) - UNKNOWN_COSTS

    def of(self, text: str, prefix: str = PREFIX, longest: int = LONGEST) -> list[int]:
        """Numbers of the pieces of `text`, between the begin and the end sign; `longest` numbers at most."""
        plain = unicodedata.normalize("NFKC", text)
        numbers = self._pieces(BLANK + BLANK.join((prefix + plain).split()))
        if len(numbers) > longest - 2:
            numbers = [*numbers[: longest // 2], *numbers[longest // 2 + 2 - longest :]]
        return [self._begin, *numbers, self._end]

    def cost(self, numbers: Sequence[int]) -> float:
        """How unlikely these pieces are together, in nats."""
        return sum(-self._worst if number == self._unknown else -float(self._scores[number]) for number in numbers)

    def _pieces(self, text: str) -> list[int]:
        best = [0.0] + [-np.inf] * len(text)
        last = [(0, self._unknown)] * (len(text) + 1)
        """For each place: where the last piece up to it begins, and its number."""
        for start in range(len(text)):
            so_far = best[start]
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                number = self._numbers.get(text[start:end])
                if number is not None and so_far + float(self._scores[number]) > best[end]:
                    best[end], last[end] = so_far + float(self._scores[number]), (start, number)
            if so_far + self._worst > best[start + 1]:
                best[start + 1], last[start + 1] = so_far + self._worst, (start, self._unknown)
        numbers: list[int] = []
        at = len(text)
        while at > 0:
            start, number = last[at]
            if not (number == self._unknown and numbers and numbers[-1] == number):
                numbers.append(number)  # a run of unknown signs is one
            at = start
        return numbers[::-1]


@cache
def tokens_of(encoder: Path) -> Tokens:
    """The words of the packed `encoder`, kept once in a process. Raises `OSError`, `Unreadable`."""
    return Tokens(Packed(encoder).vocabulary())
