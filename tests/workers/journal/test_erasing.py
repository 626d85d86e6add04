"""Forgetting a person leaves a bare tombstone and nothing that a worker could write back to."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT, person_of, say_to
from workers.journal import (
    audit,
    cases,
    consents,
    conversations,
    erasing,
    export,
    inbox,
    introduction,
    outbox,
    readings,
    turns,
)  # fmt: skip
from workers.journal.database import Journal
from workers.journal.inbox import Arrival
from workers.journal.outbox import Letter
from workers.journal.people import find, key_of
from workers.journal.readings import Felt
from workers.journal.tables import Base, Outbox, Person, Tombstone, Turn

WORDS = "zebra-canary-7f3a"


def live(session: Session) -> Person:
    """Somebody with a row in every table that may hold one."""
    person = person_of(session)
    person.country = "KR"
    for kind in consents.KINDS:
        consents.give(session, person, kind, True)
    inbox.store(session, Arrival(BOT, 1, 1, 1, WORDS), person)
    turn = say_to(session, WORDS, 1)
    readings.add(session, person, turn.id, Felt(1, "text", "t", {"fear": 1.0}))
    case = cases.open_case(session, person, turn_id=turn.id, kind="suicide", tier="clear", language="en", words=WORDS)
    cases.claim(session, case.id, "ada")
    cases.read_words(session, case.id, "ada", "called them back")
    cases.close(session, case.id, "ada", WORDS)
    letter = Letter({"text": WORDS}, "reply", "text", last=True, answers=1)
    conversation = conversations.current(session, person)
    outbox.put(session, BOT, 1, f"t:{turn.id}", letter, person=person, turn=turn, conversation=conversation)
    introduction.introduce(session, person, "u:1", 18, 24)
    return person


def forget(session: Session) -> None:
    erasing.forget(session, person_of(session), origin="u:9", goodbye="gone")


def test_after_forgetting_no_table_knows_the_person(journal: Journal) -> None:
    person_id = journal.transact(lambda session: live(session).id)
    wrapped = _everything(journal)
    assert person_id in wrapped
    journal.transact(forget)
    with journal.read() as session:
        assert find(session, BOT, 1) is None
        assert session.scalars(select(Tombstone.id)).all() == [person_id]
        for table in Base.metadata.sorted_tables:
            if "person_id" in table.columns and table.name != "audit":
                mine = select(table).where(table.c.person_id == person_id)
                assert session.execute(mine).all() == [], table.name
        case = session.execute(text('SELECT words, note, kind, state FROM "case"')).one()
        assert tuple(case) == (None, None, "suicide", "closed"), "what the team counts stays, without anybody"


def _everything(journal: Journal) -> str:
    with journal.read() as session:
        return str([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_the_same_person_comes_back_as_a_stranger_with_another_key(journal: Journal) -> None:
    before = journal.transact(lambda session: live(session).data_key)
    journal.transact(forget)
    person = journal.transact(person_of)
    assert person.data_key != before
    assert person.introduced_at is None
    with journal.read() as session:
        assert consents.latest(session, person.id) == {}


def test_deletions_at_telegram_come_before_the_goodbye(journal: Journal) -> None:
    journal.transact(live)

    def sent(session: Session) -> None:
        for row in session.scalars(select(Outbox)):
            outbox.sent(session, row.id, 100 + row.id)

    journal.transact(sent)
    journal.transact(forget)
    with journal.read() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.priority, Outbox.id)).all()
        assert [row.part for row in rows] == ["erase0", "goodbye"]
        assert all(row.person_id is None for row in rows)
    due = journal.transact(lambda session: outbox.begin(session, rows[0].id))
    assert due is not None
    assert set(due.body["message_ids"]) >= {1, 101, 102}


def test_a_worker_in_flight_cannot_write_back(journal: Journal) -> None:
    turn_id = journal.transact(lambda session: say_to(session, WORDS, 1).id)
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None
    journal.transact(forget)
    attempts: list[Callable[[Session], Any]] = [
        partial(turns.renew, claim=claim),
        partial(turns.put_back, claim=claim, failure="x"),
        partial(turns.give_up, claim=claim, failure="x"),
        partial(turns.compose_again, claim=claim),
        partial(turns.commit_composition, claim=claim, revision=1, answer=b"x", source="model", decisions={}),
    ]
    assert [journal.transact(attempt) for attempt in attempts] == [False] * len(attempts)
    with journal.read() as session:
        assert session.scalars(select(Turn)).all() == []


def test_the_last_message_and_its_answer_are_erased(journal: Journal) -> None:
    journal.transact(lambda session: say_to(session, "first", 1))
    journal.transact(lambda session: setattr(session.scalars(select(Turn)).one(), "state", "sent"))

    def second(session: Session) -> None:
        turn = say_to(session, WORDS, 2)
        letter = Letter({"text": WORDS}, "reply", "text", last=True)
        outbox.put(session, BOT, 1, f"t:{turn.id}", letter, person=person_of(session), turn=turn)
        outbox.sent(session, session.scalars(select(Outbox.id)).one(), 50)

    journal.transact(second)
    assert journal.transact(lambda session: erasing.forget_message(session, person_of(session), origin="u:3"))
    with journal.read() as session:
        assert len(session.scalars(select(Turn)).all()) == 1
        row = session.scalars(select(Outbox).where(Outbox.purpose == "erase")).one()
    due = journal.transact(lambda session: outbox.begin(session, row.id))
    assert due is not None
    assert sorted(due.body["message_ids"]) == [2, 50]


def test_nothing_to_forget_is_said(journal: Journal) -> None:
    assert not journal.transact(lambda session: erasing.forget_message(session, person_of(session), origin="u:3"))


def test_whoever_a_restored_backup_brings_back_is_forgotten_again(journal: Journal) -> None:
    person_id = journal.transact(lambda session: live(session).id)
    assert journal.transact(partial(erasing.apply_erasures, ids=[person_id, "f" * 32])) == 1
    with journal.read() as session:
        assert find(session, BOT, 1) is None
        assert sorted(erasing.erasures(session)) == sorted([person_id, "f" * 32])
    assert journal.transact(partial(erasing.apply_erasures, ids=[person_id])) == 0


def test_an_erased_page_is_in_no_file_of_sqlite(sqlite_journal: Journal) -> None:
    """Not even sealed: the person's wrapped key is gone from the database and its log."""
    key = sqlite_journal.transact(lambda session: live(session).data_key)
    path = sqlite_journal.url.removeprefix("sqlite:///")
    files = [path, path + "-wal"]
    assert any(key in _bytes(file) for file in files)
    sqlite_journal.transact(forget)
    assert erasing.scrub(sqlite_journal)
    assert not any(key in _bytes(file) for file in files)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def test_the_export_holds_everything_in_words_a_person_can_read(journal: Journal) -> None:
    journal.transact(live)

    def answer(session: Session) -> None:
        turn = session.scalars(select(Turn)).one()
        turn.answer = key_of(session, person_of(session)).seal("what Heed said")

    journal.transact(answer)
    with journal.read() as session:
        packed = zipfile.ZipFile(io.BytesIO(export.as_zip(session, person_of(session))))
        held = json.loads(packed.read("everything.json"))
        readable = packed.read("conversation.txt").decode()
    assert held["turns"][0]["you"][0]["words"] == WORDS
    assert held["turns"][0]["heed"] == "what Heed said"
    assert {row["kind"] for row in held["consents"]} == set(consents.KINDS)
    assert held["cases"][0]["words_shared"] is True
    assert [row["why"] for row in held["read_by_the_team"]][1] == "called them back"
    assert held["person"]["country"] == "KR"
    assert WORDS in readable
    assert "what Heed said" in readable


