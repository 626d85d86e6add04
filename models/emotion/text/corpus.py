"""Labelled texts from JSON Lines: a file (.jsonl, .jsonl.gz) or a folder of them."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from models.emotion.labels import Feeling
from models.emotion.text.mapping import feelings, labels

Language = Literal["en", "ko", "tr"]

HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
TURKISH = re.compile("[ğışĞİŞ]")


class UnreadableCorpus(ValueError):
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

    @property
    def digest(self) -> int:
        """32 bits of the text's hash, by which an evaluation knows what a head was trained on."""
        return int(hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:8], 16)


def labelled(path: Path) -> list[Labelled]:
    """The rows of `path` that have a text and at least one of the seven feelings.

    Raises `UnreadableCorpus`.
    """
    files = sorted(path.rglob("*.jsonl*")) if path.is_dir() else [path]
    rows = [row for file in files for row in _rows(file)]
    if not rows:
        raise UnreadableCorpus(f"{path} holds no text with a label that is known here")
    return rows


def language_of(texts: list[str]) -> Language:
    """The language that most of `texts` are written in, by their letters."""
    korean = sum(1 for text in texts if HANGUL.search(text))
    turkish = sum(1 for text in texts if TURKISH.search(text))
    if korean * 2 > len(texts):
        return "ko"
    return "tr" if turkish * 3 > len(texts) else "en"


def _rows(file: Path) -> Iterator[Labelled]:
    name = file.parent.name if file.name.endswith(".gz") else file.name.split(".")[0]
    at = 0
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as opened
        ):
            for at, line in enumerate(opened, 1):  # noqa: B007  # named in the message below
                if not line.strip():
                    continue
                row: dict[str, Any] = json.loads(line)
                found = feelings(row)
                if row.get("text") and found:
                    yield Labelled(
                        str(row["text"]), found, name, tuple(labels(row)), isinstance(row.get("labels"), list)
                    )
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableCorpus(f"{file.name} cannot be read") from error
    except (json.JSONDecodeError, AttributeError):
        raise UnreadableCorpus(f"line {at} of {file.name} is no JSON object") from None
