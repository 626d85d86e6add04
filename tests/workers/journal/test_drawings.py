"""Drawings: asked for once, drawn by one worker at a time, sent once, and of nothing that is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import person_of, say_to
from workers.journal import consents, drawings, emotion_log, erasing, errands, outbox
from workers.journal.database import Journal
from workers.journal.drawings import DRAW, FEWEST, LENGTH, SPANS
from workers.journal.errands import ATTEMPTS
from workers.journal.readings import TEXT, Felt
from workers.journal.tables import Drawing, Outbox, Turn, now
from workers.journal.turns import Claim, Due

PICTURE = b"\x89PNG of a week"


def fill(session: Session, turns: int = FEWEST, apart: timedelta = timedelta(hours=1)) -> None:
    """A diary with so many turns in it, the newest just now."""
    person = person_of(session)
    for kind in ("readings", "diary"):
        consents.give(session, person, kind, True)
    for number in range(turns):
        turn = say_to(session, "it happened again", number + 1)
        felt = Felt(number + 1, TEXT, "text-1", {"fear": 1.0}, -0.6, 0.3)
        assert emotion_log.write(session, person, turn.id, felt, (TEXT,), now() - number * apart)
        session.execute(update(Turn).values(state="sent", closed_at=now()))


def wanted(session: Session) -> Due:
    fill(session)
    return drawings.want(session, person_of(session), "week", "u:1")


def letters(journal: Journal) -> list[tuple[str, dict[str, object]]]:
    with journal.read() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.id))
        return [(row.method, outbox.body_of(session, row)) for row in rows]


def to_ring(journal: Journal) -> list[Due]:
    return journal.transact(lambda session: errands.to_ring(session, Drawing, DRAW))


def left(journal: Journal) -> int:
    with journal.read() as session:
        return session.scalar(select(func.count()).select_from(Drawing)) or 0


def claimed(journal: Journal) -> Claim:
    due = journal.transact(wanted)
    assert due.queue == DRAW
    claim = journal.transact(lambda session: drawings.claim(session, due.turn_id))
    assert claim is not None
    return claim


def test_a_picture_is_drawn_of_what_is_kept_and_sent_once(journal: Journal) -> None:
    claim = claimed(journal)
    found = journal.transact(lambda session: drawings.wanted(session, claim))
    assert found is not None
    assert (found.span, found.language, len(found.moments)) == ("week", "en", FEWEST)
    assert "fear" not in repr(found)
    assert journal.transact(lambda session: drawings.keep(session, claim, PICTURE, "You seemed calm."))
    assert not journal.transact(lambda session: drawings.keep(session, claim, PICTURE, "You seemed calm."))
    ((method, body),) = letters(journal)
    assert (method, body["caption"], left(journal)) == ("sendPhoto", "You seemed calm.", 0)
    with journal.read() as session:
        sealed = session.scalars(select(Outbox.body)).one()
        assert sealed is not None
        assert b"calm" not in sealed


def test_in_the_place_of_another_it_edits(journal: Journal) -> None:
    def ask(session: Session) -> Due:
        fill(session)
        return drawings.want(session, person_of(session), "month", "u:2", 77)

    due = journal.transact(ask)
    claim = journal.transact(lambda session: drawings.claim(session, due.turn_id))
    assert claim is not None
    assert journal.transact(lambda session: drawings.keep(session, claim, PICTURE, "words"))
    ((method, body),) = letters(journal)
    assert (method, body["message_id"]) == ("editMessageMedia", 77)


def test_one_worker_draws_at_a_time_and_a_late_one_writes_nothing(journal: Journal) -> None:
    claim = claimed(journal)
    assert journal.transact(lambda session: drawings.claim(session, claim.turn_id)) is None
    journal.transact(
        lambda session: session.execute(update(Drawing).values(lease_until=now() - timedelta(seconds=1)))
    )
    again = journal.transact(lambda session: drawings.claim(session, claim.turn_id))
    assert again is not None
    assert again.attempts == 2
    assert not journal.transact(lambda session: drawings.keep(session, claim, PICTURE, "late"))
    assert journal.transact(lambda session: drawings.keep(session, again, PICTURE, "in time"))
    assert [body["caption"] for _, body in letters(journal)] == ["in time"]


def test_a_lost_doorbell_is_rung_again_and_not_at_once_twice(journal: Journal) -> None:
    due = journal.transact(wanted)
    assert to_ring(journal) == []
    journal.transact(lambda session: session.execute(update(Drawing).values(ring_at=now())))
    assert to_ring(journal) == [due]
    assert to_ring(journal) == []


def test_whose_worker_died_at_every_attempt_is_found_and_told(journal: Journal) -> None:
    claimed(journal)
    past = now() - timedelta(seconds=1)
    journal.transact(lambda s: s.execute(update(Drawing).values(attempts=ATTEMPTS, lease_until=past)))
    assert to_ring(journal) == []

    def bury(session: Session) -> int:
        found = errands.overdue(session, Drawing)
        for drawing in found:
            drawings.give_up(session, drawing)
        return len(found)

    assert journal.transact(bury) == 1
    assert [method for method, _ in letters(journal)] == ["sendMessage"]
    assert (journal.transact(bury), left(journal)) == (0, 0)


@pytest.mark.parametrize("gone", ["diary", "person"])
def test_of_what_is_gone_meanwhile_there_is_no_picture(journal: Journal, gone: str) -> None:
    claim = claimed(journal)

    def go(session: Session) -> None:
        person = person_of(session)
        if gone == "diary":
            consents.give(session, person, "diary", False)
        else:
            erasing.forget(session, person, origin="u:9", goodbye=None)

    journal.transact(go)
    assert not journal.transact(lambda session: drawings.keep(session, claim, PICTURE, "words"))
    assert journal.transact(lambda session: drawings.wanted(session, claim)) is None
    assert not any(method == "sendPhoto" for method, _ in letters(journal))
    assert left(journal) == 0


@pytest.mark.parametrize("span", SPANS)
def test_three_marks_within_the_span_are_enough_and_two_are_not(journal: Journal, span: drawings.Span) -> None:
    journal.transact(lambda session: fill(session, FEWEST, LENGTH[span] * 0.45))
    with journal.read() as session:
        assert drawings.enough(session, person_of(session), span)
        shorter = [each for each in SPANS if LENGTH[each] < LENGTH[span]]
        assert not any(drawings.enough(session, person_of(session), each) for each in shorter)