def test_the_export_is_this_persons_alone(journal: Journal) -> None:
    journal.transact(live)
    journal.transact(lambda session: say_to(session, "somebody else's words", 50, telegram_id=2))
    with journal.read() as session:
        assert "somebody else" not in json.dumps(export.everything(session, person_of(session)))


@pytest.mark.parametrize("kind", ["team", "diary", "readings", "improve"])
def test_a_minor_can_switch_nothing_on(journal: Journal, kind: str) -> None:
    def give(session: Session) -> bool:
        person = person_of(session)
        person.minor = True
        return consents.give(session, person, kind, True)

    assert not journal.transact(give)
    with journal.read() as session:
        assert not consents.granted(session, person_of(session).id, kind)


def test_a_case_is_never_claimed_by_two_and_words_need_a_reason_that_is_kept(journal: Journal) -> None:
    case_id = journal.transact(
        lambda session: (
            cases.open_case(
                session, person_of(session), turn_id=None, kind="abuse", tier="clear", language="ko", words=WORDS
            ).id
        )
    )
    assert journal.transact(partial(cases.claim, case_id=case_id, by="ada"))
    assert not journal.transact(partial(cases.claim, case_id=case_id, by="bob"))
    assert not journal.transact(partial(cases.close, case_id=case_id, by="bob", note="no"))
    assert journal.transact(partial(cases.read_words, case_id=case_id, by="ada", reason="to call back")) == WORDS
    assert journal.transact(partial(cases.close, case_id=case_id, by="ada", note="called"))
    assert not journal.transact(partial(cases.close, case_id=case_id, by="ada", note="again"))
    with journal.read() as session:
        kept = audit.of_person(session, person_of(session).id)
        assert [(row.actor, row.action) for row in kept] == [
            ("ada", "case.claim"), ("ada", "case.read"), ("ada", "case.close"),
        ]  # fmt: skip
