"""Turns: opening, joining, claiming and committing. The rules of merging and of leases live here and nowhere else.

Two statements decide everything. A *join* raises `revision` of a turn that is not composed yet. A *commit* makes a
turn `composed` only if its lease token, the revision that was read, and its conversation's epoch are unchanged.
Whichever comes first wins, and the other sees that it lost.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from workers.journal import conversations
from workers.journal.attachments import WAITING, Attachment
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Person, Turn, TurnMessage, is_open, now, random_id

LEASE = timedelta(seconds=30)
RENEW_EVERY_S = 10.0
ATTEMPTS = 3
BACK_OFF_S = (1.0, 5.0, 20.0)
RECOMPOSITIONS = 2
RING_AGAIN = timedelta(seconds=4)
PERCEIVE, COMPOSE = "perceive", "compose"
OPEN = ("received", "perceived", "composed", "sending")
THINKING = ("received", "perceived")
ALBUM = timedelta(milliseconds=700)


@dataclass(frozen=True)
class Said:
    """One message on its way into a turn."""

    bot_id: int
    chat_id: int
    message_id: int
    update_id: int
    words: str | None = field(repr=False)
    sent_at: datetime
    kind: str = "text"
    attachment: Attachment | None = field(default=None, repr=False)


class Due(NamedTuple):
    """A turn whose doorbell is to be rung, and at which door."""

    turn_id: int
    queue: str


@dataclass(frozen=True)
class Claim:
    """The right to work on a turn: every write of the worker carries `token`, and counts only while it matches.
    `queue` names the work that it was taken for."""

    turn_id: int
    token: str
    attempts: int
    queue: str = COMPOSE


def take_in(
    session: Session,
    person: Person,
    conversation: Conversation,
    said: Said,
    *,
    hold: timedelta = timedelta(0),
) -> Turn:
    """Puts a message into the open turn that is still being thought about, or opens a turn for it.

    `hold` delays the answer so that what belongs together (an album, a backlog) can join.
    """
    wait_until = now() + hold
    newest = session.scalar(
        select(Turn).where(Turn.person_id == person.id, is_open()).order_by(Turn.id.desc()).limit(1).with_for_update()
    )
    if newest is not None and _takes(newest, said) and newest.conversation_id == conversation.id:
        joined: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            update(Turn)
            .where(
                Turn.id == newest.id,
                Turn.state.in_(THINKING),
                Turn.epoch == conversation.epoch,
                Turn.closed_to_merging.is_(False),
            )
            .values(
                revision=Turn.revision + 1,
                queue=PERCEIVE if said.attachment else Turn.queue,
                **_when(max(newest.not_before, wait_until), rung=not hold),
            )
            .execution_options(synchronize_session=False)
        )
        if joined.rowcount == 1:
            session.expire(newest)
            _add_message(session, person, newest, said)
            return newest
    queue = PERCEIVE if said.attachment else COMPOSE
    turn = open_turn(session, person, conversation, queue=queue, **_when(wait_until, rung=not hold))
    _add_message(session, person, turn, said)
    return turn


def open_turn(session: Session, person: Person, conversation: Conversation, **values: Any) -> Turn:
    """A new turn of `conversation`; `values` are its other columns."""
    turn = Turn(
        bot_id=person.bot_id,
        chat_id=person.telegram_id,
        person_id=person.id,
        conversation_id=conversation.id,
        epoch=conversation.epoch,
        **values,
    )
    session.add(turn)
    session.flush()
    return turn


def _takes(turn: Turn, said: Said) -> bool:
    """Whether a message may join. An attachment waits for no composition: what is said in it may be danger."""
    composing = turn.queue == COMPOSE and turn.lease_until is not None and turn.lease_until > now()
    return turn.state in THINKING and not (said.attachment and composing)


def _when(due: datetime, *, rung: bool) -> dict[str, datetime]:
    """When a turn is due, and when the sweeper rings for it: at once where nobody else does."""
    return {"not_before": due, "ring_at": due + RING_AGAIN if rung and due <= now() else due}


def record_danger(
    session: Session, person: Person, conversation: Conversation, answer: str, said: Said | None = None
) -> Turn:
    """A turn whose answer is the reviewed text: composed from the start, no model has a part in it."""
    turn = open_turn(
        session,
        person,
        conversation,
        kind="danger",
        state="composed",
        source="danger",
        closed_to_merging=True,
        answer=key_of(session, person).seal(answer),
        not_before=now(),
        ring_at=now(),
        composed_at=now(),
    )
    if said is not None:
        _add_message(session, person, turn, said)
    return turn


def claim(session: Session, turn_id: int, queue: str = COMPOSE) -> Claim | None:
    """Takes the turn for one lease, the attempt counted before the work, where the work of `queue` is due. Only a
    person's oldest open turn is composed; any may be perceived, since nothing is answered by that."""
    at = now()
    token = random_id()
    values = {"the_turn": turn_id, "the_queue": queue, "token": token, "at": at, "until": at + LEASE}
    attempts = session.scalar(_claiming(), values)
    return None if attempts is None else Claim(turn_id, token, attempts, queue)


