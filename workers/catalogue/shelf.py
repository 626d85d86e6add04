"""The shelf: the catalogue as a worker holds it in memory, to choose from without asking the database.

It is filled anew when the catalogue changed, which is looked up at most once a second. The index lies in a folder;
one that is broken, of another dimension or of another catalogue is never asked: then it is built anew, or every piece
is compared. Whoever sends a piece asks the journal for it once more, since it may have been taken away meanwhile.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.music import features
from models.music.goals import Goal
from models.music.index import SIDECAR, ExactIndex, Index, UnusableIndex, built, opened, stamp_of, suitable
from models.music.journey import Picks, Tune, Tunes, journey, similar
from workers.journal import tracks
from workers.journal.database import Journal
from workers.journal.tracks import Described, Light

log = logging.getLogger("heed.music")

LOOK_S = 1.0
SIZE = 5
SPARE = 40
"""How many more neighbours are looked at than are picked: some are by one artist, some dark."""

EVEN = 1e-6
"""A spread below which a feature is the same in all pieces."""

Vectors = NDArray[np.float32]
Nothing: frozenset[int] = frozenset()


class NoSuchTrack(LookupError):
    """The piece is not on the shelf (any more)."""


@dataclass(frozen=True)
class Shown:
    """The shelf as it was at one revision. `vectors`: float32 [n, d], z-scored; `rows`: where a piece is."""

    revision: str
    tunes: Tunes
    rows: dict[int, int]
    vectors: Vectors
    index: Index


def scaled_among(raw: Vectors) -> Vectors:
    """Raw features z-scored over the catalogue itself, both float32 [n, d]: whatever sets its pieces apart counts, be
    they all piano. What is the same in all of them counts for nothing."""
    spread = raw.std(axis=0)
    scaled: Vectors = np.where(spread > EVEN, (raw - raw.mean(axis=0)) / np.maximum(spread, EVEN), 0.0)
    return scaled.astype(np.float32)


class Shelf:
    """Held by a process; safe to share between threads."""

    def __init__(
        self,
        journal: Journal,
        folder: Path,
        *,
        scaled: Callable[[Vectors], Vectors] = scaled_among,
        clock: Callable[[], float] = time.monotonic,
        suits: Callable[[int], type[Index]] = suitable,
    ) -> None:
        """`folder`: where the index lies, HEED_HOME/music. `scaled`: raw features z-scored, both float32 [n, d].
        `suits`: which kind of index a number of pieces calls for."""
        self._journal = journal
        self._folder = folder
        self._scaled = scaled
        self._clock = clock
        self._suits = suits
        self._shown: Shown | None = None
        self._looked = float("-inf")
        self._filling = threading.Lock()
        self._chance = random.Random()

    def journey(
        self,
        present: tuple[float, float] | None,
        goal: Goal,
        heard: AbstractSet[int],
        *,
        careful: bool,
        without: AbstractSet[int] = Nothing,
        size: int = SIZE,
    ) -> Picks:
        """Picks on the way from how somebody feels (valence, arousal) to the goal. Raises `JournalUnavailable`."""
        tunes = self.shown().tunes
        return journey(tunes, present, goal, heard, careful=careful, chance=self._chance, without=without, size=size)

    def similar(
        self,
        track_id: int,
        heard: AbstractSet[int],
        *,
        careful: bool,
        without: AbstractSet[int] = Nothing,
        size: int = SIZE,
    ) -> Picks:
        """Picks that sound like this piece, which is not among them. Raises `NoSuchTrack`, `JournalUnavailable`."""
        shown = self.shown()
        row = shown.rows.get(track_id)
        if row is None:
            raise NoSuchTrack(f"there is no piece {track_id}")
        barred = {*without, track_id}
        near = shown.index.nearest(shown.vectors[row], size + SPARE + len(heard), barred)
        ids = [near_id for near_id, _ in near]
        return similar(shown.tunes, ids, heard, careful=careful, without=barred, size=size)

    def rebuilt(self) -> Shown:
        """The shelf filled from nothing, its index built anew where it needs one. Raises `JournalUnavailable`."""
        (self._folder / SIDECAR).unlink(missing_ok=True)
        with self._filling:
            self._shown = None
            return self._look()

    def shown(self) -> Shown:
        """The shelf as it is now. While it is being filled anew by one thread, the others see it as it was. Raises
        `JournalUnavailable`."""
        shown = self._shown
        if shown is not None and self._clock() - self._looked < LOOK_S:
            return shown
        if not self._filling.acquire(blocking=shown is None):
            assert shown is not None
            return shown
        try:
            return self._look()
        finally:
            self._filling.release()

    def _look(self) -> Shown:
        looked = self._clock()
        with self._journal.read() as session:
            revision = tracks.revision(session)
            changed = self._shown is None or self._shown.revision != revision
            pieces, sounds = (tracks.here(session), tracks.described(session)) if changed else ([], [])
        if changed or self._shown is None:
            self._shown = self._filled(revision, pieces, sounds)
        self._looked = looked
        return self._shown

    def _filled(self, revision: str, pieces: list[Light], sounds: list[Described]) -> Shown:
        began = time.perf_counter()
        # On Postgres a change may come between the two questions; and what another extractor measured cannot be
        # compared: `heed music rebuild-index` measures it again.
        there = {piece.id for piece in pieces}
        usable = [each for each in sounds if each.id in there and each.version == features.VERSION]
        raw = np.frombuffer(b"".join(each.features for each in usable), "<f4").reshape(len(usable), features.SIZE)
        vectors = self._scaled(raw) if usable else np.zeros((0, features.SIZE), np.float32)
        ids = np.array([each.id for each in usable], np.int64)
        index = self._index(ids, vectors)
        log.info(
            "the shelf is filled: pieces=%d comparable=%d index=%s ms=%.0f",
            len(pieces), len(usable), type(index).__name__, 1000 * (time.perf_counter() - began),
        )  # fmt: skip
        rows = {int(track_id): row for row, track_id in enumerate(ids)}
        return Shown(revision, Tunes([tune(piece) for piece in pieces]), rows, vectors, index)

    def _index(self, ids: NDArray[np.int64], vectors: Vectors) -> Index:
        """Every piece is compared where there are few; else the index in the folder, else a new one."""
        if self._suits(len(ids)) is ExactIndex:
            return ExactIndex(ids, vectors)
        stamp = stamp_of(ids, vectors)
        try:
            return opened(self._folder, ids, vectors.shape[1], stamp)
        except UnusableIndex as unusable:
            log.info("the index is built anew: %s", unusable)
        try:
            built(self._folder, vectors, stamp)
            return opened(self._folder, ids, vectors.shape[1], stamp)
        except (UnusableIndex, OSError) as unusable:
            log.warning("no index can be used, every piece is compared: %s", unusable)
            return ExactIndex(ids, vectors)


def tune(piece: Light) -> Tune:
    """A piece as choosing sees it. Of Heed's own, those of one mood that the same instrument leads are a family: they
    would be heard as "the same again". All have one artist, so that each counts as an artist of its own there."""
    dark = float(piece.moods.get("dark", 0.0))
    if piece.made_of is None:
        return Tune(piece.id, piece.artist or f"#{piece.id}", piece.valence, piece.arousal, dark)
    family = f"{piece.artist} {piece.made_of.get('mood')} {next(iter(piece.made_of.get('instruments', ())), '')}"
    return Tune(piece.id, f"{piece.artist} {piece.id}", piece.valence, piece.arousal, dark, family)
