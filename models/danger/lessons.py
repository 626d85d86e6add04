"""What both learned opinions are taught with: sentences written for it, and public ordinary talk."""

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SENTENCES = Path(__file__).parent / "training"
SEED = 7  # of the shuffle: the same lines every time


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def public(data: Path, sets: Iterable[tuple[str, str, int]], longest: int | None = None) -> list[str]:
    """Lines of public sets: (file under `data`, field, how many); of those, the ones under `longest` characters."""
    found: list[str] = []
    for part, field, most in sets:
        with gzip.open(data / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)[field] for line in lines]
        random.Random(SEED).shuffle(texts)
        found += [text for text in texts[:most] if longest is None or len(text) < longest]
    return found
