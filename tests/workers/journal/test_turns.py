"""Joining, claiming and committing a turn: both databases, both statements in every order."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import person_of, say_to
from workers.journal import conversations, perceiving, turns
from workers.journal.database import Journal
from workers.journal.recordings import Recording
from workers.journal.tables import Turn, TurnMessage, now
from workers.journal.turns import ATTEMPTS, BACK_OFF_S, LEASE, RECOMPOSITIONS, Claim

PAST = timedelta(minutes=5)


def commit(session: Session, claim: Claim, revision: int) -> bool:
    return turns.commit_composition(
        session, claim, revision=revision, answer=b"answer", source="model", decisions={"n": 1}
    )


def opened(journal: Journal, words: str = "hello", message_id: int = 1) -> int:
    return journal.transact(lambda session: say_to(session, words, message_id).id)


def claimed(journal: Journal, turn_id: int) -> Claim:
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None
    return claim


def turn(journal: Journal, turn_id: int) -> Turn:
    with journal.read() as session:
        return session.get_one(Turn, turn_id)


def change(journal: Journal, turn_id: int, **values: Any) -> None:
    journal.transact(lambda session: session.execute(update(Turn).where(Turn.id == turn_id).values(**values)))


def test_a_join_before_the_commit_makes_it_lose(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    assert opened(journal, "and this", 2) == turn_id
    assert not journal.transact(lambda session: commit(session, claim, 1))
    assert journal.transact(lambda session: turns.compose_again(session, claim))
    assert journal.transact(lambda session: commit(session, claim, 2))


def test_a_commit_before_the_join_opens_another_turn(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    assert journal.transact(lambda session: commit(session, claim, 1))
    assert opened(journal, "and this", 2) != turn_id


def test_a_raised_epoch_voids_the_commit(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    journal.transact(lambda session: conversations.begin_afresh(session, person_of(session)))
    assert not journal.transact(lambda session: commit(session, claim, 1))
    assert not journal.transact(lambda session: turns.compose_again(session, claim))
    assert turn(journal, turn_id).state == "cancelled"


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_every_order_of_two_workers_and_a_message_answers_once_and_all_of_it(
    sqlite_journal: Journal, every: int
) -> None:
    """8 steps, all 1,120 orders in which each worker's own steps stay in their order; quickly, each seventh."""
    steps = ["a", "a", "a", "b", "b", "b", "join", "lapse"]
    orders = sorted(set(itertools.permutations(steps)))
    assert len(orders) == 1120
    outcomes: dict[str, int] = {}
    for number, order in enumerate(orders[::every]):
        with Session(sqlite_journal.engine, info={"keyring": sqlite_journal.keyring}) as session:
            outcome = play(session, order, number + 100)
            session.rollback()
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert set(outcomes) <= {"one turn", "two turns", "open"}
    assert outcomes["one turn"] > 100 / every
    assert outcomes["two turns"] > 100 / every


def play(session: Session, order: tuple[str, ...], who: int) -> str:
    """Each worker claims, reads and commits; a message joins; a lease runs out. Returns what became of it."""
    first = say_to(session, "one", who * 10, telegram_id=who).id
    hands: dict[str, dict[str, Any]] = {"a": {"at": 0}, "b": {"at": 0}}
    answered: dict[int, int] = {}
    for step in order:
        if step == "join":
            say_to(session, "two", who * 10 + 1, telegram_id=who)
        elif step == "lapse":
            session.execute(update(Turn).where(Turn.lease_until.is_not(None)).values(lease_until=now() - PAST))
        else:
            hand = hands[step]
            hand["at"] += 1
            if hand["at"] == 1:
                hand["claim"] = turns.claim(session, first)
            elif hand["at"] == 2 and hand["claim"] is not None:
                read = session.get_one(Turn, first, populate_existing=True)
                hand["read"] = (read.revision, len(turns.messages(session, first)))
            elif hand["at"] == 3 and hand.get("read") and commit(session, hand["claim"], hand["read"][0]):
                assert first not in answered, order
                answered[first] = hand["read"][1]
    session.expire_all()
    found = session.scalars(select(Turn).where(Turn.chat_id == who).order_by(Turn.id)).all()
    for each in found:
        if each.id in answered:
            assert answered[each.id] == len(turns.messages(session, each.id)), order
        else:
            assert each.state == "received", order
    messages = session.scalars(select(TurnMessage).where(TurnMessage.chat_id == who)).all()
    assert len(messages) == 2, order
    return "open" if not answered else "one turn" if len(found) == 1 else "two turns"


