"""Which training texts are held out: a tenth, on which alone opinions are weighed and calibrated."""

import hashlib
from collections.abc import Sequence

from models.emotion.text.corpus import Labelled
from models.emotion.text.ngrams import tidy

TENTH = 10


def held_out(rows: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """(taught, held): what may be learned from, and the tenth that is held out.

    A row and its translation share their `id`, so that both are on one side; a text that is equal to a held-out one
    is on neither.
    """
    held = [row for row in rows if _held(row)]
    equal = {tidy(row.text) for row in held}
    return [row for row in rows if not _held(row) and tidy(row.text) not in equal], held


def _held(row: Labelled) -> bool:
    return int(hashlib.sha256((row.id or tidy(row.text)).encode("utf-8")).hexdigest()[:8], 16) % TENTH == 0
