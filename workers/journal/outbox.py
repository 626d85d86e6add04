"""The outbox: what Heed will say, written with its cause in one transaction, sent by one owner.

A row's key is (bot, origin, part): `u:<update>` for what a handler answers, `t:<turn>` for what a turn answers. A
second insert of the same key is no insert, so running a handler again changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from workers.journal import readings
from workers.journal.database import keyring_of
from workers.journal.keys import KeysUnusable
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Inbox, Outbox, Person, Turn, is_open, is_unsent, now

DANGER, URGENT, NORMAL, LAST = 0, 1, 5, 9
VOICE, MUSIC = "voice", "music"
"""Purposes of sounds: requested at most once. What the body of one has under `WRITTEN` goes out where that failed."""
WRITTEN = "written"
ORDER = 2**40  # priority and id in one number: ids stay below it


@dataclass(frozen=True)
class Letter:
    """One thing to say. `body` holds the Bot API parameters without the chat."""

    body: Mapping[str, Any] = field(repr=False)
    purpose: str
    part: str
    method: str = "sendMessage"
    priority: int = NORMAL
    last: bool = False
    not_before: datetime | None = None
    answers: int | None = None
    """The newest message_id this answers: quoted when the chat holds a newer one, or when `merged`."""
    merged: bool = False


@dataclass(frozen=True)
class Due:
    """A row that the sender has begun."""

    id: int
    chat_id: int
    person_id: str | None
    turn_id: int | None
    method: str
    purpose: str
    body: dict[str, Any] = field(repr=False)
    attempts: int
    last: bool


def _seal(session: Session, person: Person | None, body: Mapping[str, Any]) -> bytes:
    plain = json.dumps(body, ensure_ascii=False)
    return key_of(session, person).seal(plain) if person else keyring_of(session).encrypt(plain.encode())


def _unseal(session: Session, person: Person | None, sealed: bytes) -> dict[str, Any]:
    plain = key_of(session, person).unseal(sealed) if person else keyring_of(session).decrypt(sealed).decode()
    body: dict[str, Any] = json.loads(plain)
    return body


def put(
    session: Session,
    bot_id: int,
    chat_id: int,
    origin: str,
    letter: Letter,
    *,
    person: Person | None = None,
    turn: Turn | None = None,
    conversation: Conversation | None = None,
) -> bool:
    """Queues `letter` once. With a conversation it is void as soon as that conversation's epoch moves on."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    values = {
        "bot_id": bot_id,
        "chat_id": chat_id,
        "person_id": person.id if person else None,
        "turn_id": turn.id if turn else None,
        "conversation_id": conversation.id if conversation else None,
        "epoch": conversation.epoch if conversation else None,
        "origin": origin,
        "part": letter.part,
        "purpose": letter.purpose,
        "method": letter.method,
        "body": _seal(session, person, letter.body),
        "priority": letter.priority,
        "last": letter.last,
        "not_before": letter.not_before,
        "answers": letter.answers,
        "merged": letter.merged,
    }
    statement = (
        insert(Outbox)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["bot_id", "origin", "part"])
        .returning(Outbox.id)  # Postgres reports no rowcount here
    )
    return session.scalar(statement) is not None


def put_of_turn(
    session: Session, turn: Turn, letter: Letter, person: Person | None, conversation: Conversation | None = None
) -> bool:
    """Queues one letter of `turn` in its chat; see `put`."""
    return put(
        session,
        turn.bot_id,
        turn.chat_id,
        f"t:{turn.id}",
        letter,
        person=person,
        turn=turn,
        conversation=conversation,
    )


def waiting(session: Session, bot_id: int, limit: int = 200) -> list[tuple[int, int, int]]:
    """(row id, chat, priority) of each chat's next row that is due; the most urgent and oldest chats first.

    One row a chat, so that a chat with ten thousand letters takes one place here and not all of them.
    """
    order = func.min(Outbox.priority * ORDER + Outbox.id)
    heads = session.scalars(
        select(order)
        .where(Outbox.bot_id == bot_id, is_unsent())
        .group_by(Outbox.chat_id)
        .order_by(order)
        .limit(limit)
    )
    ids = [head % ORDER for head in heads]
    at = now()
    rows = session.execute(
        select(Outbox.id, Outbox.chat_id, Outbox.priority)
        .where(Outbox.id.in_(ids), or_(Outbox.not_before.is_(None), Outbox.not_before <= at))
        .order_by(Outbox.priority, Outbox.id)
    )
    return [(row.id, row.chat_id, row.priority) for row in rows]