def race(journal: Journal, first: Callable[[Session], Any], second: Callable[[Session], Any]) -> tuple[Any, Any]:
    """`second` runs while `first` has written and not committed yet."""
    wrote, results = threading.Event(), {}

    def other() -> None:
        wrote.wait(5)
        results["second"] = journal.transact(second)

    thread = threading.Thread(target=other)
    thread.start()
    with journal.write() as session:
        results["first"] = first(session)
        session.flush()
        wrote.set()
        thread.join(0.3)  # it waits for our row, or for our turn to write
    thread.join(10)
    return results["first"], results["second"]


def test_two_workers_at_the_same_moment_get_one_claim(journal: Journal) -> None:
    turn_id = opened(journal)
    first, second = race(
        journal, lambda session: turns.claim(session, turn_id), lambda session: turns.claim(session, turn_id)
    )
    assert first is not None
    assert second is None


def test_a_commit_that_waited_for_a_join_loses(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    joined, committed = race(
        journal, lambda session: say_to(session, "two", 2).id, lambda session: commit(session, claim, 1)
    )
    assert joined == turn_id
    assert committed is False


def test_a_join_that_waited_for_a_commit_opens_another_turn(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    committed, joined = race(
        journal, lambda session: commit(session, claim, 1), lambda session: say_to(session, "two", 2).id
    )
    assert committed is True
    assert joined != turn_id


def test_a_commit_that_waited_for_danger_loses(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)

    def danger(session: Session) -> None:
        conversations.enter_careful(session, conversations.current(session, person_of(session)), clear=True)

    _, committed = race(journal, danger, lambda session: commit(session, claim, 1))
    assert committed is False


def test_only_the_oldest_open_turn_is_claimed(journal: Journal) -> None:
    first = opened(journal)
    change(journal, first, state="composed")
    second = opened(journal, "two", 2)
    assert journal.transact(lambda session: turns.claim(session, second)) is None
    assert journal.transact(turns.to_ring) == []
    change(journal, first, state="sent")
    assert journal.transact(lambda session: turns.next_of(session, first)) == (second, "compose")
    assert journal.transact(lambda session: turns.claim(session, second)) is not None


def test_attempts_are_counted_before_the_work_and_capped(journal: Journal) -> None:
    turn_id = opened(journal)
    for attempt in range(1, ATTEMPTS + 1):
        assert claimed(journal, turn_id).attempts == attempt
        change(journal, turn_id, lease_until=now() - PAST, ring_at=now() - PAST)
    assert journal.transact(lambda session: turns.claim(session, turn_id)) is None
    assert journal.transact(turns.to_ring) == []
    assert [dead.id for dead in journal.transact(turns.exhausted)] == [turn_id]


def test_a_failed_attempt_waits_its_back_off(journal: Journal) -> None:
    turn_id = opened(journal)
    for seconds in BACK_OFF_S:
        claim = claimed(journal, turn_id)
        assert journal.transact(partial(turns.put_back, claim=claim, failure="Transient: x"))
        wait = (turn(journal, turn_id).not_before - now()).total_seconds()
        assert seconds - 1 < wait <= seconds
        assert journal.transact(lambda session: turns.claim(session, turn_id)) is None
        change(journal, turn_id, not_before=now() - PAST)


def test_a_lost_lease_fences_every_write(journal: Journal) -> None:
    turn_id = opened(journal)
    slow = claimed(journal, turn_id)
    assert journal.transact(lambda session: turns.renew(session, slow))
    assert turn(journal, turn_id).lease_until is not None
    change(journal, turn_id, lease_until=now() - PAST)
    quick = claimed(journal, turn_id)
    assert not journal.transact(lambda session: turns.renew(session, slow))
    assert not journal.transact(lambda session: commit(session, slow, 1))
    assert not journal.transact(lambda session: turns.put_back(session, slow, "Transient"))
    assert not journal.transact(lambda session: turns.give_up(session, slow, "Permanent"))
    assert not journal.transact(lambda session: turns.compose_again(session, slow))
    assert journal.transact(lambda session: commit(session, quick, 1))


def test_after_two_compositions_a_turn_takes_no_more(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    for number in range(2, 2 + RECOMPOSITIONS):
        assert opened(journal, "more", number) == turn_id
        assert journal.transact(lambda session: turns.compose_again(session, claim))
    assert opened(journal, "yet more", 9) != turn_id
    assert journal.transact(lambda session: commit(session, claim, 1 + RECOMPOSITIONS))


def test_a_lost_doorbell_is_rung_once_in_a_while(journal: Journal) -> None:
    turn_id = opened(journal)
    assert journal.transact(turns.to_ring) == []  # it was rung after the commit
    change(journal, turn_id, ring_at=now() - PAST)
    assert journal.transact(turns.to_ring) == [(turn_id, "compose")]
    assert journal.transact(turns.to_ring) == []


def test_a_turn_that_waits_for_an_album_is_due_when_its_wait_is_over(journal: Journal) -> None:
    hold = timedelta(milliseconds=200)
    turn_id = journal.transact(lambda session: say_to(session, "one", 1, hold=hold).id)
    assert journal.transact(lambda session: turns.claim(session, turn_id)) is None
    assert journal.transact(lambda session: say_to(session, "two", 2, hold=hold).id) == turn_id
    change(journal, turn_id, not_before=now() - PAST)
    kept = turn(journal, turn_id)
    assert kept.ring_at - kept.opened_at < 2 * hold + timedelta(seconds=1), "nobody rings for it: the sweeper must"
    assert claimed(journal, turn_id).attempts == 1
    assert hold < LEASE


def test_a_turn_for_which_other_work_is_due_is_passed_on_at_once(journal: Journal) -> None:
    turn_id = opened(journal)
    claim = claimed(journal, turn_id)
    assert (
        journal.transact(lambda session: perceiving.pass_on(session, claim)) is None
    )  # the same work: nothing to pass on
    change(journal, turn_id, queue="perceive")
    assert journal.transact(lambda session: perceiving.pass_on(session, claim)) == (turn_id, "perceive")
    assert not journal.transact(lambda session: turns.renew(session, claim))
    assert journal.transact(lambda session: turns.claim(session, turn_id)) is None
    assert journal.transact(lambda session: turns.claim(session, turn_id, "perceive")) is not None


def test_a_recording_is_perceived_though_an_older_turn_is_open_and_composed_only_after_it(journal: Journal) -> None:
    first = opened(journal)
    claimed(journal, first)
    second = journal.transact(
        lambda session: say_to(session, None, 2, attachment=Recording(file_id="file", size=None, seconds=3.0)).id
    )
    assert second != first
    claim = journal.transact(lambda session: turns.claim(session, second, "perceive"))
    assert claim is not None
    assert journal.transact(lambda session: perceiving.perceived(session, claim)) == (second, "perceive")
    change(journal, second, queue="compose", state="perceived")
    assert journal.transact(lambda session: turns.claim(session, second)) is None
    change(journal, first, state="sent")
    assert journal.transact(lambda session: turns.claim(session, second)) is not None
