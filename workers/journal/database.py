"""The journal: one engine, short transactions, and nothing that prints what people said.

SQLite runs in WAL with a full flush at every commit (what Telegram is told to forget must survive a power cut),
writers begin IMMEDIATE (a deferred transaction that reads and then writes fails at once when another writes), and
deleted content is overwritten. Postgres runs as it is.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from workers.journal.keys import Keyring
from workers.journal.writers import Locked, writers_of

T = TypeVar("T")
BUSY_MS = 5000  # how long SQLite waits for another writer before it gives up
# Postgres: serialization_failure and deadlock_detected are cured by running the same short transaction again.
AGAIN = {"40001", "40P01"}


class JournalUnavailable(RuntimeError):
    """The database cannot take or give anything now: gone, locked, full, or not migrated."""


class Journal:
    """The database and the keys to what it holds. Safe to share between threads."""

    def __init__(self, url: str, keyring: Keyring, busy_ms: int = BUSY_MS, *, urgent: bool = False) -> None:
        """`busy_ms`: how long a writer waits for another before it raises `JournalUnavailable`.

        `urgent`: its writers go before the others of this process.
        """
        self.url = url
        self.keyring = keyring
        self.sqlite = url.startswith("sqlite")
        if self.sqlite:
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine = _engine(url, busy_ms)
        self._busy_s = busy_ms / 1000
        self._urgent = urgent
        self._writers = writers_of(url) if self.sqlite else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One writing transaction; commits at the end. Raises `JournalUnavailable` where the database cannot."""
        alone = self._writers.alone(self._busy_s) if self._writers else nullcontext()
        with _translated(), alone, Session(self.engine, expire_on_commit=False, info=self._info) as session:
            if self.sqlite:
                session.connection(execution_options={"heed_patience_s": self._busy_s})
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction. Raises `JournalUnavailable`."""
        with _translated(), Session(self.engine, expire_on_commit=False, info=self._info) as session:
            yield session

    def transact(self, work: Callable[[Session], T], attempts: int = 3) -> T:
        """`work` in a writing transaction, run again where Postgres asks for that. `work` must not act outside.

        With SQLite, the works of several threads may share one transaction and one flush, each in a savepoint.
        """
        if self._writers is not None:
            with _translated():
                done: T = self._writers.transact(self._open, work, self._info, self._busy_s, self._urgent)
                return done
        for attempt in range(1, attempts + 1):
            try:
                with self.write() as session:
                    return work(session)
            except _Again:
                if attempt == attempts:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("not reached")

    def close(self) -> None:
        self.engine.dispose()

    @property
    def _info(self) -> dict[str, Any]:
        return {"keyring": self.keyring}

    @contextmanager
    def _open(self, patience_s: float) -> Iterator[Connection]:
        with self.engine.connect().execution_options(heed_patience_s=patience_s) as connection, connection.begin():
            yield connection


class _Again(JournalUnavailable):
    """A conflict with another transaction that goes away when this one is run again."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Locked:
        raise JournalUnavailable("the database cannot be used: locked by other writers of this process") from None
    except OperationalError as error:
        kind = _Again if getattr(error.orig, "sqlstate", None) in AGAIN else JournalUnavailable
        raise kind(_reason(error)) from None
    except DBAPIError as error:
        if error.connection_invalidated or "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise JournalUnavailable(_reason(error)) from None
        raise


def _reason(error: DBAPIError) -> str:
    """The database's own short message: SQLite's and libpq's name tables and states, never a parameter."""
    first = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
    return f"the database cannot be used: {first[:120]}"


def _engine(url: str, busy_ms: int) -> Engine:
    if not url.startswith("sqlite"):
        options = {"connect_timeout": 2, "options": f"-c lock_timeout={busy_ms}"}
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=24, connect_args=options
        )
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": busy_ms / 1000, "check_same_thread": False}, pool_size=16
    )

    turnstile = writers_of(url).turnstile

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours: IMMEDIATE for writers
        for pragma in (
            f"busy_timeout={busy_ms}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-8000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        patience_s = connection.get_execution_options().get("heed_patience_s")
        if patience_s is None:
            connection.exec_driver_sql("BEGIN")
            return
        driver = connection.connection.dbapi_connection
        driver.execute("PRAGMA busy_timeout=0")
        try:
            turnstile.begin(connection.exec_driver_sql, patience_s)
        finally:
            driver.execute(f"PRAGMA busy_timeout={busy_ms}")

    return engine


def keyring_of(session: Session) -> Keyring:
    """The house key that this session's journal was opened with."""
    keyring: Keyring = session.info["keyring"]
    return keyring


def is_alive(journal: Journal) -> bool:
    """Whether the database answers now."""
    try:
        with journal.read() as session:
            session.execute(text("SELECT 1"))
    except JournalUnavailable:
        return False
    return True
