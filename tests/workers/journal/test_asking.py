"""The question whether feelings may be estimated: once, and never in danger."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import person_of, say_to
from workers.journal import consents, conversations
from workers.journal.asking import ask_for_readings
from workers.journal.database import Journal
from workers.journal.tables import Consent, Conversation, Outbox, Person


def ask(session: Session, message_id: int = 1) -> bool:
    person = person_of(session)
    turn = say_to(session, "hello", message_id)
    return ask_for_readings(session, person, conversations.current(session, person), turn)


def test_it_is_queued_once_and_not_again_though_nobody_answered(journal: Journal) -> None:
    assert journal.transact(ask)
    assert not journal.transact(lambda session: ask(session, 2))
    with journal.read() as session:
        assert [letter.purpose for letter in session.scalars(select(Outbox))] == ["ask"]
        assert person_of(session).readings_asked_at is not None


def test_a_question_that_danger_overtakes_is_taken_back(journal: Journal) -> None:
    journal.transact(ask)
    journal.transact(
        lambda session: conversations.enter_careful(session, session.scalars(select(Conversation)).one(), clear=True)
    )
    with journal.read() as session:
        assert [letter.state for letter in session.scalars(select(Outbox))] == ["cancelled"]


def careful(session: Session, person: Person) -> None:
    conversations.enter_careful(session, conversations.current(session, person), clear=True)


def paused(session: Session, person: Person) -> None:
    person.paused = True


def minor(session: Session, person: Person) -> None:
    person.minor = True


def agreed(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", True)


def refused(session: Session, person: Person) -> None:
    consents.give(session, person, "readings", False)


@pytest.mark.parametrize("state", [careful, paused, minor, agreed, refused])
def test_nobody_is_asked_who_decided_or_must_not_be_asked_now(
    journal: Journal, state: Callable[[Session, Person], None]
) -> None:
    journal.transact(lambda session: state(session, person_of(session)))
    assert not journal.transact(ask)


def test_who_agreed_to_words_that_did_not_speak_of_voices_is_asked(journal: Journal) -> None:
    def agree_long_ago(session: Session) -> None:
        session.add(Consent(person_id=person_of(session).id, kind="readings", granted=True, version="2026-11"))

    journal.transact(agree_long_ago)
    assert journal.transact(ask)
