"""The outbox: written once, one chat's letters in order, danger first, void with its conversation."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT, person_of, say_to
from workers.journal import conversations, inbox, outbox
from workers.journal.database import Journal
from workers.journal.inbox import Arrival
from workers.journal.outbox import DANGER, URGENT, Letter
from workers.journal.tables import Outbox, Turn, now


def put(session: Session, part: str, origin: str = "u:1", chat: int = 1, **more: object) -> bool:
    letter = Letter({"text": f"letter {part}"}, "answer", part, **more)  # type: ignore[arg-type]
    return outbox.put(session, BOT, chat, origin, letter, person=person_of(session, chat))


def answer(session: Session, **more: object) -> int:
    """A composed turn with its one letter; returns the turn's id."""
    turn = say_to(session, "hello", 5)
    turn.state = "composed"
    person = person_of(session)
    letter = Letter({"text": "an answer"}, "reply", "text", last=True, answers=5, **more)  # type: ignore[arg-type]
    conversation = conversations.current(session, person)
    outbox.put(session, BOT, 1, f"t:{turn.id}", letter, person=person, turn=turn, conversation=conversation)
    return turn.id


def waiting(journal: Journal) -> list[int]:
    with journal.read() as session:
        return [row_id for row_id, _, _ in outbox.waiting(session, BOT)]


def state(journal: Journal, turn_id: int) -> str:
    with journal.read() as session:
        return session.get_one(Turn, turn_id).state


def test_the_same_letter_is_queued_once(journal: Journal) -> None:
    assert journal.transact(partial(put, part="a1"))
    assert not journal.transact(partial(put, part="a1"))
    assert journal.transact(partial(put, part="a2"))
    assert journal.transact(partial(put, part="a1", origin="u:2"))


def test_each_chat_offers_its_next_letter_and_danger_comes_first(journal: Journal) -> None:
    for part, chat, priority in (("a", 1, 5), ("b", 1, 5), ("c", 2, 5), ("d", 3, DANGER), ("e", 2, URGENT)):
        journal.transact(partial(put, part=part, chat=chat, priority=priority))
    with journal.read() as session:
        parts = {row.id: row.part for row in session.scalars(select(Outbox))}
    assert [parts[row_id] for row_id in waiting(journal)] == ["d", "e", "a"]


def test_a_postponed_letter_holds_its_own_chat_only(journal: Journal) -> None:
    journal.transact(partial(put, part="a", chat=1, not_before=now() + timedelta(hours=1)))
    journal.transact(partial(put, part="b", chat=1))
    journal.transact(partial(put, part="c", chat=2))
    with journal.read() as session:
        assert [chat for _, chat, _ in outbox.waiting(session, BOT)] == [2]


def test_a_sent_answer_ends_its_turn_and_keeps_no_body(journal: Journal) -> None:
    turn_id = journal.transact(answer)
    (row_id,) = waiting(journal)
    due = journal.transact(partial(outbox.begin, row_id=row_id))
    assert due is not None
    assert (due.body, due.attempts, due.last) == ({"text": "an answer"}, 1, True)
    assert "an answer" not in repr(due)
    assert state(journal, turn_id) == "sending"
    assert journal.transact(partial(outbox.sent, row_id=row_id, message_id=77)) == turn_id
    assert state(journal, turn_id) == "sent"
    with journal.read() as session:
        row = session.get_one(Outbox, row_id)
        assert (row.body, row.sent_message_id, row.state) == (None, 77, "sent")
    assert journal.transact(partial(outbox.begin, row_id=row_id)) is None


def test_a_result_that_comes_twice_counts_once(journal: Journal) -> None:
    turn_id = journal.transact(answer)
    (row_id,) = waiting(journal)
    assert journal.transact(partial(outbox.sent, row_id=row_id, message_id=77)) == turn_id
    assert journal.transact(partial(outbox.sent, row_id=row_id, message_id=77)) is None


def test_an_answer_of_an_older_epoch_is_never_begun_and_its_turn_ends(journal: Journal) -> None:
    turn_id = journal.transact(answer)
    (row_id,) = waiting(journal)

    def raise_epoch(session: Session) -> None:
        conversations.current(session, person_of(session)).epoch += 1

    journal.transact(raise_epoch)
    assert journal.transact(partial(outbox.begin, row_id=row_id)) is None
    assert waiting(journal) == []
    assert state(journal, turn_id) == "cancelled"


def test_what_can_never_be_sent_ends_its_turn(journal: Journal) -> None:
    turn_id = journal.transact(answer)
    (row_id,) = waiting(journal)
    assert journal.transact(partial(outbox.refuse, row_id=row_id, failure="BadRequest")) == turn_id
    assert state(journal, turn_id) == "dead"
    assert waiting(journal) == []


def test_an_answer_quotes_its_message_when_a_newer_one_is_there(journal: Journal) -> None:
    journal.transact(answer)
    (row_id,) = waiting(journal)
    due = journal.transact(partial(outbox.begin, row_id=row_id))
    assert due is not None
    assert "reply_parameters" not in due.body
    newer = Arrival(BOT, 900, 1, 6, "{}")
    journal.transact(lambda session: inbox.store(session, newer, person_of(session)))
    due = journal.transact(partial(outbox.begin, row_id=row_id))
    assert due is not None
    assert due.body["reply_parameters"] == {"message_id": 5, "allow_sending_without_reply": True}


def test_who_blocked_heed_is_sent_nothing(journal: Journal) -> None:
    turn_id = journal.transact(answer)
    journal.transact(partial(put, part="b"))
    journal.transact(lambda session: outbox.silence(session, person_of(session).id))
    assert waiting(journal) == []
    assert state(journal, turn_id) == "refused"


def test_a_letter_of_nobody_is_sealed_with_the_house_key(journal: Journal) -> None:
    letter = Letter({"text": "zebra-canary"}, "notice", "a")
    journal.transact(lambda session: outbox.put(session, BOT, -5, "u:1", letter))
    with journal.read() as session:
        assert b"zebra" not in (session.scalars(select(Outbox)).one().body or b"zebra")
    (row_id,) = waiting(journal)
    due = journal.transact(partial(outbox.begin, row_id=row_id))
    assert due is not None
    assert due.body == {"text": "zebra-canary"}
    assert "zebra" not in repr(letter)
