"""Labelled texts from JSON Lines: a file (.jsonl, .jsonl.gz) or a folder of them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.dataset import UnreadableData, lined, objects
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.text.mapping import feelings, labels, several

Language = Literal["en", "ko", "tr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
TURKISH = re.compile("[ğışĞİŞ]")


PARTS = {"train", "dev", "valid", "validation", "test", "heldout", "all", "even", "odd", "sample"}
"""Names of files that say which part of a set they hold; the set is then named by its folder."""


class UnreadableCorpus(UnreadableData):
    """Nothing labelled was found, or a line is not what the format says."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with its feelings; more than one where the corpus gives several."""

    text: str = field(repr=False)
    feelings: tuple[Feeling, ...]
    corpus: str
    labels: tuple[str, ...]
    """The words of the corpus itself."""
    several: bool
    """Whether the corpus gives lists of labels."""
    language: Language | None = None
    """Where the row itself says it."""
    id: str | None = None
    """What the corpus calls it; a translation goes by the name of its original."""

    @property
    def digest(self) -> int:
        """32 bits of the text's hash, by which an evaluation knows what a head was trained on."""
        return int(hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:8], 16)


@dataclass(frozen=True, slots=True)
class Found:
    """The labelled texts of a place. `unlabelled` counts the rows without a text or a known label, `foreign` those
    that name a language of which nothing was learned."""

    rows: list[Labelled]
    unlabelled: int
    foreign: int


def found(path: Path) -> Found:
    """What lies in `path`. Of a folder, `models.dataset.lined` says which files. Raises `UnreadableData`."""
    rows: list[Labelled] = []
    unlabelled = foreign = 0
    for file in lined(path):
        for row in objects(file):
            if row.get("language") and row["language"] not in LANGUAGES:
                foreign += 1
            elif one := _labelled(row, _name(file)):
                rows.append(one)
            else:
                unlabelled += 1
    if not rows:
        others = f"{unlabelled} rows without one, {foreign} of other languages"
        raise UnreadableCorpus(f"{path} holds no text with a label that is known here ({others})")
    return Found(rows, unlabelled, foreign)


def labelled(path: Path) -> list[Labelled]:
    """The rows of `path` that have a text and at least one of the seven feelings. Raises `UnreadableData`."""
    return found(path).rows


def language_of(texts: list[str]) -> Language:
    """The language that most of `texts` are written in, by their letters."""
    korean = sum(1 for text in texts if HANGUL.search(text))
    turkish = sum(1 for text in texts if TURKISH.search(text))
    if korean * 2 > len(texts):
        return "ko"
    return "tr" if turkish * 3 > len(texts) else "en"


def languages(rows: Sequence[Labelled]) -> list[Language]:
    """The language of each row: its own word, or what most of its corpus is written in."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row.corpus, []).append(row.text)
    guessed = {corpus: language_of(several) for corpus, several in texts.items()}
    return [row.language or guessed[row.corpus] for row in rows]


def table(rows: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Which feelings each row has: [n, 7]."""
    return np.array([[feeling in row.feelings for feeling in FEELINGS] for row in rows], np.bool_)


def _name(file: Path) -> str:
    part = file.name.split(".")[0]
    return file.parent.name if part in PARTS else part


def _labelled(row: Mapping[str, Any], corpus: str) -> Labelled | None:
    known = feelings(row)
    if not (isinstance(row.get("text"), str) and row["text"] and known):
        return None
    language = next((each for each in LANGUAGES if each == row.get("language")), None)
    return Labelled(row["text"], known, corpus, tuple(labels(row)), several(row), language, row.get("id"))