@cache
def _claiming() -> ReturningUpdate[Any]:
    """Built once: putting it together took longer than running it, and it runs while nobody else may write."""
    turn, older = Turn.__table__, Turn.__table__.alias("older")
    at = bindparam("at", type_=turn.c.lease_until.type)
    until = bindparam("until", type_=turn.c.lease_until.type)
    held_up = exists().where(older.c.person_id == turn.c.person_id, older.c.id < turn.c.id, is_open(older.c))
    return (
        update(Turn.__table__)  # type: ignore[arg-type]
        .where(
            turn.c.id == bindparam("the_turn"),
            turn.c.queue == bindparam("the_queue"),
            turn.c.state.in_(THINKING),
            turn.c.attempts < ATTEMPTS,
            turn.c.not_before <= at,
            or_(turn.c.lease_until.is_(None), turn.c.lease_until < at),
            or_(turn.c.queue == PERCEIVE, ~held_up),
        )
        .values(lease_token=bindparam("token"), lease_until=until, attempts=turn.c.attempts + 1, ring_at=until)
        .returning(turn.c.attempts)
    )


def renew(session: Session, claim: Claim) -> bool:
    """Extends the lease. False where it was lost: the turn was cancelled, forgotten or taken over."""
    at = now()
    return _update(session, claim, lease_until=at + LEASE, ring_at=at + LEASE)


