"""Migrations lead to the tables the program works with, and back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from tests.workers.journal.meeting import BOT, say_to
from workers.journal import audit, migrate
from workers.journal.database import Journal
from workers.journal.tables import Base


def test_the_migrated_database_is_the_one_in_tables(journal: Journal) -> None:
    with journal.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert migrate.current(journal) == migrate.head()


def test_the_way_down_leaves_nothing_and_the_way_up_works_again(journal: Journal) -> None:
    migrate.downgrade(journal, "base")
    assert set(inspect(journal.engine).get_table_names()) <= {"alembic_version"}
    assert migrate.current(journal) is None
    migrate.upgrade(journal)
    migrate.upgrade(journal)  # a second time changes nothing
    with journal.write() as session:
        say_to(session, "hello", 1)


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'other'", "DELETE FROM audit"])
def test_the_audit_log_takes_rows_and_gives_none_back(journal: Journal, statement: str) -> None:
    with journal.write() as session:
        audit.note(session, "ada", "case.read", "p" * 32, "asked to")
    with pytest.raises(DBAPIError), journal.write() as session:
        session.execute(text(statement))
    with journal.read() as session:
        assert [row.reason for row in audit.of_person(session, "p" * 32)] == ["asked to"]


def test_one_message_belongs_to_one_turn(journal: Journal) -> None:
    with journal.write() as session:
        say_to(session, "hello", 1)
    with pytest.raises(DBAPIError), journal.write() as session:
        say_to(session, "hello", 1)
    assert BOT > 2**29  # ids beyond 32 bits follow
    with journal.write() as session:
        say_to(session, "hello", 2, telegram_id=2**52 - 1)


def test_the_way_down_to_the_first_tables_and_up_again_loses_no_row(journal: Journal) -> None:
    with journal.write() as session:
        say_to(session, "hello", 1)
    migrate.downgrade(journal, "0001")
    migrate.upgrade(journal)
    tables = ("person", "conversation", "turn", "turn_message")
    with journal.read() as session:
        assert [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables] == [1] * len(tables)
