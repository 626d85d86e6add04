"""Readings: stored under a consent alone, sealed, and gone when their time is over."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import person_of, say_to
from workers.journal import consents, conversations, erasing, export, outbox, readings, retention
from workers.journal.database import Journal
from workers.journal.outbox import Letter
from workers.journal.readings import TEXT, VOICE, Felt
from workers.journal.tables import Consent, Conversation, Outbox, Person, Reading, Turn, now

FEAR = {"fear": 0.6125, "sadness": 0.3875}
DIARY = timedelta(days=365)


def felt(message_id: int = 1, modality: str = VOICE, **more: Any) -> Felt:
    values: dict[str, Any] = {"probabilities": FEAR, "valence": -0.64, "arousal": 0.25}
    return Felt(message_id, modality, "voice-eight-3", **(values | more))


def allow(session: Session, *kinds: str) -> Person:
    person = person_of(session)
    for kind in kinds or ("readings",):
        consents.give(session, person, kind, True)
    return person


def read_one(session: Session, *kinds: str, modality: str = VOICE) -> int:
    """A turn with one reading. Returns the turn's id."""
    person = allow(session, "readings", *kinds)
    turn = say_to(session, "it happened again", 1)
    assert readings.add(session, person, turn.id, felt(modality=modality))
    return turn.id


def stored(journal: Journal) -> int:
    with journal.read() as session:
        return session.scalar(select(func.count()).select_from(Reading)) or 0


def end(session: Session, turn_id: int, state: str) -> None:
    session.execute(update(Turn).where(Turn.id == turn_id).values(state=state, closed_at=now()))


def send_the_answer(session: Session, turn_id: int) -> None:
    """What composing and the sender do."""
    turn = session.get_one(Turn, turn_id)
    turn.state = "composed"
    outbox.put_of_turn(session, turn, Letter({"text": "yes"}, "reply", "text", last=True), person_of(session))
    letter = session.scalars(select(Outbox.id).where(Outbox.turn_id == turn_id)).one()
    assert outbox.begin(session, letter) is not None
    assert outbox.sent(session, letter, 7) == turn_id


def test_a_reading_is_sealed_and_opens_as_what_was_stored(journal: Journal) -> None:
    turn_id = journal.transact(read_one)
    with journal.read() as session:
        row = session.scalars(select(Reading)).one()
        assert row.estimate is not None
        assert b"fear" not in row.estimate
        assert (row.modality, row.model, row.consent) == (VOICE, "voice-eight-3", consents.VERSION)
        assert readings.of_turn(session, person_of(session), turn_id) == [felt()]


def test_an_abstention_is_kept_with_its_reason_and_nothing_else(journal: Journal) -> None:
    def read(session: Session) -> None:
        turn = say_to(session, "hm", 1)
        empty = Felt(1, TEXT, "text-en-1", abstained="unsure")
        assert readings.add(session, allow(session), turn.id, empty)

    journal.transact(read)
    with journal.read() as session:
        row = session.scalars(select(Reading)).one()
        assert (row.estimate, row.abstained) == (None, "unsure")
        (_, opened), *_ = readings.of_person(session, person_of(session))
        assert opened.abstained == "unsure"


def undecided(session: Session, person: Person) -> None:
    assert consents.latest(session, person.id) == {}


