"""The course of feelings: one sealed row a turn, with the diary alone, and gone when its time is over."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import person_of, say_to
from workers.journal import consents, conversations, emotion_log, erasing, export, readings, retention
from workers.journal.database import Journal
from workers.journal.readings import FACE, TEXT, VOICE, Felt
from workers.journal.tables import Conversation, EmotionLog, Person, Turn, now

FEAR = {"fear": 0.6125, "sadness": 0.3875}
DIARY = timedelta(days=365)
FUSED = Felt(1, "fused", "fusion-1", FEAR, -0.64, 0.25)


def keep(session: Session, fused: Felt = FUSED, of: tuple[str, ...] = (TEXT, VOICE), message_id: int = 1) -> bool:
    """A turn with a row of its own."""
    turn = say_to(session, "it happened again", message_id)
    return emotion_log.write(session, person_of(session), turn.id, fused, of, now())


def with_diary(session: Session) -> Person:
    person = person_of(session)
    for kind in ("readings", "diary"):
        consents.give(session, person, kind, True)
    return person


def kept(session: Session) -> bool:
    with_diary(session)
    return keep(session)


def rows(journal: Journal) -> int:
    with journal.read() as session:
        return session.scalar(select(func.count()).select_from(EmotionLog)) or 0


def test_a_row_is_sealed_and_opens_as_what_was_stored(journal: Journal) -> None:
    assert journal.transact(kept)
    with journal.read() as session:
        row = session.scalars(select(EmotionLog)).one()
        assert row.estimate is not None
        assert b"fear" not in row.estimate
        assert (row.modalities, row.model, row.consent) == ("text,voice", "fusion-1", consents.VERSION)
        assert row.at.tzinfo is not None
        (moment,) = emotion_log.moments(session, person_of(session))
        assert (dict(moment.fused.probabilities), moment.fused.valence, moment.of) == (FEAR, -0.64, (TEXT, VOICE))
        assert moment.fused.modality == "fused"
        assert "0.61" not in repr(moment)


def test_of_one_modality_the_row_says_which(journal: Journal) -> None:
    def read(session: Session) -> None:
        with_diary(session)
        keep(session, FUSED, (FACE,))

    journal.transact(read)
    with journal.read() as session:
        (moment,) = emotion_log.moments(session, person_of(session))
        assert (moment.of, moment.fused.modality) == ((FACE,), FACE)


def test_an_abstention_is_kept_with_its_reason_and_counts_as_no_mark(journal: Journal) -> None:
    def read(session: Session) -> None:
        with_diary(session)
        assert keep(session, Felt(1, "fused", "fusion-1", abstained="disagreement"), (FACE, TEXT))
        session.execute(update(Turn).values(state="sent", closed_at=now()))
        assert keep(session, Felt(2, "text", "text-1", abstained="unsure"), (), 2)

    journal.transact(read)
    with journal.read() as session:
        person = person_of(session)
        assert emotion_log.count(session, person, now() - DIARY) == 0
        assert [moment.fused.abstained for moment in emotion_log.moments(session, person)] == [
            "disagreement", "unsure",
        ]  # fmt: skip


def test_a_turn_that_is_composed_again_has_one_row(journal: Journal) -> None:
    def read(session: Session) -> None:
        person, turn = with_diary(session), say_to(session, "hm", 1)
        for valence in (0.5, -0.5):
            felt = Felt(1, "fused", "fusion-1", FEAR, valence, 0.0)
            assert emotion_log.write(session, person, turn.id, felt, (TEXT,), now())

    journal.transact(read)
    assert rows(journal) == 1
    with journal.read() as session:
        assert emotion_log.moments(session, person_of(session))[0].fused.valence == -0.5


def undecided(session: Session, person: Person) -> None:
    assert consents.latest(session, person.id) == {}


def readings_alone(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", True)


def diary_alone(session: Session, person: Person) -> None:
    consents.give(session, person, "diary", True)


def diary_withdrawn(session: Session, person: Person) -> None:
    with_diary(session)
    consents.give(session, person, "diary", False)


def readings_withdrawn(session: Session, person: Person) -> None:
    with_diary(session)
    consents.give(session, person, "readings", False)


def paused(session: Session, person: Person) -> None:
    with_diary(session)
    person.paused = True


def minor(session: Session, person: Person) -> None:
    with_diary(session)
    person.minor = True


@pytest.mark.parametrize(
    "state", [undecided, readings_alone, diary_alone, diary_withdrawn, readings_withdrawn, paused, minor]
)
@pytest.mark.parametrize("of", [(TEXT,), (TEXT, VOICE, FACE), ()])
def test_without_both_consents_standing_no_row_is_written(
    journal: Journal, state: Callable[[Session, Person], None], of: tuple[str, ...]
) -> None:
    def read(session: Session) -> bool:
        state(session, person_of(session))
        return keep(session, FUSED, of)

    assert not journal.transact(read)
    assert rows(journal) == 0


def test_a_row_goes_with_its_turn(journal: Journal) -> None:
    journal.transact(kept)
    assert journal.transact(lambda session: erasing.forget_message(session, person_of(session), origin="u:9"))
    assert rows(journal) == 0


def test_whoever_is_forgotten_leaves_no_row(journal: Journal) -> None:
    journal.transact(kept)
    journal.transact(lambda s: erasing.forget(s, person_of(s), origin="u:9", goodbye=None))
    assert rows(journal) == 0


def test_the_export_holds_the_course_as_one_can_read_it(journal: Journal) -> None:
    journal.transact(kept)
    with journal.read() as session:
        (row,) = json.loads(json.dumps(export.everything(session, person_of(session))))["course_of_feelings"]
    assert (row["from"], row["model"], row["probabilities"]) == (["text", "voice"], "fusion-1", FEAR)
    assert (row["valence"], row["not_estimated_because"]) == (-0.64, None)


def sweep(journal: Journal) -> int:
    return journal.transact(lambda session: retention.sweep_log(session, DIARY))


def test_with_the_diary_a_row_stays_for_as_long_as_the_diary(journal: Journal) -> None:
    journal.transact(kept)
    assert sweep(journal) == 0
    journal.transact(lambda s: s.execute(update(EmotionLog).values(at=now() - DIARY + timedelta(hours=1))))
    assert sweep(journal) == 0
    journal.transact(lambda s: s.execute(update(EmotionLog).values(at=now() - DIARY - timedelta(hours=1))))
    assert (sweep(journal), rows(journal)) == (1, 0)


def test_a_diary_that_is_switched_off_takes_its_course_with_it(journal: Journal) -> None:
    journal.transact(kept)
    journal.transact(lambda session: consents.give(session, person_of(session), "diary", False))
    assert (sweep(journal), rows(journal)) == (1, 0)


def test_where_nothing_is_to_be_kept_the_course_ends_with_the_conversation(journal: Journal) -> None:
    journal.transact(kept)
    journal.transact(lambda session: setattr(person_of(session), "keep_nothing", True))
    assert sweep(journal) == 0
    ended = now() - conversations.IDLE - timedelta(minutes=1)
    journal.transact(lambda session: session.execute(update(Conversation).values(last_at=ended)))
    assert (sweep(journal), rows(journal)) == (1, 0)


def test_another_persons_course_is_not_seen(journal: Journal) -> None:
    journal.transact(kept)
    with journal.write() as session:
        other = person_of(session, 2)
        assert emotion_log.moments(session, other) == []
        assert emotion_log.count(session, other, now() - DIARY) == 0


def test_the_readings_stand_beside_what_they_come_to(journal: Journal) -> None:
    def read(session: Session) -> None:
        person, turn = with_diary(session), say_to(session, "hm", 1)
        readings.add(session, person, turn.id, Felt(1, VOICE, "voice-1", FEAR, -0.2, 0.1))
        readings.add(session, person, turn.id, Felt(1, TEXT, "text-1", abstained="unsure"))
        emotion_log.write(session, person, turn.id, FUSED, (VOICE,), now())

    journal.transact(read)
    with journal.read() as session:
        (moment,) = emotion_log.moments(session, person_of(session), now() - timedelta(days=1))
        assert [(felt.modality, felt.abstained) for felt in moment.readings] == [(TEXT, "unsure"), (VOICE, None)]
