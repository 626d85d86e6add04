"""Whether a message costs the same with 100 and with 100,000 stored turns, and which indexes its queries take."""

import json
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from infra.rigs.bench.table import Row
from infra.rigs.lines import line
from workers.journal import conversations, inbox, migrate, offers, outbox, people, speeches, turns
from workers.journal.database import Journal
from workers.journal.inbox import Arrival
from workers.journal.keys import Keyring
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Inbox, Outbox, Turn, TurnMessage, now
from workers.journal.turns import Said

BOT = 1
SIZES = (100, 100_000)
SAMPLES = 60
PEOPLE = 200
BATCH = 5_000
MOST = 1.5  # times the cost at the smaller size
SMALL = {"person", "lease", "counter"}  # read whole where they hold a handful of rows


def growth(home: Path, sizes: tuple[int, ...] = SIZES, samples: int = SAMPLES) -> tuple[list[Row], str]:
    """Rows, and the query plans as text."""
    journal = Journal(f"sqlite:///{home / 'growth.db'}", Keyring.open_or_make(home / "growth.key"))
    migrate.upgrade(journal)
    persons = [journal.transact(partial(_meet, chat_id=number)) for number in range(1, PEOPLE + 1)]
    rows: list[Row] = []
    medians: list[float] = []
    stored = 0
    for size in sizes:
        _fill(journal, persons, stored, size)
        stored = size
        spent = [_message(journal, size * 10 + number) * 1000 for number in range(samples)]
        medians.append(statistics.median(spent))
        rows.append(
            Row(f"intake, handler, claim, compose, send with {size:,} stored turns, p50", f"{medians[-1]:.1f} ms")
        )
    ratio = medians[-1] / medians[0]
    rows.append(Row("cost at the larger size / at the smaller", f"{ratio:.2f}", f"≤ {MOST:g}", ratio <= MOST))
    plans = _plans(journal, lambda: _message(journal, 99_000_000))
    scans = sorted({step for steps in plans.values() for step in steps if _scans(step)})
    rows.append(Row("steps that read a whole table", ", ".join(scans) or "none", "none", not scans))
    journal.close()
    listed = "\n".join(f"{statement}\n    {'; '.join(steps)}" for statement, steps in sorted(plans.items()))
    return rows, f"Query plans of one message, with {sizes[-1]:,} stored turns:\n\n```\n{listed}\n```"


def _meet(session: Session, chat_id: int) -> str:
    person = people.meet(session, BOT, chat_id, "en")
    conversations.current(session, person)
    return person.id


def _fill(journal: Journal, persons: list[str], present: int, wanted: int) -> None:
    """Turns that were answered, with their messages, inbox keys and sent letters, in conversations that ended."""
    first = 10_000_000 if present == 0 else 20_000_000  # above the ids of what is measured in between
    for begin in range(present, wanted, BATCH):
        numbers = range(begin, min(begin + BATCH, wanted))
        at = now() - timedelta(days=2)

        def write(session: Session, numbers: range = numbers, at: Any = at) -> None:
            owner = {number: persons[number % len(persons)] for number in numbers}
            chat = {number: 1 + number % len(persons) for number in numbers}
            fresh = [{"id": first + n, "person_id": owner[n], "started_at": at, "last_at": at, "closed_at": at}
                     for n in numbers if n % 20 == 0]  # fmt: skip
            if fresh:
                session.execute(insert(Conversation), fresh)
            common = {"bot_id": BOT, "person_id": None}
            session.execute(insert(Turn), [
                {**common, "id": first + n, "chat_id": chat[n], "person_id": owner[n],
                 "conversation_id": first + n - n % 20, "state": "sent", "epoch": 0, "not_before": at,
                 "ring_at": at, "opened_at": at, "composed_at": at, "closed_at": at, "answer": b"x" * 300,
                 "source": "model"} for n in numbers
            ])  # fmt: skip
            session.execute(insert(TurnMessage), [
                {**common, "turn_id": first + n, "person_id": owner[n], "chat_id": chat[n], "message_id": n + 1,
                 "update_id": n + 1, "words": b"x" * 200, "sent_at": at, "received_at": at} for n in numbers
            ])  # fmt: skip
            session.execute(insert(Inbox), [
                {**common, "update_id": n + 1, "chat_id": chat[n], "message_id": n + 1, "person_id": owner[n],
                 "state": "handled", "received_at": at} for n in numbers
            ])  # fmt: skip
            session.execute(insert(Outbox), [
                {**common, "chat_id": chat[n], "person_id": owner[n], "turn_id": first + n,
                 "origin": f"t:{first + n}", "part": "text", "purpose": "reply",
                 "method": "sendMessage", "state": "sent", "last": True, "created_at": at,
                 "closed_at": at} for n in numbers
            ])  # fmt: skip

        journal.transact(write)


