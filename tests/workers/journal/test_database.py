"""The journal on both databases: short transactions, one translated error, and no words in what it prints."""

import logging
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT, person_of
from workers.journal.database import Journal, JournalUnavailable, is_alive
from workers.journal.keys import Keyring
from workers.journal.tables import Person, TurnMessage, now

WORDS = "zebra-canary-7f3a"


def test_what_is_committed_is_read_back_with_its_zone(journal: Journal) -> None:
    with journal.write() as session:
        person_of(session)
    with journal.read() as session:
        person = session.scalars(select(Person)).one()
        assert person.created_at.tzinfo is not None
        assert abs((now() - person.created_at).total_seconds()) < 60


def test_a_naive_time_is_refused(journal: Journal) -> None:
    def without_a_zone(session: Session) -> None:
        person_of(session).blocked_at = datetime(2026, 1, 1)

    with pytest.raises(StatementError):
        journal.transact(without_a_zone)


def test_nothing_of_a_failed_transaction_stays(journal: Journal) -> None:
    def half(session: Session) -> None:
        person_of(session)
        session.flush()
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        journal.transact(half)
    with journal.read() as session:
        assert session.scalars(select(Person)).all() == []


def test_an_error_of_the_database_holds_no_words(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    message = TurnMessage(
        turn_id=99, person_id=WORDS, bot_id=BOT, chat_id=1, message_id=1, update_id=1, words=WORDS.encode(),
        sent_at=now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError) as refused:
        journal.transact(lambda session: session.add(message))
    assert "[SQL parameters hidden" in str(refused.value)
    assert WORDS not in caplog.text
    if journal.sqlite:  # Postgres adds the failing key to its own message: the log's formatter keeps neither
        assert WORDS not in str(refused.value)


def test_two_writers_of_the_same_row_both_count(journal: Journal) -> None:
    with journal.write() as session:
        person_of(session)

    def more() -> None:
        for _ in range(20):
            journal.transact(lambda s: s.execute(text("UPDATE person SET telegram_id = telegram_id + 1")))

    threads = [threading.Thread(target=more) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with journal.read() as session:
        assert session.scalar(select(Person.telegram_id)) == 81


def test_a_locked_database_is_unavailable_and_soon(migrated: Path, tmp_path: Path) -> None:
    file = tmp_path / "locked.db"
    file.write_bytes(migrated.read_bytes())
    keyring = Keyring.open_or_make(tmp_path / "key")
    patient, quick = Journal(f"sqlite:///{file}", keyring), Journal(f"sqlite:///{file}", keyring, busy_ms=50)
    with patient.write() as session:
        person_of(session)
        session.flush()
        with pytest.raises(JournalUnavailable, match="locked"):
            quick.transact(person_of)
        with quick.read() as reader:  # readers go on
            assert reader.scalars(select(Person)).all() == []
    quick.transact(person_of)
    patient.close()
    quick.close()


def test_a_reader_that_turns_writer_cannot_deadlock(sqlite_journal: Journal) -> None:
    with sqlite_journal.write() as session:
        person_of(session)
    done: list[int] = []

    def read_then_write() -> None:
        def work(session: Session) -> None:
            person = person_of(session)
            person.paused = not person.paused
            done.append(1)

        sqlite_journal.transact(work)

    threads = [threading.Thread(target=read_then_write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 8


@pytest.mark.parametrize("content", [b"this is no database, it only has its name" * 50, b""])
def test_a_database_that_is_damaged_or_empty_is_unavailable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.db").write_bytes(content)
    journal = Journal(f"sqlite:///{tmp_path / 'x.db'}", Keyring.open_or_make(tmp_path / "key"))
    with pytest.raises(JournalUnavailable):
        journal.transact(person_of)
    journal.close()


def test_a_postgres_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = "postgresql+psycopg://heed:not-a-password@127.0.0.1:1/heed"
    journal = Journal(url, Keyring.open_or_make(tmp_path / "key"))
    assert not is_alive(journal)
    with pytest.raises(JournalUnavailable) as refused:
        journal.transact(person_of)
    assert "not-a-password" not in str(refused.value)
    journal.close()


def test_sqlite_is_set_so_that_a_power_cut_loses_nothing(sqlite_journal: Journal) -> None:
    with sqlite_journal.read() as session:
        set_to = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        }
    assert set_to == {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 5000,
    }  # fmt: skip
