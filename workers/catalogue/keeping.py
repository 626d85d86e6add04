"""Keeping: a piece's object goes into the store first, its row into the journal second.

So kill -9 leaves at most an object without a row, which `heed music verify` finds and the next run writes over.
Taking away is the other way round. Whoever does either holds one lease meanwhile: otherwise somebody who clears away
objects without rows could take one whose row is about to come.
"""

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from workers.catalogue.studio import Heard, Prepared, twin
from workers.journal import leases, tracks
from workers.journal.base import random_id
from workers.journal.database import Journal
from workers.journal.tables import Track
from workers.media.store import Store

LEASE = "catalogue"
LEASE_S = 10.0  # nobody waits longer for one that was killed
PATIENCE_S = 120.0
LOOK_S = 0.2
TRIES = 5
SOUNDS, COVERS = "tracks/", "covers/"
MP3 = "audio/mpeg"
JPEG = "image/jpeg"


class CatalogueBusy(RuntimeError):
    """Another program changes the catalogue and does not end."""


class Duplicate(Exception):
    """The same recording is in the catalogue."""

    def __init__(self, track_id: int) -> None:
        super().__init__(f"is piece {track_id} already")
        self.track_id = track_id


@dataclass
class Archive:
    """Journal and store together; `holder` names this program at the lease."""

    journal: Journal
    store: Store
    holder: str = field(default_factory=random_id)
    patience_s: float = PATIENCE_S

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other program changes the catalogue meanwhile, for as long as a lease runs. Raises `CatalogueBusy`."""
        deadline = time.monotonic() + self.patience_s
        while not self._hold():
            if time.monotonic() > deadline:
                raise CatalogueBusy("another program has been changing the catalogue for minutes; try again later")
            time.sleep(LOOK_S)
        try:
            yield
        finally:
            self.journal.transact(lambda session: leases.let_go(session, LEASE, self.holder))

    def _hold(self) -> bool:
        return self.journal.transact(lambda session: leases.hold(session, LEASE, self.holder, LEASE_S))

    def keep(
        self,
        track: Track,
        made: Prepared,
        cover: bytes | None = None,
        *,
        heard: Heard | None = None,
        known: Collection[int] = (),
        instead: int | None = None,
    ) -> int:
        """Stores a piece; returns its id. `track` says what the piece is called and where it comes from.

        `heard` is compared with what came in besides the `known` pieces; None: whatever sounds the same may stand
        beside it. `instead`: the piece that it is, whose object was lost. Raises `Duplicate`, `CatalogueBusy`, and
        what the store raises.
        """
        _fill(track, made, cover)

        def enter(session: Session) -> int | None:
            # A lease that ran out while the store was busy: the object may have been cleared away meanwhile.
            if not leases.hold(session, LEASE, self.holder, LEASE_S):
                return None
            tracks.changing(session)
            if heard is not None and (other := twin(heard, tracks.prints(session, known))) not in {None, instead}:
                raise Duplicate(other)
            return tracks.add(session, track, instead).id

        for _ in range(TRIES):
            with self.alone():
                if cover is not None and track.cover_key is not None:
                    self.store.put(track.cover_key, cover, JPEG)
                self.store.put(track.key, made.mp3, MP3)
                try:
                    track_id = self.journal.transact(enter)
                except tracks.AlreadyHere as here:
                    raise Duplicate(here.track_id) from None
                except Duplicate:
                    self._clear([track.key, track.cover_key])
                    raise
            if track_id is not None:
                return track_id
        raise CatalogueBusy("the store takes longer for a piece than other programs wait")

    def remove(self, ids: Iterable[int]) -> list[Track]:
        """Takes pieces away, the row first; returns those that were there. Raises what the store raises."""
        with self.alone():

            def work(session: Session) -> list[Track]:
                tracks.changing(session)
                return tracks.remove(session, ids)

            gone = self.journal.transact(work)
            self._clear(key for track in gone for key in (track.key, track.cover_key))
        return gone

    def clear_orphans(self, keys: Iterable[str]) -> list[str]:
        """Deletes the objects that still belong to no piece; returns their keys. Raises what the store raises."""
        with self.alone():
            return self._clear(keys)

    def _clear(self, keys: Iterable[str | None]) -> list[str]:
        """Deletes objects that belong to no piece. To be called while this program is alone."""
        with self.journal.read() as session:
            used = {key for kept in tracks.kept(session) for key in (kept.key, kept.cover_key)}
        free = [key for key in dict.fromkeys(keys) if key is not None and key not in used]
        for key in free:
            self.store.delete(key)
        return free


def _fill(track: Track, made: Prepared, cover: bytes | None) -> None:
    """What was measured, and the keys: both objects are called by what they hold."""
    track.sha256 = hashlib.sha256(made.mp3).hexdigest()
    track.key = f"{SOUNDS}{track.sha256}.mp3"
    track.cover_key = f"{COVERS}{hashlib.sha256(cover).hexdigest()}.jpg" if cover is not None else None
    track.size, track.seconds, track.loudness = len(made.mp3), made.seconds, made.loudness
    track.fingerprint, track.features = made.fingerprint, made.features
    track.features_version, track.model = made.features_version, made.feeling.model
    track.moods, track.moods_by = dict(made.feeling.moods), made.feeling.by
    track.valence, track.arousal = made.feeling.valence, made.feeling.arousal
