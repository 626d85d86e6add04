"""Conversations: one current a person; its epoch voids what was written for an older state of things."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workers.journal.tables import Conversation, Outbox, Person, Turn, is_open, now

IDLE = timedelta(hours=6)  # after this silence the next message begins a conversation
CAREFUL = timedelta(hours=24)  # how long the careful mode lasts after the last clear sign of danger
CAREFUL_AFTER_A_QUESTION = timedelta(hours=1)  # after an unclear one, which was asked about
PROGRAM_REMINDER = timedelta(hours=3)  # PRODUCT.md: at least every three hours within a conversation


def current(session: Session, person: Person, at: datetime | None = None) -> Conversation:
    """The person's running conversation; a fresh one after a long silence, unless an answer is still owed in it.

    Ends a careful mode whose time is over.
    """
    at = at or now()
    found = session.scalar(
        select(Conversation).where(Conversation.person_id == person.id, Conversation.closed_at.is_(None))
    )
    if found is not None and found.mode == "careful" and found.careful_until is not None and found.careful_until < at:
        found.mode, found.careful_until = "normal", None
    if found is not None and (found.mode == "careful" or at - found.last_at < IDLE or _owes(session, found)):
        found.last_at = at
        return found
    if found is not None:
        close(session, found)
    return _open(session, person)


def begin_afresh(session: Session, person: Person) -> Conversation:
    """`/new`: voids what is unsent and opens a conversation that knows nothing of the last. Care is carried over."""
    old = current(session, person)
    void_unsent(session, old)
    mode, until = old.mode, old.careful_until
    close(session, old)
    fresh = _open(session, person)
    fresh.mode, fresh.careful_until = mode, until
    fresh.reminded_at = old.reminded_at
    return fresh


def enter_careful(session: Session, conversation: Conversation, *, clear: bool) -> None:
    """Danger was seen: what is unsent is void, and the talk goes on carefully for a while."""
    void_unsent(session, conversation)
    until = now() + (CAREFUL if clear else CAREFUL_AFTER_A_QUESTION)
    conversation.mode = "careful"
    conversation.careful_until = max(until, conversation.careful_until or until)


def void_unsent(session: Session, conversation: Conversation) -> None:
    """Raises the epoch, cancels open turns and queued messages of the conversation (never a danger text)."""
    conversation.epoch += 1
    session.flush()
    session.execute(
        update(Turn)
        .where(
            Turn.conversation_id == conversation.id,
            is_open(),
            Turn.kind != "danger",
        )
        .values(state="cancelled", closed_at=now(), lease_token=None, lease_until=None, speech=None)
    )
    session.execute(
        update(Outbox)
        .where(
            Outbox.conversation_id == conversation.id,
            Outbox.state == "queued",
            Outbox.epoch.is_not(None),
            Outbox.purpose != "danger",
        )
        .values(state="cancelled", body=None, closed_at=now())
    )


def close(session: Session, conversation: Conversation) -> None:
    conversation.closed_at = now()
    session.flush()


def is_current(session: Session, conversation_id: int, epoch: int) -> bool:
    """Whether what was made for this epoch may still be said."""
    row = session.execute(
        select(Conversation.epoch, Conversation.closed_at).where(Conversation.id == conversation_id)
    ).one_or_none()
    return row is not None and row.closed_at is None and row.epoch == epoch


def _owes(session: Session, conversation: Conversation) -> bool:
    owed = select(Turn.id).where(
        Turn.person_id == conversation.person_id,
        Turn.conversation_id == conversation.id,
        is_open(),
    )
    return session.scalar(owed.limit(1)) is not None


def _open(session: Session, person: Person) -> Conversation:
    conversation = Conversation(person_id=person.id)
    session.add(conversation)
    session.flush()
    return conversation
