"""Every order in which a person's messages and two workers can meet: nothing is lost, doubled, or answered stale."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.workers.journal.meeting import BOT
from workers.journal import conversations, people, turns
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.journal.people import key_of
from workers.journal.tables import Person, Turn, TurnMessage, now
from workers.journal.turns import ATTEMPTS, OPEN, THINKING, Claim, Said

WORKERS = st.sampled_from([0, 1])
LATER = timedelta(minutes=1)
Content = list[tuple[int, str]]


class Meeting(RuleBasedStateMachine):
    """One person, two workers, one database. Each example is another person's."""

    journal: Journal
    people_met = 0

    @initialize()
    def meet(self) -> None:
        Meeting.people_met += 1
        self.who = 10_000 + Meeting.people_met
        self.sent = 0
        self.versions: dict[int, str] = {}
        self.claims: dict[int, Claim] = {}
        self.read: dict[int, tuple[int, Content]] = {}
        self.answers: dict[int, Content] = {}

    def act(self, work: Any) -> Any:
        return self.journal.transact(lambda session: work(session, people.meet(session, BOT, self.who, "en")))

    # What the person does

    @rule()
    def say(self) -> None:
        self.sent += 1
        number, words = self.who * 1000 + self.sent, f"m{self.sent}"
        self.versions[number] = words

        def take_in(session: Session, person: Person) -> None:
            said = Said(BOT, self.who, number, number, words, now())
            turns.take_in(session, person, conversations.current(session, person), said)

        self.act(take_in)

    @precondition(lambda self: self.versions)
    @rule(which=st.integers(0, 30))
    def edit(self, which: int) -> None:
        number = sorted(self.versions)[which % len(self.versions)]
        words = self.versions[number] + "'"

        def edit(session: Session, person: Person) -> bool:
            message = session.scalars(select(TurnMessage).where(TurnMessage.message_id == number)).one()
            return turns.edit(session, person, message, words)

        if self.act(edit):
            self.versions[number] = words

    @rule()
    def begin_afresh(self) -> None:
        self.act(lambda session, person: conversations.begin_afresh(session, person))

    # What the workers do

    @rule(worker=WORKERS, which=st.integers(0, 3))
    def claim(self, worker: int, which: int) -> None:
        """A doorbell rings for any open turn, the right one or not, once or often."""

        def claim(session: Session, person: Person) -> Claim | None:
            open_turns = session.scalars(
                select(Turn.id).where(Turn.person_id == person.id, Turn.state.in_(OPEN)).order_by(Turn.id)
            ).all()
            if not open_turns:
                return None
            wanted = open_turns[which % len(open_turns)]
            taken = turns.claim(session, wanted)
            assert taken is None or wanted == open_turns[0], "a turn was claimed before an older one had ended"
            return taken

        taken = self.act(claim)
        if taken is not None:
            assert taken.attempts <= ATTEMPTS
            self.claims[worker] = taken
            self.read.pop(worker, None)

    @precondition(lambda self: self.claims)
    @rule(worker=WORKERS)
    def recall(self, worker: int) -> None:
        if worker not in self.claims:
            return

        def recall(session: Session, person: Person) -> tuple[int, Content] | None:
            turn = session.get(Turn, self.claims[worker].turn_id)
            if turn is None or turn.lease_token != self.claims[worker].token:
                return None
            return turn.revision, self.content(session, person, turn.id)

        found = self.act(recall)
        if found is not None:
            self.read[worker] = found

    @precondition(lambda self: self.read)
    @rule(worker=WORKERS)
    def commit(self, worker: int) -> None:
        if worker not in self.read:
            return
        claim, (revision, content) = self.claims[worker], self.read.pop(worker)

        def commit(session: Session, person: Person) -> bool:
            done = turns.commit_composition(
                session, claim, revision=revision, answer=b"x", source="model", decisions={}
            )
            if done:
                assert self.content(session, person, claim.turn_id) == content, "the answer is to something else"
            else:
                turns.compose_again(session, claim)
            return done

        if self.act(commit):
            assert claim.turn_id not in self.answers, "answered twice"
            self.answers[claim.turn_id] = content
            del self.claims[worker]

    @precondition(lambda self: self.claims)
    @rule(worker=WORKERS)
    def fail(self, worker: int) -> None:
        claim = self.claims.pop(worker, None)
        self.read.pop(worker, None)
        if claim is not None:
            self.act(lambda session, _: turns.put_back(session, claim, "Transient", 0.0))

    @precondition(lambda self: self.claims)
    @rule()
    def lose_leases(self) -> None:
        """Workers that are too slow keep what they hold in their hands; the lease is over."""
        self.act(
            lambda session, person: session.execute(
                update(Turn)
                .where(Turn.person_id == person.id, Turn.lease_until.is_not(None))
                .values(lease_until=now() - LATER)
            )
        )

    @rule()
    def send(self) -> None:
        """The sender says what is composed."""

        def send(session: Session, person: Person) -> None:
            session.execute(
                update(Turn)
                .where(Turn.person_id == person.id, Turn.state == "composed")
                .values(state="sent", closed_at=now())
            )

        self.act(send)

    @rule()
    def sweep(self) -> None:
        """Time passes, and the sweeper buries what is out of attempts."""

        def sweep(session: Session, person: Person) -> None:
            past = now() - LATER
            session.execute(update(Turn).where(Turn.person_id == person.id).values(not_before=past, ring_at=past))
            for turn in turns.exhausted(session):
                turn.state, turn.closed_at = "dead", now()

        self.act(sweep)

    # What always holds

    @invariant()
    def every_message_stands_in_one_turn_with_its_last_words(self) -> None:
        def look(session: Session, person: Person) -> None:
            rows = session.scalars(select(TurnMessage).where(TurnMessage.person_id == person.id)).all()
            key = key_of(session, person)
            assert {row.message_id: key.unseal(row.words or b"") for row in rows} == self.versions
            for turn_id, content in self.answers.items():
                assert self.content(session, person, turn_id) == content, "words changed after their answer"
            composed = session.scalars(
                select(Turn.id).where(Turn.person_id == person.id, Turn.answer.is_not(None))
            ).all()
            assert set(composed) == set(self.answers)

        self.act(look)

    def teardown(self) -> None:
        """Left alone, everything comes to an end: each message is answered, or its turn says why not."""
        if not hasattr(self, "who"):
            return
        for _ in range(200):
            self.lose_leases()
            self.sweep()
            self.send()
            if not self.open_turns():
                break
            self.claims.clear()
            self.read.clear()
            self.claim(0, 0)
            self.recall(0)
            self.commit(0)
        assert not self.open_turns()

        def look(session: Session, person: Person) -> None:
            for turn in session.scalars(select(Turn).where(Turn.person_id == person.id)):
                assert turn.state in {"sent", "cancelled", "dead"}
                assert (turn.state == "sent") <= (turn.id in self.answers)

        self.act(look)

    def open_turns(self) -> int:
        return int(
            self.act(
                lambda session, person: len(
                    session.scalars(select(Turn.id).where(Turn.person_id == person.id, Turn.state.in_(OPEN))).all()
                )
            )
        )

    @staticmethod
    def content(session: Session, person: Person, turn_id: int) -> Content:
        key = key_of(session, person)
        return [(row.message_id, key.unseal(row.words or b"")) for row in turns.messages(session, turn_id)]


@pytest.mark.parametrize("examples", [40, pytest.param(2000, marks=pytest.mark.slow)])
def test_nothing_is_lost_doubled_or_stale(migrated: Path, tmp_path: Path, examples: int) -> None:
    shutil.copy(migrated, tmp_path / "heed.db")
    Meeting.journal = Journal(f"sqlite:///{tmp_path / 'heed.db'}", Keyring.open_or_make(tmp_path / "key"))
    run_state_machine_as_test(
        Meeting,
        settings=settings(
            max_examples=examples, stateful_step_count=30, deadline=None,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
    Meeting.journal.close()
    assert set(THINKING) < set(OPEN)
