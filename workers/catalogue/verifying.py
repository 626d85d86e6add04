"""Verifying: every piece has its object, byte for byte, and every object belongs to a piece."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from workers.catalogue.keeping import COVERS, SOUNDS, Archive
from workers.journal import tracks
from workers.media.store import NoSuchObject

Wrong = Literal["missing", "damaged", "orphan", "cleared"]


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it should be. `track_id` is None for an object without a piece."""

    wrong: Wrong
    key: str
    track_id: int | None = None


def objects(archive: Archive, *, quick: bool = False) -> Iterator[Fault | None]:
    """Looks at the object of every piece: None where it is whole. `quick` compares sizes and reads no bytes. Raises
    what the store raises."""
    with archive.journal.read() as session:
        pieces = tracks.kept(session)
    for piece in pieces:
        try:
            whole = (
                archive.store.size(piece.key) == piece.size
                if quick
                else hashlib.sha256(archive.store.get(piece.key)).hexdigest() == piece.sha256
            )
        except NoSuchObject:
            yield _if_still(archive, Fault("missing", piece.key, piece.id))
            continue
        if piece.cover_key is not None and not archive.store.has(piece.cover_key):
            yield _if_still(archive, Fault("missing", piece.cover_key, piece.id))
            continue
        yield None if whole else _if_still(archive, Fault("damaged", piece.key, piece.id))


def _if_still(archive: Archive, fault: Fault) -> Fault | None:
    """The fault, unless the piece was taken away while we looked."""
    with archive.journal.read() as session:
        return fault if fault.track_id is not None and tracks.get(session, fault.track_id) is not None else None


def drop(archive: Archive, faults: Iterable[Fault]) -> list[Fault]:
    """Deletes damaged objects: nobody wants to hear them, and what is missing comes back when its file is added
    again. Returns the faults as they are then. Raises what the store raises."""
    with archive.alone():
        left = []
        for fault in faults:
            if fault.wrong == "damaged":
                archive.store.delete(fault.key)
            left.append(replace(fault, wrong="missing") if fault.wrong == "damaged" else fault)
    return left


def orphans(archive: Archive, *, repair: bool = False) -> list[Fault]:
    """Objects that belong to no piece: left by a program that was killed. With `repair` they are deleted. Raises what
    the store raises."""
    keys = [key for prefix in (SOUNDS, COVERS) for key in archive.store.keys(prefix)]
    with archive.journal.read() as session:
        used = {key for kept in tracks.kept(session) for key in (kept.key, kept.cover_key)}
    free = [key for key in keys if key not in used]
    cleared = set(archive.clear_orphans(free)) if repair and free else set()
    return [Fault("cleared" if key in cleared else "orphan", key) for key in free]
