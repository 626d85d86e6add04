"""The renewer keeps the leases of running turns, and lets go of the others."""

import time
from datetime import timedelta

import pytest

from tests.workers.journal.meeting import say_to
from workers.journal import turns
from workers.journal.database import Journal
from workers.journal.tables import Turn, now
from workers.turn.lease import Renewer


def lease_of(journal: Journal, turn_id: int) -> float:
    with journal.read() as session:
        until = session.get_one(Turn, turn_id).lease_until
    assert until is not None
    return (until - now()).total_seconds()


def test_a_running_turn_keeps_its_lease(sqlite_journal: Journal) -> None:
    journal = sqlite_journal
    turn_id = journal.transact(lambda session: say_to(session, "hello", 1).id)
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None

    def run_out(session: object) -> None:
        session.get_one(Turn, turn_id).lease_until = now() + timedelta(seconds=1)  # type: ignore[attr-defined]

    journal.transact(run_out)
    with Renewer(journal, every_s=0.02).keep(claim):
        deadline = time.monotonic() + 5
        while lease_of(journal, turn_id) < 20:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    time.sleep(0.1)
    journal.transact(run_out)
    time.sleep(0.1)
    assert lease_of(journal, turn_id) < 2, "nobody works on it any more"


def test_a_lost_lease_is_only_noted(sqlite_journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    journal = sqlite_journal
    turn_id = journal.transact(lambda session: say_to(session, "hello", 1).id)
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None
    journal.transact(lambda session: setattr(session.get_one(Turn, turn_id), "lease_token", "another"))
    with Renewer(journal, every_s=0.02).keep(claim):
        deadline = time.monotonic() + 5
        while "lease lost" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.02)
