"""The inbox: every update as Telegram sent it, kept before Telegram is told that it may forget it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from workers.journal.database import keyring_of
from workers.journal.people import key_of
from workers.journal.tables import Inbox, Person, is_waiting, now, random_id

LEASE = timedelta(seconds=30)
ATTEMPTS = 3
KEY_KEPT = timedelta(days=14)


@dataclass(frozen=True)
class Arrival:
    """What intake could read of a raw update without understanding it."""

    bot_id: int
    update_id: int
    chat_id: int | None
    message_id: int
    raw: str = field(repr=False)


@dataclass(frozen=True)
class Claimed:
    """An inbox row that this process may handle until its lease ends."""

    bot_id: int
    update_id: int
    chat_id: int | None
    attempts: int
    token: str
    danger: bool
    raw: str = field(repr=False)


def store(
    session: Session, arrival: Arrival, person: Person | None, *, danger: bool = False, dead: str | None = None
) -> bool:
    """Keeps an update once. False where its key is known already (Telegram delivered it twice)."""
    sealed: bytes | None = None
    if dead is None:
        sealed = (
            key_of(session, person).seal(arrival.raw)
            if person
            else keyring_of(session).encrypt(arrival.raw.encode("utf-8", "surrogatepass"))
        )
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = (
        insert(Inbox)
        .values(
            bot_id=arrival.bot_id,
            update_id=arrival.update_id,
            chat_id=arrival.chat_id,
            message_id=arrival.message_id,
            person_id=person.id if person else None,
            payload=sealed,
            state="dead" if dead else "waiting",
            failure=dead,
            danger=danger,
        )
        .on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
        .returning(Inbox.update_id)  # Postgres reports no rowcount here
    )
    return session.scalar(statement) is not None


def known(session: Session, bot_id: int, update_id: int) -> bool:
    return session.get(Inbox, (bot_id, update_id)) is not None


def waiting_chats(session: Session, bot_id: int, limit: int = 500) -> list[int | None]:
    """Chats with something to handle whose row nobody holds, the longest waiting first."""
    at = now()
    rows = session.execute(
        select(Inbox.chat_id)
        .where(
            Inbox.bot_id == bot_id,
            is_waiting(),
            or_(Inbox.lease_until.is_(None), Inbox.lease_until < at),
        )
        .group_by(Inbox.chat_id)
        .order_by(func.min(Inbox.update_id))
        .limit(limit)
    )
    return [row.chat_id for row in rows]


def claim(session: Session, bot_id: int, chat_id: int | None) -> Claimed | None:
    """The chat's oldest waiting row, by Telegram's message_id. None where there is none or another holds it."""
    at = now()
    same_chat = Inbox.chat_id == chat_id if chat_id is not None else Inbox.chat_id.is_(None)
    oldest = session.scalar(
        select(Inbox)
        .where(Inbox.bot_id == bot_id, same_chat, is_waiting())
        .order_by(Inbox.message_id, Inbox.update_id)
        .limit(1)
        .with_for_update()
    )
    if oldest is None or (oldest.lease_until is not None and oldest.lease_until >= at):
        return None
    token = random_id()
    taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Inbox)
        .where(
            Inbox.bot_id == bot_id,
            Inbox.update_id == oldest.update_id,
            is_waiting(),
            or_(Inbox.lease_until.is_(None), Inbox.lease_until < at),
        )
        .values(lease_token=token, lease_until=at + LEASE, attempts=Inbox.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1 or oldest.payload is None:
        return None
    person = session.get(Person, oldest.person_id) if oldest.person_id else None
    raw = (
        key_of(session, person).unseal(oldest.payload)
        if person
        else keyring_of(session).decrypt(oldest.payload).decode("utf-8", "surrogatepass")
    )
    return Claimed(bot_id, oldest.update_id, chat_id, oldest.attempts + 1, token, oldest.danger, raw)


def handled(session: Session, claimed: Claimed) -> bool:
    """Drops the payload in the transaction of the effects. False where the lease was lost: then nothing may count."""
    return _end(session, claimed, "handled", None)


def died(session: Session, claimed: Claimed, failure: str) -> bool:
    """Gives a row up. `failure` names the error's class, never what it held."""
    return _end(session, claimed, "dead", failure)


def release(session: Session, claimed: Claimed, seconds: float, failure: str) -> None:
    """Leaves the row for another try after `seconds`."""
    session.execute(
        update(Inbox)
        .where(_mine(claimed))
        .values(lease_until=now() + timedelta(seconds=seconds), failure=failure[:80])
    )


def sweep_keys(session: Session, limit: int = 1000) -> int:
    """Forgets update keys whose 14 days are over."""
    old = (
        select(Inbox.bot_id, Inbox.update_id)
        .where(Inbox.received_at < now() - KEY_KEPT, Inbox.state != "waiting")
        .limit(limit)
    )
    rows = session.execute(old).all()
    for bot_id, update_id in rows:
        session.execute(delete(Inbox).where(Inbox.bot_id == bot_id, Inbox.update_id == update_id))
    return len(rows)


def _mine(claimed: Claimed) -> Any:
    return (
        (Inbox.bot_id == claimed.bot_id)
        & (Inbox.update_id == claimed.update_id)
        & (Inbox.state == "waiting")
        & (Inbox.lease_token == claimed.token)
    )


def _end(session: Session, claimed: Claimed, state: str, failure: str | None) -> bool:
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Inbox)
        .where(_mine(claimed))
        .values(state=state, payload=None, lease_token=None, lease_until=None, failure=failure and failure[:80])
    )
    return result.rowcount == 1
