"""Speeches: claimed by one, fenced, kept once, given up with what is written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT, person_of, say_to
from workers.journal import conversations, offers, outbox, speeches
from workers.journal.database import Journal
from workers.journal.outbox import WRITTEN, Letter
from workers.journal.people import key_of
from workers.journal.speeches import BESIDE, INSTEAD, Spoken
from workers.journal.tables import Outbox, Turn, now
from workers.journal.turns import Claim

NOTE = Spoken(b"OggS and the rest", 2.4)
FORMS = pytest.mark.parametrize("form", [INSTEAD, BESIDE])


def answered(journal: Journal, form: str | None, message_id: int = 5) -> int:
    """A turn whose answer waits in the outbox, to be spoken."""

    def write(session: Session) -> int:
        turn = say_to(session, "hello", message_id)
        person = person_of(session)
        turn.state, turn.answer = "composed", key_of(session, person).seal("an answer")
        turn.decisions = {"language": "en"}
        if form is not None:
            speeches.want(turn, form)
        held = turn.speak_by if form == INSTEAD else None
        letter = Letter({"text": "an answer"}, "reply", "text", last=True, answers=5, not_before=held)
        outbox.put_of_turn(session, turn, letter, person, conversations.current(session, person))
        return turn.id

    return journal.transact(write)


def claimed(journal: Journal, turn_id: int) -> Claim:
    claim = journal.transact(lambda session: speeches.claim(session, turn_id))
    assert claim is not None
    return claim


def change(journal: Journal, turn_id: int, **values: object) -> None:
    def write(session: Session) -> None:
        turn = session.get_one(Turn, turn_id)
        for name, value in values.items():
            setattr(turn, name, value)

    journal.transact(write)


def letters(journal: Journal) -> list[tuple[str, str, str]]:
    with journal.read() as session:
        return [(row.part, row.method, row.state) for row in session.scalars(select(Outbox).order_by(Outbox.id))]


@FORMS
def test_one_speaker_at_a_time_and_the_attempt_is_counted_before(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    assert claimed(journal, turn_id).attempts == 1
    assert journal.transact(lambda session: speeches.claim(session, turn_id)) is None
    change(journal, turn_id, lease_until=now() - timedelta(seconds=1))
    assert claimed(journal, turn_id).attempts == 2


def test_what_nobody_wants_spoken_is_not_claimed(journal: Journal) -> None:
    turn_id = answered(journal, None)
    assert journal.transact(lambda session: speeches.claim(session, turn_id)) is None
    assert journal.transact(speeches.to_ring) == []


def test_a_voice_in_place_of_the_answer_takes_its_row(journal: Journal) -> None:
    turn_id = answered(journal, INSTEAD)
    claim = claimed(journal, turn_id)
    assert journal.transact(lambda session: speeches.keep(session, claim, NOTE))
    assert letters(journal) == [("text", "sendVoice", "queued")]
    with journal.read() as session:
        (row_id, _, _) = outbox.waiting(session, BOT)[0]
    due = journal.transact(lambda session: outbox.begin(session, row_id))
    assert due is not None
    assert due.last
    assert due.body["duration"] == 2
    assert due.body[WRITTEN] == {"text": "an answer"}
    assert journal.transact(lambda session: outbox.sent(session, row_id, 77)) == turn_id


def test_a_voice_beside_the_answer_is_one_more_row(journal: Journal) -> None:
    turn_id = answered(journal, BESIDE)
    claim = claimed(journal, turn_id)
    assert journal.transact(lambda session: speeches.keep(session, claim, NOTE))
    assert letters(journal) == [("text", "sendMessage", "queued"), ("voice", "sendVoice", "queued")]


@FORMS
def test_a_speaker_who_lost_the_lease_writes_nothing(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    slow = claimed(journal, turn_id)
    change(journal, turn_id, lease_until=now() - timedelta(seconds=1))
    quick = claimed(journal, turn_id)
    assert not journal.transact(lambda session: speeches.keep(session, slow, NOTE))
    assert journal.transact(lambda session: speeches.keep(session, quick, NOTE))
    assert not journal.transact(lambda session: speeches.keep(session, quick, NOTE))
    assert sum(method == "sendVoice" for _, method, _ in letters(journal)) == 1


def test_an_answer_that_is_under_way_is_not_spoken_any_more(journal: Journal) -> None:
    turn_id = answered(journal, INSTEAD)
    claim = claimed(journal, turn_id)

    def begin(session: Session) -> None:
        row = session.scalars(select(Outbox)).one()
        outbox.begin(session, row.id)
        outbox.postpone(session, row.id, now(), "nobody knows whether it arrived")

    journal.transact(begin)
    assert not journal.transact(lambda session: speeches.keep(session, claim, NOTE))
    assert letters(journal) == [("text", "sendMessage", "queued")]


@FORMS
def test_a_voice_of_a_voided_conversation_is_not_kept(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    claim = claimed(journal, turn_id)

    def void(session: Session) -> None:
        conversations.begin_afresh(session, person_of(session))

    journal.transact(void)
    assert not journal.transact(lambda session: speeches.keep(session, claim, NOTE))
    assert letters(journal) == [("text", "sendMessage", "cancelled")]


@FORMS
def test_after_the_last_attempt_the_person_is_told_in_writing(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    for _ in range(speeches.ATTEMPTS):
        claim = claimed(journal, turn_id)
        journal.transact(lambda session, claim=claim: speeches.put_back(session, claim))
        change(journal, turn_id, lease_until=now() - timedelta(seconds=1))
    assert journal.transact(lambda session: speeches.claim(session, turn_id)) is None
    with journal.read() as session:
        assert session.get_one(Turn, turn_id).speech == "failed"
        rows = session.scalars(select(Outbox).order_by(Outbox.id)).all()
        assert [row.method for row in rows] == ["sendMessage"] * len(rows)
        assert rows[0].not_before is None
    assert len(letters(journal)) == (1 if form == INSTEAD else 2)


@FORMS
def test_a_lost_doorbell_is_rung_again_and_not_at_every_look(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    assert journal.transact(speeches.to_ring) == []
    change(journal, turn_id, ring_at=now() - timedelta(seconds=1))
    assert journal.transact(speeches.to_ring) == [(turn_id, "render")]
    assert journal.transact(speeches.to_ring) == []


@FORMS
def test_what_nobody_spoke_in_time_is_overdue(journal: Journal, form: str) -> None:
    turn_id = answered(journal, form)
    assert journal.transact(lambda session: len(speeches.overdue(session))) == 0
    change(journal, turn_id, speak_by=now() - timedelta(seconds=1))
    assert journal.transact(lambda session: speeches.claim(session, turn_id)) is None
    assert journal.transact(lambda session: len(speeches.overdue(session))) == 1


def test_a_voice_note_that_was_under_way_when_the_bot_ended_comes_in_writing(journal: Journal) -> None:
    turn_id = answered(journal, INSTEAD)
    claim = claimed(journal, turn_id)
    journal.transact(lambda session: speeches.keep(session, claim, NOTE))
    with journal.read() as session:
        (row_id, _, _) = outbox.waiting(session, BOT)[0]
    journal.transact(lambda session: outbox.begin(session, row_id))
    assert journal.transact(lambda session: outbox.refuse(session, row_id, "under way when the bot ended")) is None
    due = journal.transact(lambda session: outbox.begin(session, row_id))
    assert due is not None
    assert (due.method, due.purpose, due.body, due.attempts) == ("sendMessage", "reply", {"text": "an answer"}, 1)
    assert journal.transact(lambda session: outbox.refuse(session, row_id, "never")) == turn_id


def test_speaker_and_sender_in_the_same_moment_say_it_once(journal: Journal) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(5, 20):
            turn_id = answered(journal, INSTEAD, number)
            claim = claimed(journal, turn_id)
            with journal.read() as session:
                row_id = session.scalars(select(Outbox.id).where(Outbox.turn_id == turn_id)).one()
            together = Barrier(2)

            def keep(claim: Claim = claim, together: Barrier = together) -> bool:
                together.wait()
                return journal.transact(lambda session: speeches.keep(session, claim, NOTE))

            def begin(row_id: int = row_id, together: Barrier = together) -> str:
                together.wait()
                due = journal.transact(lambda session: outbox.begin(session, row_id))
                assert due is not None
                return due.method

            kept, method = threads.submit(keep), threads.submit(begin)
            assert kept.result() == (method.result() == "sendVoice")


def test_a_press_in_the_moment_of_the_next_answer_is_heard_or_told_that_it_is_late(journal: Journal) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(5, 15):
            turn_id = answered(journal, None, number)
            change(journal, turn_id, speech="offered")
            together = Barrier(2)

            def press(turn_id: int = turn_id, together: Barrier = together) -> str:
                together.wait()
                return journal.transact(lambda session: speeches.ask(session, person_of(session), turn_id))

            def withdraw(together: Barrier = together) -> None:
                together.wait()
                journal.transact(lambda session: offers.withdraw(session, person_of(session)))

            told, gone = threads.submit(press), threads.submit(withdraw)
            gone.result()
            with journal.read() as session:
                left = session.get_one(Turn, turn_id).speech
            assert (told.result(), left) in {("asked", BESIDE), ("stale", None)}
