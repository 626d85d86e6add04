"""Writers of one SQLite file in one process: in the order they came, and one flush to disk for all who wait.

SQLite lets one writer in. To the others it says "busy", they sleep and look again, in no order and for up to 100 ms
at a time; and each of them pays a flush of its own. So the threads of a process queue here. Whoever is first opens
the transaction, runs the work of everybody who waits, each in a savepoint, and commits once. Nobody is told that
their work is done before that commit; work that fails is rolled back alone.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

AT_ONCE = 48  # works in one transaction
LONGEST_S = 0.02  # no further work begins in a transaction that is open for this long: other processes write, too
FIRST_SLEEP_S, LONGEST_SLEEP_S = 0.0003, 0.002

Open = Callable[[float], Any]
Work = Callable[[Session], Any]


class Locked(Exception):
    """The turn of this writer did not come in its time."""


@dataclass(eq=False)
class _Entry:
    """One thread that waits. `work` is None where it wants the transaction to itself."""

    work: Work | None = field(repr=False)
    urgent: bool
    called: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    taken: bool = False
    result: Any = field(default=None, repr=False)
    error: BaseException | None = None

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class Writers:
    """The queue of one database file. Shared by every `Journal` of a process that writes to that file."""

    def __init__(self, turnstile: "Turnstile") -> None:
        self.turnstile = turnstile
        self._lock = threading.Lock()
        self._queue: deque[_Entry] = deque()
        self._busy = False

    def transact(
        self, open_transaction: Open, work: Work, info: dict[str, Any], patience_s: float, urgent: bool
    ) -> Any:
        """Runs `work` in a transaction and returns its result once that is committed.

        `open_transaction(seconds)` gives a context manager with a `Connection` in a begun, writing transaction.
        Raises `Locked` where nobody could begin the work within `patience_s` seconds, and what `work` raised.
        """
        until = time.monotonic() + patience_s
        entry = _Entry(work, urgent)
        if not self._await_lead(entry, patience_s):
            return entry.outcome()
        try:
            self._lead(lambda: open_transaction(max(0.0, until - time.monotonic())), entry, info)
        finally:
            self._hand_over()
        return entry.outcome()

    @contextmanager
    def alone(self, patience_s: float) -> Iterator[None]:
        """The place of the one writer, for a transaction of the caller's own. Raises `Locked`."""
        entry = _Entry(None, False)
        self._await_lead(entry, patience_s)
        try:
            yield
        finally:
            self._hand_over()

    def _await_lead(self, entry: _Entry, patience_s: float) -> bool:
        """True once this thread has to lead; False once somebody else has run its work."""
        with self._lock:
            if not self._busy:
                self._busy = entry.leads = True
                return True
            if entry.urgent:
                self._queue.appendleft(entry)
            else:
                self._queue.append(entry)
        if not entry.called.wait(patience_s):
            with self._lock:
                if not (entry.leads or entry.taken):
                    self._queue.remove(entry)
                    raise Locked
            entry.called.wait()  # its work has begun: only the end of that is an answer
        return entry.leads

    def _hand_over(self) -> None:
        with self._lock:
            if not self._queue:
                self._busy = False
                return
            following = self._queue.popleft()
            following.leads = True
        following.called.set()

    def _lead(self, open_transaction: Callable[[], Any], first: _Entry, info: dict[str, Any]) -> None:
        done: list[_Entry] = []
        failure: BaseException | None = None
        try:
            with open_transaction() as connection:
                until = time.monotonic() + LONGEST_S
                entry: _Entry | None = first
                while entry is not None:
                    done.append(entry)
                    _run(entry, connection, info)
                    entry = self._next() if len(done) < AT_ONCE and time.monotonic() < until else None
        except BaseException as error:  # noqa: BLE001
            failure = error  # whatever it is, nothing of this transaction counts: each who waits is told, below
        for entry in done or [first]:
            if failure is not None:
                entry.error, entry.result = failure, None
            if entry is not first:
                entry.called.set()

    def _next(self) -> _Entry | None:
        with self._lock:
            if not self._queue or self._queue[0].work is None:
                return None
            entry = self._queue.popleft()
            entry.taken = True
            return entry


def _run(entry: _Entry, connection: Connection, info: dict[str, Any]) -> None:
    """Runs one work in a savepoint. Raises where the whole transaction is lost, as on a full disk."""
    assert entry.work is not None
    session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False, info=info)
    try:
        with session:
            entry.result = entry.work(session)
            session.commit()
    except BaseException as error:
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:  # SQLite itself has rolled everything back
            raise
        entry.error = error


class Turnstile:
    """Lets the processes that write to one database file take turns.

    Without it, a process with many writers has its next one ready whenever one is done, and another process that
    sleeps between two looks hardly ever finds the database free. Whoever wants to begin holds the turnstile until it
    has begun, so that the one who has just written stands behind. The kernel opens it when its holder dies.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def begin(self, execute: Callable[[str], Any], patience_s: float) -> None:
        """BEGIN IMMEDIATE, tried for `patience_s` seconds. Raises what `execute` raises when the time is over."""
        until = time.monotonic() + patience_s
        held = self._enter(until)
        try:
            sleep = FIRST_SLEEP_S
            while True:
                try:
                    execute("BEGIN IMMEDIATE")
                    return
                except OperationalError as error:
                    busy = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY"
                    if not busy or time.monotonic() >= until:
                        raise
                time.sleep(sleep)
                sleep = min(sleep * 1.5, LONGEST_SLEEP_S)
        finally:
            if held is not None:
                fcntl.flock(held, fcntl.LOCK_UN)

    def _enter(self, until: float) -> int | None:
        """Waits for the turnstile; None where it cannot be had in time or at all: then the database decides alone."""
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return None  # a folder that cannot be written to is told by the database itself, in the next line
        sleep = FIRST_SLEEP_S
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self._descriptor
            except BlockingIOError:
                if time.monotonic() >= until:
                    return None
            time.sleep(sleep)
            sleep = min(sleep * 1.5, LONGEST_SLEEP_S)


_writers: dict[str, Writers] = {}
_writers_lock = threading.Lock()


def writers_of(url: str) -> Writers:
    """The queue of this SQLite database in this process."""
    with _writers_lock:
        return _writers.setdefault(url, Writers(Turnstile(Path(url.removeprefix("sqlite:///") + ".turn"))))
