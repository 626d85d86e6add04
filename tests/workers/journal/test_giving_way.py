"""A long recording gives way between its pieces to whoever is due an answer, and not for ever."""

import threading
import time
from collections.abc import Callable

import pytest

from tests.workers.journal.meeting import say_to
from workers.journal import turns
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.recordings import Recording
from workers.stages import hear
from workers.stages.hear import giving_way

NOTE = Recording(file_id="file", size=None, seconds=300.0)
SOON = 0.05


def seconds(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def answered(journal: Journal, turn_id: int) -> None:
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None
    assert journal.transact(
        lambda session: turns.commit_composition(
            session, claim, revision=1, answer=b"answer", source="model", decisions={}
        )
    )


def test_nobody_is_waited_for_where_nobody_is_due_an_answer(journal: Journal) -> None:
    journal.transact(lambda session: say_to(session, None, 1, attachment=NOTE))
    assert seconds(giving_way(journal)) < SOON * 4


def test_the_answer_of_whoever_wrote_meanwhile_goes_first(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: say_to(session, "hello", 1).id)
    waiting = threading.Thread(target=giving_way(journal))
    waiting.start()
    waiting.join(0.4)
    assert waiting.is_alive()
    answered(journal, turn_id)
    waiting.join(5)
    assert not waiting.is_alive()


def test_what_stands_behind_the_recording_itself_is_not_waited_for(journal: Journal) -> None:
    first = journal.transact(lambda session: say_to(session, None, 1, attachment=NOTE).id)
    journal.transact(lambda session: turns.claim(session, first, turns.PERCEIVE))
    assert seconds(giving_way(journal)) < SOON * 4


def test_a_recording_is_held_up_for_so_long_in_all(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hear, "GIVES_WAY_S", 0.5)
    journal.transact(lambda session: say_to(session, "hello", 1))
    wait = giving_way(journal)
    assert 0.4 < seconds(wait) < 3
    assert seconds(wait) < SOON


def test_without_a_database_the_hearing_goes_on(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(session: object) -> bool:
        raise JournalUnavailable("gone")

    monkeypatch.setattr(turns, "answer_due", down)
    assert seconds(giving_way(journal)) < SOON * 4
