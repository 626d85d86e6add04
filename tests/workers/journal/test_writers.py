"""Writers of one SQLite file: together where they can be, and each alone where it matters."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from workers.journal import counters
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import Keyring
from workers.journal.tables import Counter


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Path:
    (tmp_path / "heed.db").write_bytes(migrated.read_bytes())
    return tmp_path / "heed.db"


@pytest.fixture
def journal(database: Path) -> Iterator[Journal]:
    opened = Journal(f"sqlite:///{database}", Keyring.open_or_make(database.parent / "key"))
    yield opened
    opened.close()


class Hold:
    """Somebody of this process who writes and does not come to an end until told."""

    def __init__(self, journal: Journal) -> None:
        self.began, self._ends = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=journal.transact, args=(self._work,))
        self._thread.start()
        assert self.began.wait(5)

    def _work(self, _: Session) -> None:
        self.began.set()
        assert self._ends.wait(10)

    def end(self) -> None:
        self._ends.set()
        self._thread.join(10)


def start(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.05)  # so that the threads queue in the order in which they were started
    return thread


def count(journal: Journal, name: str) -> int:
    with journal.read() as session:
        return counters.totals(session).get(name, 0)


def test_what_queued_behind_a_writer_is_written_in_one_transaction(journal: Journal) -> None:
    hold, connections = Hold(journal), set[int]()

    def work(session: Session) -> None:
        connections.add(id(session.connection()))
        counters.add(session, "written")

    threads = [start(lambda: journal.transact(work)) for _ in range(4)]
    hold.end()
    for thread in threads:
        thread.join(5)

    assert count(journal, "written") == 4
    assert len(connections) <= 2  # the holder's own transaction took them in, or the next one did


def test_work_that_fails_is_rolled_back_alone_and_told_to_its_own_caller(journal: Journal) -> None:
    hold, failures = Hold(journal), list[str]()

    def fail(session: Session) -> None:
        counters.add(session, "failed")
        raise KeyError("mine")

    def try_to_fail() -> None:
        with pytest.raises(KeyError):
            journal.transact(fail)
        failures.append("told")

    threads = [
        start(lambda: journal.transact(lambda session: counters.add(session, "before"))),
        start(try_to_fail),
        start(lambda: journal.transact(lambda session: counters.add(session, "after"))),
    ]
    hold.end()
    for thread in threads:
        thread.join(5)

    assert failures == ["told"]
    assert [count(journal, name) for name in ("before", "failed", "after")] == [1, 0, 1]


def test_work_may_roll_back_and_go_on_without_touching_the_work_of_others(journal: Journal) -> None:
    hold = Hold(journal)

    def change_of_mind(session: Session) -> None:
        counters.add(session, "first thought")
        session.rollback()
        counters.add(session, "second thought")
        session.commit()

    threads = [
        start(lambda: journal.transact(lambda session: counters.add(session, "other"))),
        start(lambda: journal.transact(change_of_mind)),
    ]
    hold.end()
    for thread in threads:
        thread.join(5)

    assert [count(journal, name) for name in ("other", "first thought", "second thought")] == [1, 0, 1]


def test_an_urgent_writer_goes_before_those_who_came_earlier(journal: Journal, database: Path) -> None:
    urgent = Journal(journal.url, journal.keyring, urgent=True)
    hold, order = Hold(journal), list[str]()
    threads = [
        start(lambda: journal.transact(lambda _: order.append("first"))),
        start(lambda: journal.transact(lambda _: order.append("second"))),
        start(lambda: urgent.transact(lambda _: order.append("urgent"))),
    ]
    hold.end()
    for thread in threads:
        thread.join(5)
    urgent.close()

    assert order == ["urgent", "first", "second"]


def test_a_writer_whose_patience_ends_writes_nothing_afterwards(journal: Journal) -> None:
    hasty = Journal(journal.url, journal.keyring, busy_ms=50)
    hold = Hold(journal)

    with pytest.raises(JournalUnavailable):
        hasty.transact(lambda session: counters.add(session, "hasty"))
    hold.end()
    hasty.close()

    assert count(journal, "hasty") == 0


def test_another_process_that_writes_is_waited_for(journal: Journal, database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = start(lambda: journal.transact(lambda session: counters.add(session, "patient")))
    assert waiting.is_alive()
    other.execute("COMMIT")
    waiting.join(5)
    other.close()

    assert count(journal, "patient") == 1


def test_a_commit_that_fails_is_told_to_everybody_whose_work_was_in_it(journal: Journal) -> None:
    hold, told = Hold(journal), list[str]()

    def breaks_the_transaction(session: Session) -> None:
        session.add(Counter(day="2026-01-01", name="lost", value=1))
        session.flush()
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.execute("ROLLBACK")  # as SQLite does by itself on a full disk

    def lose(work: Callable[[Session], object]) -> None:
        with pytest.raises(JournalUnavailable):
            journal.transact(work)
        told.append("told")

    threads = [
        start(lambda: lose(lambda session: counters.add(session, "lost"))),
        start(lambda: lose(breaks_the_transaction)),
    ]
    hold.end()
    for thread in threads:
        thread.join(5)

    assert count(journal, "lost") == 0
    assert told == ["told", "told"]


def test_a_transaction_of_ones_own_waits_its_turn(journal: Journal) -> None:
    hold = Hold(journal)

    def own() -> None:
        with journal.write() as session:
            counters.add(session, "own")

    thread = start(own)
    assert thread.is_alive()
    hold.end()
    thread.join(5)

    assert count(journal, "own") == 1
