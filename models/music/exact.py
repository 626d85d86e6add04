"""The reference: a vector is compared with every other one."""

from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

SPARE = 16
"""How many more than asked for are measured again: the quick comparison rounds, and near ties may change place."""


class ExactIndex:
    """Compares with every piece. `ids`: int64 [n], `vectors`: float32 [n, d]; one that is not finite is never
    found."""

    def __init__(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._ids = ids
        self._vectors = vectors
        self._squares = np.einsum("nd,nd->n", vectors, vectors)
        self._squares[~np.isfinite(self._squares)] = np.inf

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        """See `Index.nearest`."""
        if vector.shape != self._vectors.shape[1:]:
            raise ValueError(f"a vector here has {self._vectors.shape[1]} numbers, not {vector.shape}")
        if not len(self._ids):
            return []
        # The square of the distance but for a part that is the same for all; see the rounding above.
        far = self._squares - 2 * (self._vectors @ vector)
        far[np.isnan(far)] = np.inf
        few = min(len(far), k + len(without) + SPARE)
        rows = np.argpartition(far, few - 1)[:few]
        rows = rows[np.isfinite(far[rows])]
        apart = self._vectors[rows].astype(np.float64) - vector
        found = sorted(zip(np.sqrt((apart**2).sum(axis=1)).tolist(), self._ids[rows].tolist(), strict=True))
        return [(track_id, distance) for distance, track_id in found if track_id not in without][:k]