def commit_composition(
    session: Session, claim: Claim, *, revision: int, answer: bytes, source: str, decisions: dict[str, Any]
) -> bool:
    """Makes the turn `composed`, if nothing it was composed from has changed meanwhile."""
    current = (
        select(Conversation.epoch)
        .where(Conversation.id == Turn.conversation_id, Conversation.closed_at.is_(None))
        .scalar_subquery()
    )
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Turn)
        .where(_mine(claim), Turn.revision == revision, Turn.epoch == current)
        .values(
            state="composed",
            answer=answer,
            source=source,
            decisions=decisions,
            composed_at=now(),
            lease_token=None,
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    return done.rowcount == 1


def compose_again(session: Session, claim: Claim) -> bool:
    """Notes that messages came while composing; after two such times the turn takes no more. False if lost."""
    turn = session.get(Turn, claim.turn_id, populate_existing=True)
    if turn is None or turn.lease_token != claim.token:
        return False
    if not conversations.is_current(session, turn.conversation_id, turn.epoch):
        return False
    turn.compositions += 1
    turn.closed_to_merging = turn.compositions >= RECOMPOSITIONS
    return True


def put_back(session: Session, claim: Claim, failure: str, seconds: float | None = None) -> bool:
    """Ends an attempt that failed for a passing reason; the sweeper rings again after the back-off."""
    wait = timedelta(seconds=BACK_OFF_S[min(claim.attempts, len(BACK_OFF_S)) - 1] if seconds is None else seconds)
    due = now() + wait
    return _update(
        session, claim, lease_token=None, lease_until=None, not_before=due, ring_at=due, failure=failure[:80]
    )


def give_up(session: Session, claim: Claim, failure: str) -> bool:
    """Ends the turn: no attempt can or may succeed."""
    return _update(
        session, claim, state="dead", closed_at=now(), lease_token=None, lease_until=None, failure=failure[:80]
    )


def cancel(session: Session, claim: Claim) -> bool:
    """Ends a turn whose conversation has moved on without it."""
    return _update(session, claim, state="cancelled", closed_at=now(), lease_token=None, lease_until=None)


def exhausted(session: Session, limit: int = 50) -> list[Turn]:
    """Turns whose last allowed attempt ended without a word: their worker was killed each time."""
    at = now()
    return list(
        session.scalars(
            select(Turn)
            .where(
                is_open(),
                Turn.state.in_(THINKING),
                Turn.ring_at <= at,
                Turn.attempts >= ATTEMPTS,
                or_(Turn.lease_until.is_(None), Turn.lease_until < at),
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def to_ring(session: Session, limit: int = 200) -> list[Due]:
    """Turns whose doorbell may have been lost, each at most once in `RING_AGAIN`."""
    at = now()
    older = aliased(Turn)
    due = [
        Due(*row)
        for row in session.execute(
            select(Turn.id, Turn.queue)
            .where(
                is_open(),
                Turn.state.in_(THINKING),
                Turn.ring_at <= at,
                Turn.not_before <= at,
                Turn.attempts < ATTEMPTS,
                or_(Turn.lease_until.is_(None), Turn.lease_until < at),
                or_(
                    Turn.queue == PERCEIVE,
                    ~exists().where(older.person_id == Turn.person_id, older.id < Turn.id, is_open(older)),
                ),
            )
            .order_by(Turn.ring_at)
            .limit(limit)
        )
    ]
    if due:
        rung = [turn_id for turn_id, _ in due]
        session.execute(update(Turn).where(Turn.id.in_(rung)).values(ring_at=at + RING_AGAIN))
    return due


def waits_untaken(session: Session, since: datetime) -> bool:
    """Whether a turn that was due at `since` has not been taken by any worker."""
    waiting = exists().where(
        is_open(), Turn.state == "received", Turn.attempts == 0, Turn.not_before < since, Turn.lease_until.is_(None)
    )
    return bool(session.scalar(select(waiting)))


def answer_due(session: Session) -> bool:
    """Whether somebody's answer is being written, or could be."""
    older = aliased(Turn)
    writing = exists().where(
        is_open(),
        Turn.state.in_(THINKING),
        Turn.queue == COMPOSE,
        Turn.not_before <= now(),
        ~exists().where(older.person_id == Turn.person_id, older.id < Turn.id, is_open(older)),
    )
    return bool(session.scalar(select(writing)))


def next_of(session: Session, turn_id: int) -> Due | None:
    """The turn to ring when this one has ended: its person's oldest open one."""
    following = session.execute(_following(), {"ended": turn_id}).first()
    return Due(*following) if following else None


@cache
def _following() -> Select[Any]:
    """Built once; see `_claiming`."""
    turn, ended = Turn.__table__, Turn.__table__.alias("ended_turn")
    return (
        select(turn.c.id, turn.c.queue)
        .join(ended, ended.c.person_id == turn.c.person_id)
        .where(ended.c.id == bindparam("ended"), is_open(turn.c))
        .order_by(turn.c.id)
        .limit(1)
    )


def messages(session: Session, turn_id: int) -> list[TurnMessage]:
    """The turn's messages in Telegram's order."""
    return list(
        session.scalars(select(TurnMessage).where(TurnMessage.turn_id == turn_id).order_by(TurnMessage.message_id))
    )


def edit(session: Session, person: Person, message: TurnMessage, words: str) -> bool:
    """Replaces the words of a message whose turn is still being thought about. False where the answer came first."""
    raised: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Turn)
        .where(Turn.id == message.turn_id, Turn.state.in_(THINKING))
        .values(revision=Turn.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if raised.rowcount != 1:
        return False
    message.words, message.edited, message.doubts = key_of(session, person).seal(words), True, None
    return True


def _mine(claim: Claim) -> Any:
    return and_(Turn.id == claim.turn_id, Turn.lease_token == claim.token, Turn.state.in_(THINKING))


def _update(session: Session, claim: Claim, **values: Any) -> bool:
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Turn).where(_mine(claim)).values(**values).execution_options(synchronize_session=False)
    )
    return result.rowcount == 1


def _add_message(session: Session, person: Person, turn: Turn, said: Said) -> None:
    key = key_of(session, person)
    session.add(
        TurnMessage(
            turn_id=turn.id,
            person_id=person.id,
            bot_id=said.bot_id,
            chat_id=said.chat_id,
            message_id=said.message_id,
            update_id=said.update_id,
            kind=said.kind,
            words=key.seal(said.words) if said.words is not None else None,
            media=key.seal(said.attachment.written()) if said.attachment is not None else None,
            hearing=WAITING if said.attachment is not None else None,
            sent_at=said.sent_at,
        )
    )
    session.flush()
