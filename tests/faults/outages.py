"""A database that cannot be used, for as long as a test wants: locked, full, or gone. With SQLite's own errors."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, PoolProxiedConnection

from tests.rig.house import Rig

Connect = Callable[[], PoolProxiedConnection]
LEASES_OVER = timedelta(seconds=35)


def engines(rig: Rig) -> list[Engine]:
    """Every engine of the house: the bot's three, and the workers'."""
    bot = rig.telegram
    return [journal.engine for journal in (bot._journal, bot._quick, bot._results, rig.journal)]


@contextmanager
def locked(rig: Rig) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    other = sqlite3.connect(rig.home / "heed.db", isolation_level=None)
    other.execute("PRAGMA busy_timeout=5000")
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(rig: Rig) -> Iterator[None]:
    """The disk is full: no page can be added to the database."""

    def limited(engine: Engine, pages: int) -> Connect:
        connect = type(engine).raw_connection

        def connected() -> PoolProxiedConnection:
            connection = connect(engine)
            connection.cursor().execute(f"PRAGMA max_page_count={pages}")
            return connection

        return connected

    for engine in engines(rig):
        _stand_in(engine, limited(engine, 1))  # SQLite takes the present size, if that is more
    try:
        yield
    finally:
        for engine in engines(rig):
            _stand_in(engine, limited(engine, 4_294_967_294))


@contextmanager
def gone(rig: Rig) -> Iterator[None]:
    """The file cannot be opened any more."""

    def refuse() -> PoolProxiedConnection:
        raise sqlite3.OperationalError("unable to open database file")

    with contextlib.ExitStack() as stack:
        for engine in engines(rig):
            _stand_in(engine, refuse)
            stack.callback(delattr, engine, "raw_connection")
            engine.dispose()
        yield


def _stand_in(engine: Engine, connect: Connect) -> None:
    """In one step: listeners of SQLAlchemy cannot change while another thread asks for a connection."""
    engine.raw_connection = connect  # type: ignore[method-assign]
