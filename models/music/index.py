"""The index of what sounds alike: nearest neighbours by Euclidean distance of z-scored features.

Twins: `ExactIndex` compares with every piece and is the reference; `AnnoyIndex` asks a forest of random trees (Annoy,
Bernhardsson 2013), in a file that processes share. The file is named by what is in it and never overwritten, since
Annoy maps it: whoever has an old one open keeps it. Beside it one small file says which is the right one, of how many
vectors of what dimension; it is replaced at once, and believed only where everything agrees.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

TREES = 60
SEARCHED = 20
"""Nodes looked at for each tree and neighbour: enough for a recall@5 of .98 at 100,000 vectors (make bench)."""
ANNOY_FROM = 100_000
"""Vectors from which Annoy is no slower than comparing with all of them (make bench)."""
METRIC: Final = "euclidean"
FORMAT = 1
SIDECAR = "index.json"
SEED = 20261123


class UnusableIndex(Exception):
    """The index cannot be used; the text says why. It can always be built again."""


class Index(Protocol):
    """What finds neighbours."""

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        """The `k` nearest (id, distance), nearest first, without those of `without`. `vector`: [d]."""
        ...


class ExactIndex:
    """Compares with every piece. `ids`: int64 [n], `vectors`: float32 [n, d]."""

    def __init__(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._ids = ids
        self._vectors = vectors
        self._squares = np.einsum("nd,nd->n", vectors, vectors)

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        if not len(self._ids):
            return []
        far = self._squares - 2 * (self._vectors @ vector) + vector @ vector
        few = min(len(far), k + len(without))
        rows = np.argpartition(far, few - 1)[:few]
        found = sorted((float(max(far[row], 0.0)) ** 0.5, int(self._ids[row])) for row in rows)
        return [(track_id, distance) for distance, track_id in found if track_id not in without][:k]


class AnnoyIndex:
    """Asks the forest in `file`, in which row i stands for `ids[i]`. Raises what Annoy raises; see `opened`."""

    def __init__(self, file: Path, ids: NDArray[np.int64], dimension: int) -> None:
        self._ids = ids
        self._forest = _forest(dimension)
        self._forest.load(str(file))

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        if not len(self._ids):
            return []
        asked = min(len(self._ids), k + len(without))
        rows, far = self._forest.get_nns_by_vector(
            vector, asked, search_k=TREES * SEARCHED * asked, include_distances=True
        )
        found = [(int(self._ids[row]), float(distance)) for row, distance in zip(rows, far, strict=True)]
        return [(track_id, distance) for track_id, distance in found if track_id not in without][:k]


def available() -> bool:
    """Whether Annoy is installed. It is built from source, so that it may not be."""
    try:
        import annoy  # noqa: F401
    except ImportError:
        return False
    return True


def suitable(count: int) -> type[ExactIndex] | type[AnnoyIndex]:
    """Which of the twins is the quicker one for so many vectors, as measured."""
    return AnnoyIndex if count >= ANNOY_FROM and available() else ExactIndex


def stamp_of(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> str:
    """What an index of just these is known by."""
    hashed = hashlib.sha256(f"{FORMAT} {METRIC} {vectors.shape}".encode())
    hashed.update(np.ascontiguousarray(ids, "<i8").tobytes())
    hashed.update(np.ascontiguousarray(vectors, "<f4").tobytes())
    return hashed.hexdigest()


def built(folder: Path, vectors: NDArray[np.float32], stamp: str) -> Path:
    """Builds the index of `vectors` [n, d] and puts it in the place of the one before; returns its file.

    One build at a time in a folder. Killed anywhere, it leaves the one before, or the new one, and never a mixture.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        beside = folder / f"building-{os.getpid()}.ann"
        forest = _forest(vectors.shape[1])
        forest.set_seed(SEED)
        for row, vector in enumerate(vectors):
            forest.add_item(row, vector)
        forest.build(TREES, n_jobs=1)
        forest.save(str(beside))
        forest.unload()
        digest = _sha256(beside)
        file = folder / f"{digest[:32]}.ann"
        beside.replace(file)
        about = {
            "format": FORMAT,
            "file": file.name,
            "sha256": digest,
            "dimension": vectors.shape[1],
            "count": len(vectors),
            "metric": METRIC,
            "trees": TREES,
            "stamp": stamp,
        }
        _write(folder / SIDECAR, json.dumps(about))
        for old in folder.glob("*.ann"):
            if old != file:
                old.unlink(missing_ok=True)
    return file


def opened(folder: Path, ids: NDArray[np.int64], dimension: int, stamp: str) -> AnnoyIndex:
    """The index in `folder`, of just these pieces. Raises `UnusableIndex` where there is none, or it is another's, of
    another dimension, cut off or damaged: it is looked at before Annoy is, which would end the process."""
    if not available():
        raise UnusableIndex("annoy is not installed")
    try:
        about = json.loads((folder / SIDECAR).read_text(encoding="utf-8"))
        wanted = {"format": FORMAT, "metric": METRIC, "dimension": dimension, "count": len(ids), "stamp": stamp}
        for name, value in wanted.items():
            if about[name] != value:
                raise UnusableIndex(f"it has another {name}")
        file = folder / Path(about["file"]).name
        if _sha256(file) != about["sha256"]:
            raise UnusableIndex("its file is cut off or damaged")
        return AnnoyIndex(file, ids, dimension)
    except FileNotFoundError:
        raise UnusableIndex("there is none") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableIndex(f"it cannot be read ({type(error).__name__})") from None


def _forest(dimension: int) -> Any:
    from annoy import AnnoyIndex as Forest  # built from source, and not everywhere

    return Forest(dimension, METRIC)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time; the lock of whoever is killed goes with them."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob("building-*.ann"):
            left.unlink(missing_ok=True)
        yield


def _write(path: Path, text: str) -> None:
    beside = path.with_suffix(".partial")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