def withdrawn(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", True)
    consents.give(session, person, "readings", False)


def paused(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", True)
    person.paused = True


def minor(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", True)
    person.minor = True


def diary_alone(session: Session, person: Person) -> None:
    consents.give(session, person, "diary", True)


@pytest.mark.parametrize("state", [undecided, withdrawn, paused, minor, diary_alone])
@pytest.mark.parametrize("modality", [TEXT, VOICE])
def test_without_a_standing_yes_no_row_is_written(
    journal: Journal, state: Callable[[Session, Person], None], modality: str
) -> None:
    def read(session: Session) -> bool:
        person, turn = person_of(session), say_to(session, "it happened again", 1)
        state(session, person)
        return readings.add(session, person, turn.id, felt(modality=modality))

    assert not journal.transact(read)
    assert stored(journal) == 0


def test_a_yes_to_words_that_did_not_speak_of_voices_covers_no_voice(journal: Journal) -> None:
    def agree(session: Session) -> Person:
        person = person_of(session)
        session.add(Consent(person_id=person.id, kind="readings", granted=True, version="2026-11"))
        session.flush()
        return person

    person = journal.transact(agree)
    with journal.read() as session:
        assert readings.allowed(session, person, VOICE) is None
        assert readings.allowed(session, person, TEXT) == "2026-11"


def test_the_words_of_today_cover_every_modality(journal: Journal) -> None:
    person = journal.transact(allow)
    with journal.read() as session:
        covered = {modality: readings.allowed(session, person, modality) for modality in readings.COVERED_SINCE}
    assert set(covered.values()) == {consents.VERSION}


@pytest.mark.parametrize(
    ("version", "since", "speaks"),
    [
        ("2026-11", "2026-11", True),
        ("2026-11", "2026-11.2", False),
        ("2026-11.2", "2026-11.3", False),
        ("2026-11.10", "2026-11.9", True),
        ("2026-11.10", "2026-11.2", True),
        ("2026-9", "2026-11", False),
        ("2027-01", "2026-11.3", True),
    ],
)
def test_newer_words_are_known_by_their_number_and_not_by_its_letters(version: str, since: str, speaks: bool) -> None:
    assert consents.speaks_of(version, since) is speaks


def test_a_message_read_again_has_one_reading_of_a_modality(journal: Journal) -> None:
    turn_id = journal.transact(read_one)

    def again(session: Session) -> None:
        person = person_of(session)
        assert readings.add(session, person, turn_id, felt(valence=0.5))
        assert readings.add(session, person, turn_id, felt(modality=TEXT))

    journal.transact(again)
    with journal.read() as session:
        kept = readings.of_turn(session, person_of(session), turn_id)
    assert [(each.modality, each.valence) for each in kept] == [(TEXT, -0.64), (VOICE, 0.5)]


def test_a_reading_goes_in_the_transaction_that_records_its_answer_as_sent(journal: Journal) -> None:
    turn_id = journal.transact(read_one)
    assert stored(journal) == 1
    journal.transact(partial(send_the_answer, turn_id=turn_id))
    assert stored(journal) == 0


def test_with_the_diary_a_reading_stays_when_its_answer_was_sent(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: read_one(session, "diary"))
    journal.transact(partial(send_the_answer, turn_id=turn_id))
    journal.transact(lambda session: retention.sweep_readings(session, DIARY))
    assert stored(journal) == 1


@pytest.mark.parametrize("state", ["dead", "cancelled", "refused", "merged"])
def test_the_reading_of_a_turn_that_ended_otherwise_is_swept(journal: Journal, state: str) -> None:
    turn_id = journal.transact(read_one)
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 0
    journal.transact(partial(end, turn_id=turn_id, state=state))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 1
    assert stored(journal) == 0


def test_a_diary_that_is_switched_off_lets_go_of_its_readings(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: read_one(session, "diary"))
    journal.transact(partial(end, turn_id=turn_id, state="sent"))
    journal.transact(lambda session: consents.give(session, person_of(session), "diary", False))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 1


def test_the_diary_keeps_a_reading_for_its_days_and_no_longer(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: read_one(session, "diary"))
    journal.transact(partial(end, turn_id=turn_id, state="sent"))
    journal.transact(lambda session: session.execute(update(Reading).values(at=now() - DIARY + timedelta(hours=1))))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 0
    journal.transact(lambda session: session.execute(update(Reading).values(at=now() - DIARY - timedelta(hours=1))))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 1


def test_who_wants_nothing_kept_has_no_reading_after_the_conversation(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: read_one(session, "diary"))
    journal.transact(partial(end, turn_id=turn_id, state="sent"))
    journal.transact(lambda session: setattr(person_of(session), "keep_nothing", True))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 0
    journal.transact(lambda session: conversations.close(session, session.scalars(select(Conversation)).one()))
    assert journal.transact(lambda session: retention.sweep_readings(session, DIARY)) == 1


def test_forgetting_a_person_or_their_last_message_takes_the_reading_along(journal: Journal) -> None:
    journal.transact(lambda session: read_one(session, "diary"))
    assert journal.transact(lambda session: erasing.forget_message(session, person_of(session), origin="u:2"))
    assert stored(journal) == 0
    journal.transact(lambda session: readings.add(session, person_of(session), say_to(session, "x", 2).id, felt(2)))
    assert stored(journal) == 1
    journal.transact(lambda session: erasing.forget(session, person_of(session), origin="u:3", goodbye=None))
    assert stored(journal) == 0


def test_the_export_holds_readings_in_numbers_a_person_can_read(journal: Journal) -> None:
    journal.transact(lambda session: read_one(session, "diary"))
    with journal.read() as session:
        (held,) = export.everything(session, person_of(session))["readings"]
    assert json.loads(json.dumps(held))["probabilities"] == FEAR
    assert (held["from"], held["valence"], held["consent"]) == (VOICE, -0.64, consents.VERSION)


def test_the_readings_of_others_are_nobodys_business(journal: Journal) -> None:
    journal.transact(read_one)
    with journal.read() as session:
        other = person_of(session, telegram_id=2)
        assert readings.of_person(session, other) == []
