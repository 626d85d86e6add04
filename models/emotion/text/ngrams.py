"""Pieces of words, hashed: what a text is written with, whatever the language."""

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rows = list[tuple[NDArray[np.int64], NDArray[np.float32]]]

SPACE = re.compile(r"\s+")
WORD = re.compile(r"\w+|[^\w\s]")
REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)
LONGEST = 2_000
"""Characters that are read; a message is at most 4,096."""

Letters = Literal["written", "jamo"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How texts are cut into pieces: `shortest` to `longest` letters within words and runs of one to `words` whole
    words, hashed to numbers of so many `bits`; with 0 bits they are not cut. In `jamo` a Korean syllable is two or
    three letters, so that an ending (-ㄴ데, -ㅆ어) has the same pieces whatever syllable it is joined to."""

    shortest: int
    longest: int
    words: int
    bits: int
    letters: Letters = "written"


def tidy(text: str) -> str:
    """Lower case, one form for each character, single spaces, at most three of a character in a row."""
    plain = unicodedata.normalize("NFC", text[:LONGEST]).replace("İ", "i").lower()
    return REPEATED.sub(r"\1\1\1", SPACE.sub(" ", plain)).strip()


def spelled(text: str, letters: Letters) -> str:
    """A tidy text in its `letters`."""
    return unicodedata.normalize("NFD", text) if letters == "jamo" else text


def pieces(text: str, shape: Shape) -> Counter[str]:
    """How often each piece occurs in a spelled text; spaces mark the ends of words."""
    found: Counter[str] = Counter()
    for word in text.split(" "):
        padded = f" {word} "
        for size in range(shape.shortest, shape.longest + 1):
            if size >= len(padded):
                found[padded] += 1
                break
            for start in range(len(padded) - size + 1):
                found[padded[start : start + size]] += 1
    tokens = WORD.findall(text)
    for size in range(1, shape.words + 1):
        for start in range(len(tokens) - size + 1):
            found["\x1f" + "\x1f".join(tokens[start : start + size])] += 1
    return found


def hashed(texts: Sequence[str], shape: Shape) -> Rows:
    """For each text the numbers (below 2**shape.bits) of its pieces and 1 + log of how often they occur."""
    rows: Rows = []
    mask = (1 << shape.bits) - 1
    for text in texts:
        counts: dict[int, int] = {}
        for piece, count in pieces(spelled(tidy(text), shape.letters), shape).items():
            number = zlib.crc32(piece.encode("utf-8")) & mask
            counts[number] = counts.get(number, 0) + count
        numbers = np.fromiter(sorted(counts), np.int64, len(counts))
        often = np.array([counts[int(number)] for number in numbers], np.float32)
        rows.append((numbers, (1 + np.log(np.maximum(often, 1))).astype(np.float32)))
    return rows