def begin(session: Session, row_id: int, quote_always: bool = False) -> Due | None:
    """Marks the row as being sent, attempt counted before the request. None where it is void, gone or done."""
    row = session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.state not in {"queued", "sending"} or row.body is None:
        return None
    if row.epoch is not None and row.conversation_id is not None:
        conversation = session.get(Conversation, row.conversation_id)
        if conversation is None or conversation.closed_at is not None or conversation.epoch != row.epoch:
            _void(session, row)
            return None
    if row.purpose == "holding" and _is_answered(session, row):
        _void(session, row)
        return None
    person = session.get(Person, row.person_id) if row.person_id else None
    body = _unseal(session, person, row.body)
    if row.answers is not None and (quote_always or row.merged or _newer_exists(session, row)):
        body["reply_parameters"] = {"message_id": row.answers, "allow_sending_without_reply": True}
    row.state, row.attempts, row.begun_at = "sending", row.attempts + 1, now()
    if row.turn_id is not None:
        session.execute(update(Turn).where(Turn.id == row.turn_id, Turn.state == "composed").values(state="sending"))
    return Due(row.id, row.chat_id, row.person_id, row.turn_id, row.method, row.purpose, body, row.attempts, row.last)


def sent(session: Session, row_id: int, message_id: int | None) -> int | None:
    """Records the result of the request. Returns the turn that this row was the last of, now `sent`."""
    row = session.get(Outbox, row_id)
    if row is None:
        return None
    row.sent_message_id = message_id
    close(session, row, "sent")
    if not (row.last and row.turn_id is not None):
        return None
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Turn)
        .where(Turn.id == row.turn_id, Turn.state.in_(("composed", "sending")))
        .values(state="sent", closed_at=now())
    )
    if done.rowcount and row.person_id is not None:
        readings.turn_was_sent(session, row.person_id, row.turn_id)
    return row.turn_id if done.rowcount else None


def body_of(session: Session, row: Outbox) -> dict[str, Any]:
    """The parameters of an unsent row. Raises `KeysUnusable`."""
    person = session.get(Person, row.person_id) if row.person_id else None
    return _unseal(session, person, row.body) if row.body is not None else {}


def rewrite(session: Session, row: Outbox, method: str, body: Mapping[str, Any], purpose: str) -> None:
    """Says something else in the place of an unsent row, from now on. Its turn, order and quote stay."""
    person = session.get(Person, row.person_id) if row.person_id else None
    row.method, row.purpose, row.body, row.not_before = method, purpose, _seal(session, person, body), None


def postpone(session: Session, row_id: int, until: datetime, failure: str, *, tried: bool = True) -> None:
    """Puts a row back: Telegram could not be reached, or asked to wait (then it was not `tried`)."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == row_id, Outbox.state == "sending")
        .values(
            state="queued", not_before=until, failure=failure[:80], attempts=Outbox.attempts - (0 if tried else 1)
        )
    )


def refuse(session: Session, row_id: int, failure: str) -> int | None:
    """The request can never succeed. Returns the turn that ends with it, if it was the turn's last row.

    A sound leaves its place to what was written: the person takes none, or it is unknown whether it arrived.
    """
    row = session.get(Outbox, row_id)
    if row is None:
        return None
    row.failure = failure[:80]
    if row.purpose in {VOICE, MUSIC} and _write_instead(session, row):
        return None
    close(session, row, "dead")
    if not (row.last and row.turn_id is not None):
        return None
    ended: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Turn)
        .where(Turn.id == row.turn_id, Turn.state.in_(("composed", "sending")))
        .values(state="dead", closed_at=now(), failure=failure[:80])
    )
    return row.turn_id if ended.rowcount else None


def _write_instead(session: Session, row: Outbox) -> bool:
    try:
        written = body_of(session, row).get(WRITTEN)
    except KeysUnusable:
        return False
    if written is None:
        return False
    rewrite(session, row, "sendMessage", written, "reply" if row.last else "notice")
    row.state, row.attempts = "queued", 0
    return True


def _void(session: Session, row: Outbox) -> None:
    """Ends a row that may not be said any more, and its turn with it if it was the turn's answer."""
    close(session, row, "cancelled")
    if row.last and row.turn_id is not None:
        session.execute(
            update(Turn)
            .where(Turn.id == row.turn_id, Turn.state.in_(("composed", "sending")))
            .values(state="cancelled", closed_at=now(), speech=None)
        )


def _is_answered(session: Session, row: Outbox) -> bool:
    state = session.scalar(select(Turn.state).where(Turn.id == row.turn_id))
    return state not in {"received", "perceived"}


def _newer_exists(session: Session, row: Outbox) -> bool:
    newer = select(Inbox.update_id).where(
        Inbox.bot_id == row.bot_id, Inbox.chat_id == row.chat_id, Inbox.message_id > row.answers
    )
    return session.scalar(newer.limit(1)) is not None


def close(session: Session, row: Outbox, state: str) -> None:
    row.state, row.body, row.closed_at = state, None, now()


def silence(session: Session, person_id: str) -> None:
    """The person blocked the bot: nothing more is sent to them."""
    session.execute(
        update(Outbox)
        .where(Outbox.person_id == person_id, is_unsent())
        .values(state="cancelled", body=None, closed_at=now(), failure="blocked by the person")
    )
    session.execute(
        update(Turn)
        .where(Turn.person_id == person_id, is_open())
        .values(state="refused", closed_at=now(), failure="blocked by the person", lease_token=None, speech=None)
    )


def unsent_count(session: Session, bot_id: int) -> int:
    rows = aliased(Outbox)
    return session.scalar(select(func.count()).where(rows.bot_id == bot_id, is_unsent(rows))) or 0
