"""How far a transcript is from what was said: word and character error rate."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from models.speech.synthesise import english

MARKS = re.compile(r"[^\w\s']+|_+")
APOSTROPHE = re.compile(r"(?<!\w)'|'(?!\w)")
SPELLED = {
    "mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "ok": "okay", "alright": "all right",
    "cannot": "can not", "mum": "mom", "grey": "gray", "colour": "color", "honour": "honor", "favour": "favor",
    "neighbour": "neighbor", "harbour": "harbor", "labour": "labor", "centre": "center", "realise": "realize",
    "today": "to day", "tomorrow": "to morrow", "everyone": "every one", "anyone": "any one", "for ever": "forever",
}  # fmt: skip
"""Spellings of one word of which neither is wrong."""


@dataclass(frozen=True, slots=True)
class Distance:
    """`errors` substituted, inserted and left out, of `length` that were said."""

    errors: int
    length: int

    def __add__(self, other: "Distance") -> "Distance":
        return Distance(self.errors + other.errors, self.length + other.length)

    @property
    def rate(self) -> float:
        return self.errors / self.length if self.length else 0.0


def words_of(text: str, language: str) -> list[str]:
    """The words of `text` without case and marks; in English numbers as words and one spelling of each word."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    if language == "en":
        text = english.spoken(text).replace("-", " ")
    elif language == "tr":
        text = text.replace("İ", "i").replace("I", "ı")
    words = APOSTROPHE.sub(" ", MARKS.sub(" ", text.lower())).split()
    if language == "en":
        words = " ".join(SPELLED.get(word, word) for word in words).split()
    return words


def word_errors(said: str, heard: str, language: str) -> Distance:
    """Words of `heard` against those of `said`."""
    reference = words_of(said, language)
    return Distance(_edits(reference, words_of(heard, language)), len(reference))


def character_errors(said: str, heard: str, language: str) -> Distance:
    """Characters without spaces: for languages whose writers disagree on where words part, such as Korean."""
    reference = "".join(words_of(said, language))
    return Distance(_edits(reference, "".join(words_of(heard, language))), len(reference))


def _edits(reference: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for place, wanted in enumerate(reference, 1):
        above, row[0] = row[0], place
        for column, got in enumerate(other, 1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (wanted != got))
    return row[-1]
