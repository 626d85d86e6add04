"""A forest of random trees (Annoy, Bernhardsson 2013), in a file that processes share.

Annoy ends the process on a file of another dimension, or one that is cut off or overwritten while it is mapped. So
what is opened here must have been looked at before: see `models.music.index`.
"""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

METRIC: Final = "euclidean"
TREES: Final = 50
SEARCHED: Final = 8000
"""Vectors looked at for a question. With `TREES` the recall@5 is above .99 up to 100,000 vectors (`make bench
ARGS="--only similar"`); with 2,000 it falls below .98 there."""
SEED: Final = 20261123
"""So that the same vectors make the same file."""


class AnnoyIndex:
    """Asks the forest in `file`, in which row i stands for `ids[i]`. Raises OSError where Annoy cannot read it."""

    def __init__(self, file: Path, ids: NDArray[np.int64], dimension: int) -> None:
        self._ids = ids
        self._dimension = dimension
        self._forest = _forest(dimension)
        self._forest.load(str(file))
        if self._forest.get_n_items() != len(ids):
            raise OSError(f"it holds {self._forest.get_n_items()} vectors, not {len(ids)}")

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        """See `Index.nearest`."""
        if vector.shape != (self._dimension,):
            raise ValueError(f"a vector here has {self._dimension} numbers, not {vector.shape}")
        if not len(self._ids):
            return []
        asked = min(len(self._ids), k + len(without))
        # Every tree holds every vector once: with this many looked at, no fewer than `asked` are different ones.
        rows, far = self._forest.get_nns_by_vector(
            vector, asked, search_k=max(SEARCHED, TREES * asked), include_distances=True
        )
        found = sorted(zip(far, self._ids[rows].tolist(), strict=True))
        return [(track_id, float(distance)) for distance, track_id in found if track_id not in without][:k]


def available() -> bool:
    """Whether Annoy is installed. It is built from source, so that it may not be."""
    try:
        import annoy  # noqa: F401
    except ImportError:
        return False
    return True


def plant(vectors: NDArray[np.float32], file: Path) -> None:
    """Writes the forest of `vectors` [n, d] to `file`, on one thread. Raises OSError where it cannot be written."""
    forest = _forest(vectors.shape[1])
    forest.set_seed(SEED)
    for row, vector in enumerate(vectors):
        forest.add_item(row, vector)
    forest.build(TREES, n_jobs=1)
    forest.save(str(file))
    forest.unload()


def _forest(dimension: int) -> Any:
    from annoy import AnnoyIndex as Forest  # not installed everywhere

    return Forest(dimension, METRIC)
