"""Retention: words go when their time is over. 24 hours for context; with the diary, as long as was chosen."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from workers.journal import conversations
from workers.journal.tables import (
    Consent,
    Conversation,
    EmotionLog,
    Outbox,
    Person,
    Pick,
    Reading,
    Turn,
    TurnMessage,
    now,
)

BATCH = 500
OUTBOX_KEPT = timedelta(days=14)  # as long as the inbox keeps the keys that the rows' origins name


def _with_diary() -> Select[Any]:
    newest = aliased(Consent)
    latest = (
        select(func.max(newest.id))
        .where(newest.person_id == Consent.person_id, newest.kind == "diary")
        .correlate(Consent)
        .scalar_subquery()
    )
    return select(Consent.person_id).where(Consent.kind == "diary", Consent.granted, Consent.id == latest)


def _keeping_nothing() -> Select[Any]:
    return select(Person.id).where(Person.keep_nothing)


def _ended_conversations(at: datetime) -> Select[Any]:
    ended = or_(Conversation.closed_at.is_not(None), Conversation.last_at < at - conversations.IDLE)
    return select(Conversation.id).where(ended)


def _of_ended_conversations(at: datetime) -> Select[Any]:
    return select(Turn.id).where(Turn.conversation_id.in_(_ended_conversations(at)))


def sweep_words(session: Session, context: timedelta, diary: timedelta) -> int:
    """Drops words and answers whose time is over, a batch at a time. Returns how many messages lost theirs."""
    at = now()
    over = or_(
        TurnMessage.received_at < at - diary,
        (TurnMessage.received_at < at - context) & TurnMessage.person_id.not_in(_with_diary()),
        TurnMessage.person_id.in_(_keeping_nothing()) & TurnMessage.turn_id.in_(_of_ended_conversations(at)),
    )
    old = select(TurnMessage.id).where(TurnMessage.words.is_not(None), over).limit(BATCH)
    messages: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(TurnMessage).where(TurnMessage.id.in_(old)).values(words=None)
    )
    kept = select(TurnMessage.turn_id).where(TurnMessage.turn_id == Turn.id, TurnMessage.words.is_not(None))
    answered = (
        select(Turn.id)
        .where(
            Turn.answer.is_not(None),
            Turn.opened_at < at - timedelta(minutes=1),
            Turn.closed_at.is_not(None),
            ~kept.exists(),
        )
        .limit(BATCH)
    )
    session.execute(update(Turn).where(Turn.id.in_(answered)).values(answer=None))
    return messages.rowcount


def sweep_readings(session: Session, diary: timedelta) -> int:
    """Drops readings whose time is over: those of ended turns without the diary, those older than it, and those of
    an ended conversation where nothing is to be kept. Returns how many."""
    at = now()
    over = or_(
        Reading.at < at - diary,
        Reading.person_id.not_in(_with_diary())
        & Reading.turn_id.in_(select(Turn.id).where(Turn.closed_at.is_not(None))),
        Reading.person_id.in_(_keeping_nothing()) & Reading.turn_id.in_(_of_ended_conversations(at)),
    )
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(Reading).where(Reading.id.in_(select(Reading.id).where(over).limit(BATCH)))
    )
    return gone.rowcount


def sweep_log(session: Session, diary: timedelta) -> int:
    """Drops what is kept of the course of feelings where its time is over: without the diary all of it, with it what
    is older, and that of an ended conversation where nothing is to be kept. Returns how many."""
    at = now()
    over = or_(
        EmotionLog.at < at - diary,
        EmotionLog.person_id.not_in(_with_diary()),
        EmotionLog.person_id.in_(_keeping_nothing()) & EmotionLog.turn_id.in_(_of_ended_conversations(at)),
    )
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(EmotionLog).where(EmotionLog.id.in_(select(EmotionLog.id).where(over).limit(BATCH)))
    )
    return gone.rowcount


def sweep_picks(session: Session, context: timedelta) -> int:
    """Drops what was sent of music in conversations that are over: after the time of words, or at once where nothing
    is to be kept. What somebody put into their playlist stays. Returns how many."""
    at = now()
    due = or_(Pick.at < at - context, Pick.person_id.in_(_keeping_nothing()))
    over = Pick.conversation_id.in_(_ended_conversations(at)) & due
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(Pick).where(Pick.id.in_(select(Pick.id).where(over).limit(BATCH)))
    )
    return gone.rowcount


def sweep_rows(session: Session, diary: timedelta) -> int:
    """Drops what is only bookkeeping: sent letters after 14 days, those of no person at once, wordless old turns."""
    at = now()
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(Outbox).where(
            Outbox.id.in_(
                select(Outbox.id)
                .where(
                    Outbox.closed_at.is_not(None),
                    or_(
                        Outbox.closed_at < at - OUTBOX_KEPT,
                        (Outbox.purpose == "erase") & (Outbox.closed_at < at - timedelta(minutes=1)),
                    ),
                )
                .limit(BATCH)
            )
        )
    )
    session.execute(
        delete(Turn).where(
            Turn.id.in_(select(Turn.id).where(Turn.closed_at.is_not(None), Turn.opened_at < at - diary).limit(BATCH))
        )
    )
    return gone.rowcount
