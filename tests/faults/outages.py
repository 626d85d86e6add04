"""A database that cannot be used, for as long as a test wants: locked, full, or gone. With SQLite's own errors."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from tests.rig.house import Rig

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

    def cap(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present size, if that is more

    def uncap(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count=4294967294")

    for engine in engines(rig):
        event.listen(engine, "checkout", cap)
    try:
        yield
    finally:
        for engine in engines(rig):
            event.remove(engine, "checkout", cap)
            event.listen(engine, "checkout", uncap)


@contextmanager
def gone(rig: Rig) -> Iterator[None]:
    """The file cannot be opened any more."""

    def refuse(*_: Any) -> Any:
        raise sqlite3.OperationalError("unable to open database file")

    with contextlib.ExitStack() as stack:
        for engine in engines(rig):
            event.listen(engine, "do_connect", refuse)
            stack.callback(event.remove, engine, "do_connect", refuse)
            engine.dispose()
        yield
