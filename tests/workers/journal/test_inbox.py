"""The inbox: kept once, claimed by one, handled in Telegram's order, forgotten in time."""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT, person_of
from workers.journal import inbox
from workers.journal.database import Journal
from workers.journal.inbox import Arrival, Claimed
from workers.journal.tables import Inbox, now

PAST = timedelta(minutes=5)


def arrive(session: Session, update_id: int, message_id: int = 0, chat_id: int | None = 1, raw: str = "{}") -> bool:
    arrival = Arrival(BOT, update_id, chat_id, message_id or update_id, raw)
    return inbox.store(session, arrival, person_of(session) if chat_id == 1 else None)


def claim(journal: Journal, chat_id: int | None = 1) -> Claimed | None:
    return journal.transact(lambda session: inbox.claim(session, BOT, chat_id))


def change(journal: Journal, **values: Any) -> None:
    journal.transact(lambda session: session.execute(update(Inbox).values(**values)))


def row(journal: Journal, update_id: int) -> Inbox:
    with journal.read() as session:
        return session.get_one(Inbox, (BOT, update_id))


def test_an_update_that_comes_twice_is_kept_once(journal: Journal) -> None:
    assert journal.transact(partial(arrive, update_id=7, raw='{"n": 1}'))
    assert not journal.transact(partial(arrive, update_id=7, raw='{"n": 2}'))
    found = claim(journal)
    assert found is not None
    assert found.raw == '{"n": 1}'


def test_a_chat_is_handled_in_the_order_of_its_messages(journal: Journal) -> None:
    for update_id, message_id in ((5, 30), (6, 10), (7, 20), (8, 20)):
        journal.transact(partial(arrive, update_id=update_id, message_id=message_id))
    order = []
    while (found := claim(journal)) is not None:
        order.append(found.update_id)
        assert journal.transact(partial(inbox.handled, claimed=found))
    assert order == [6, 7, 8, 5]


def test_the_next_row_of_a_chat_waits_for_the_one_that_is_held(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1))
    journal.transact(partial(arrive, update_id=2))
    first = claim(journal)
    assert first is not None
    assert claim(journal) is None
    change(journal, lease_until=now() - PAST)
    again = claim(journal)
    assert again is not None
    assert (again.update_id, again.attempts) == (1, 2)
    assert not journal.transact(partial(inbox.handled, claimed=first)), "whose lease is over changes nothing"
    assert journal.transact(partial(inbox.handled, claimed=again))
    following = claim(journal)
    assert following is not None
    assert following.update_id == 2


def test_chats_wait_for_nobody_but_themselves(journal: Journal) -> None:
    for number, chat in enumerate((1, -5, None), start=1):
        journal.transact(partial(arrive, update_id=number, chat_id=chat))
    assert claim(journal, 1) is not None
    with journal.read() as session:
        assert inbox.waiting_chats(session, BOT) == [-5, None]
    assert claim(journal, None) is not None
    assert claim(journal, -5) is not None


def test_a_handled_row_keeps_its_key_and_nothing_else_for_fourteen_days(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1, raw='{"words": "x"}'))
    found = claim(journal)
    assert found is not None
    journal.transact(partial(inbox.handled, claimed=found))
    assert row(journal, 1).payload is None
    assert not journal.transact(partial(arrive, update_id=1))
    change(journal, received_at=now() - timedelta(days=13))
    assert journal.transact(inbox.sweep_keys) == 0
    change(journal, received_at=now() - timedelta(days=15))
    assert journal.transact(inbox.sweep_keys) == 1
    assert journal.transact(partial(arrive, update_id=1))


def test_what_still_waits_is_never_swept(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1))
    change(journal, received_at=now() - timedelta(days=30))
    assert journal.transact(inbox.sweep_keys) == 0


def test_a_row_given_up_names_a_class_and_keeps_no_payload(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1))
    found = claim(journal)
    assert found is not None
    journal.transact(partial(inbox.died, claimed=found, failure="ValueError" * 20))
    dead = row(journal, 1)
    assert (dead.state, dead.payload, len(dead.failure or "")) == ("dead", None, 80)
    assert claim(journal) is None


def test_a_released_row_comes_again_after_its_wait(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1))
    found = claim(journal)
    assert found is not None
    journal.transact(partial(inbox.release, claimed=found, seconds=60, failure="KeyError"))
    assert claim(journal) is None
    change(journal, lease_until=now() - PAST)
    assert claim(journal) is not None


def test_a_payload_is_sealed_and_a_claim_shows_no_words(journal: Journal) -> None:
    journal.transact(partial(arrive, update_id=1, raw="zebra-canary"))
    journal.transact(partial(arrive, update_id=2, chat_id=-5, raw="zebra-canary"))
    assert b"zebra" not in (row(journal, 1).payload or b"zebra")
    assert b"zebra" not in (row(journal, 2).payload or b"zebra")
    assert "zebra" not in repr(claim(journal))
    assert "zebra" not in repr(Arrival(BOT, 1, 1, 1, "zebra-canary"))
