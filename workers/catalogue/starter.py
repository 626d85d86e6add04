"""The starter catalogue: composed in the background at the first start, so that the demo plays music at once.

It takes only the time that nobody else wants, and ends when it is done. A lease keeps it to one at a time; what was
composed is found again, so that it goes on after kill -9 where it was.
"""

import fcntl
import logging
import os
import platform
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from workers.catalogue.pieces import Wanted, wanted
from workers.journal import leases, tracks
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import Keyring
from workers.process import say_ready
from workers.settings import Settings, hash_of

log = logging.getLogger("heed.music")

LEASE_S = 600.0  # longer than a piece takes on a machine that is busy
LATER_S = (5.0, 30.0, 120.0)  # between tries while store or database are away; then the last one again and again


class _Lost(RuntimeError):
    """Another machine composes now."""


class _Stopped(Exception):
    """Somebody asked to stop."""


def run(settings: Settings) -> int:
    """Composes what is missing, then ends. What is away for a while (store, database) is waited for. Returns 0."""
    signal.signal(signal.SIGTERM, _stop)
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    say_ready()
    try:
        with _alone_here(settings.home / "music") as alone:
            if alone:
                _until_done(settings, journal)
    except _Stopped:
        log.info("the starter catalogue is left where it is")
    finally:
        journal.close()
    return 0


def step_aside() -> None:
    """From now on this thread, and what it starts, runs only while nobody else wants the core (Linux). Not for a
    thread that asks the database: asleep with its lock, it would stop whoever talks with somebody."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _stop(sign: int, frame: FrameType | None) -> None:
    raise _Stopped


@contextmanager
def _alone_here(folder: Path) -> Iterator[bool]:
    """False where another process of this machine is at it; the lock goes with whoever is killed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "starter.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("another process composes the starter catalogue")
            yield False
            return
        yield True


def _until_done(settings: Settings, journal: Journal) -> None:
    from workers.catalogue.keeping import CatalogueBusy
    from workers.errors import TurnError

    waits = iter(LATER_S)
    wait = LATER_S[0]
    while True:
        try:
            if not (left := _left(settings, journal)):
                break
            _compose(settings, journal, left)
        except (JournalUnavailable, TurnError, CatalogueBusy, _Lost) as error:
            wait = next(waits, wait)
            log.warning("the starter catalogue waits: seconds=%.0f error=%s", wait, error)
            time.sleep(wait)
    log.info("the starter catalogue is complete: pieces=%d", len(wanted(settings.music_starter)))


def _left(settings: Settings, journal: Journal) -> list[Wanted]:
    with journal.read() as session:
        made = tracks.originals(session, tracks.COMPOSED)
    return [each for each in wanted(settings.music_starter) if each.original not in made]


def _compose(settings: Settings, journal: Journal, left: list[Wanted]) -> None:
    from workers.catalogue.composing import Composer, make
    from workers.catalogue.keeping import Archive
    from workers.media.opening import store_from

    archive = Archive(journal, store_from(settings))
    every = len(wanted(settings.music_starter))
    with _leased(journal, _holder(settings)) as renew, ThreadPoolExecutor(1, initializer=step_aside) as aside:
        composer = aside.submit(Composer).result()
        pieces = make(archive, [(each, None) for each in left], lambda each: aside.submit(composer, each).result())
        for done, piece in enumerate(pieces, 1):
            log.info("composed: piece=%s done=%d of=%d", piece.original, every - len(left) + done, every)
            renew()


@contextmanager
def _leased(journal: Journal, holder: str) -> Iterator[Callable[[], None]]:
    """One machine at a time composes. Gives what renews that. Raises `_Lost` where another does."""

    def renew() -> None:
        if not journal.transact(lambda session: leases.hold(session, leases.STARTER, holder, LEASE_S)):
            raise _Lost("another machine composes now")

    renew()
    try:
        yield renew
    finally:
        journal.transact(lambda session: leases.let_go(session, leases.STARTER, holder))


def _holder(settings: Settings) -> str:
    """The same at every start in this folder, so that after kill -9 nobody waits for the lease to run out."""
    return f"{hash_of(platform.node()):08x}{hash_of(str(settings.home)):08x}"
