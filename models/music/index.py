"""The index of what sounds alike: nearest neighbours by Euclidean distance of z-scored features.

Twins: `ExactIndex` compares with every piece and is the reference; `AnnoyIndex` asks a forest of random trees, in a
file that processes share. The file is named by what is in it and never overwritten, since Annoy maps it: whoever has
an old one open keeps it. Beside it a sidecar says which file is the right one, of how many vectors of what dimension;
it is replaced at once, and believed only where everything agrees.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.music.exact import ExactIndex
from models.music.forest import METRIC, SEED, TREES, AnnoyIndex, available, plant

__all__ = [
    "AnnoyIndex",
    "ExactIndex",
    "Index",
    "UnusableIndex",
    "available",
    "built",
    "opened",
    "stamp_of",
    "suitable",
]

ANNOY_FROM = 100_000
"""Vectors from which Annoy answers quicker than comparing with all of them (`make bench ARGS="--only similar"`)."""
FORMAT = 3
SIDECAR = "index.json"
LOOKS = 10
"""How often a sidecar is read again because it was replaced while it was looked at."""


class UnusableIndex(Exception):
    """The index cannot be used; the text says why. It can always be built again."""


class Index(Protocol):
    """What finds neighbours."""

    def nearest(
        self, vector: NDArray[np.float32], k: int, without: AbstractSet[int] = frozenset()
    ) -> list[tuple[int, float]]:
        """The `k` nearest (id, distance), nearest first, without those of `without`; fewer only where there are no
        more. `vector`: [d]. Raises ValueError for one of another dimension."""
        ...


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
    Raises `UnusableIndex` where Annoy is not installed or a vector is not finite, OSError where writing fails.
    """
    if not available():
        raise UnusableIndex("annoy is not installed")
    if not np.isfinite(vectors).all():
        raise UnusableIndex("a vector is not finite")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        beside = folder / f"building-{os.getpid()}.ann"
        plant(vectors, beside)
        digest = _sha256(beside)
        file = folder / f"{digest[:32]}.ann"
        _settled(beside, file)
        about = {
            "format": FORMAT,
            "file": file.name,
            "sha256": digest,
            "dimension": vectors.shape[1],
            "count": len(vectors),
            "metric": METRIC,
            "trees": TREES,
            "seed": SEED,
            "stamp": stamp,
        }
        written = folder / "index.partial"
        written.write_text(json.dumps({**about, "seal": _seal(about)}), encoding="utf-8")
        _settled(written, folder / SIDECAR)
        for old in folder.glob("*.ann"):
            if old != file:
                old.unlink(missing_ok=True)
    return file


def opened(folder: Path, ids: NDArray[np.int64], dimension: int, stamp: str) -> AnnoyIndex:
    """The index in `folder`, of just these pieces. Raises `UnusableIndex` where there is none, or it is another's, of
    another dimension, cut off or damaged: it is looked at before Annoy is, which would end the process."""
    if not available():
        raise UnusableIndex("annoy is not installed")
    wanted = {
        "format": FORMAT,
        "metric": METRIC,
        "dimension": dimension,
        "count": len(ids),
        "trees": TREES,
        "stamp": stamp,
    }
    said = _said(folder)
    for _ in range(LOOKS):
        try:
            return _believed(folder, said, ids, wanted)
        except UnusableIndex:
            # The file may have gone because another one took its place between reading and opening.
            again = _said(folder)
            if again == said:
                raise
            said = again
    raise UnusableIndex("it is replaced faster than it can be read")


def _believed(folder: Path, said: bytes, ids: NDArray[np.int64], wanted: dict[str, Any]) -> AnnoyIndex:
    """What the sidecar stands for, if it is what is `wanted` and the file is what it says."""
    try:
        about = json.loads(said)
        for name, value in wanted.items():
            if about[name] != value:
                raise UnusableIndex(f"it has another {name}")
        # A whole file under another dimension ends the process, too.
        if about.pop("seal") != _seal(about):
            raise UnusableIndex("its sidecar is damaged")
        file = folder / Path(about["file"]).name
        if _sha256(file) != about["sha256"]:
            raise UnusableIndex("its file is cut off or damaged")
        return AnnoyIndex(file, ids, wanted["dimension"])
    except FileNotFoundError:
        raise UnusableIndex("there is none") from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnusableIndex(f"it cannot be read ({type(error).__name__})") from None


def _said(folder: Path) -> bytes:
    """The sidecar as it is now. Raises `UnusableIndex` where it cannot be read."""
    try:
        return (folder / SIDECAR).read_bytes()
    except FileNotFoundError:
        raise UnusableIndex("there is none") from None
    except OSError as error:
        raise UnusableIndex(f"it cannot be read ({type(error).__name__})") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time; the lock of whoever is killed goes with them."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Of this build, where it failed, or of one that was killed.
            for left in folder.glob("building-*.ann"):
                left.unlink(missing_ok=True)


def _settled(beside: Path, place: Path) -> None:
    """Puts a file that is written in its place, on the disk too."""
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _seal(about: dict[str, Any]) -> str:
    """What shows that somebody changed a sidecar by hand, or put two together."""
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