def _message(journal: Journal, number: int) -> float:
    """One message through everything the journal does for it; returns seconds. The engine's part is left out."""
    chat = 1 + number % PEOPLE
    update_id = message_id = 500_000_000 + number
    raw = json.dumps({"update_id": update_id, "message": {"text": line(number)}})
    began = time.perf_counter()

    def take(session: Session) -> None:
        person = people.meet(session, BOT, chat, "en")
        inbox.store(session, Arrival(BOT, update_id, chat, message_id, raw), person)

    journal.transact(take)
    with journal.read() as session:
        inbox.waiting_chats(session, BOT)
    claimed = journal.transact(lambda session: inbox.claim(session, BOT, chat))
    assert claimed is not None

    def handle(session: Session) -> int:
        inbox.handled(session, claimed)
        person = people.meet(session, BOT, chat, "en")
        conversation = conversations.current(session, person)
        said = Said(BOT, chat, message_id, update_id, line(number), now())
        return turns.take_in(session, person, conversation, said).id

    turn_id = journal.transact(handle)
    claim = journal.transact(lambda session: turns.claim(session, turn_id))
    assert claim is not None

    def compose(session: Session) -> None:
        turn = session.get_one(Turn, turn_id)
        person = people.get(session, turn.person_id)
        assert person is not None
        turns.messages(session, turn_id)
        answer = key_of(session, person).seal("What would you want somebody to say to you about it?")
        turns.commit_composition(session, claim, revision=1, answer=answer, source="model", decisions={})
        offers.withdraw(session, person)
        body = {"text": "answer", "reply_markup": offers.place(turn, "en", speech=True, music=False)}
        letter = Letter(body, "reply", "text", last=True, answers=message_id)
        conversation = session.get(Conversation, turn.conversation_id)
        outbox.put(session, BOT, chat, f"t:{turn_id}", letter, person=person, turn=turn, conversation=conversation)

    journal.transact(compose)
    with journal.read() as session:
        row_id = outbox.waiting(session, BOT)[0][0]
    journal.transact(lambda session: outbox.begin(session, row_id))

    def record(session: Session) -> None:
        ended = outbox.sent(session, row_id, 1)
        assert ended is not None
        turns.next_of(session, ended)
        turns.to_ring(session)
        speeches.to_ring(session)
        speeches.overdue(session)

    journal.transact(record)
    return time.perf_counter() - began


def _plans(journal: Journal, act: Callable[[], object]) -> dict[str, list[str]]:
    """Every statement that `act` executes, with SQLite's plan of it."""
    seen: dict[str, Any] = {}

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.setdefault(statement, parameters)

    event.listen(journal.engine, "before_cursor_execute", note)
    act()
    event.remove(journal.engine, "before_cursor_execute", note)
    plans: dict[str, list[str]] = {}
    with journal.read() as session:
        session.execute(text("SELECT 1"))
        driver: Any = session.connection().connection.dbapi_connection
        for statement, parameters in seen.items():
            steps = driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans[_short(statement)] = [step[3] for step in steps]
    return plans


def _short(statement: str) -> str:
    """A statement without the columns that it reads."""
    one = " ".join(statement.split())
    if one.startswith("SELECT") and " FROM " in one:
        one = "SELECT … FROM " + one.split(" FROM ", 1)[1]
    return one if len(one) <= 220 else one[:219] + "…"


def _scans(step: str) -> bool:
    words = step.split()
    if words[0] == "SCAN":
        return "INDEX" not in words and "CONSTANT" not in words and words[1] not in SMALL
    # Everything of one bot, or every older turn, is as good as everything.
    return step.endswith(("outbox_origin (bot_id=?)", "PRIMARY KEY (rowid<?)"))
