"""Speeches: answers that are spoken, in place of the written one or beside it. At most once, and none is lost by it.

`Turn.speech` is NULL (nothing is to be spoken), "offered" (a button under the answer), "instead" or "beside" (to be
spoken), "made", or "failed". Who speaks has a lease of its own, after composition; its token fences what it writes.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, literal_column, or_, select, update
from sqlalchemy.orm import Session

from models.words import Language, as_language, say
from workers.journal import conversations, offers, outbox
from workers.journal.offers import OFFERED
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Outbox, Person, Turn, now, random_id
from workers.journal.turns import Claim, Due

RENDER = "render"
INSTEAD, BESIDE, MADE, FAILED = "instead", "beside", "made", "failed"
ATTEMPTS = 3
LEASE = timedelta(seconds=20)  # longer than any answer takes to speak, so that nobody needs to renew it
BACK_OFF_S = (1.0, 3.0)
RING_AGAIN = timedelta(seconds=2)
WRITTEN_AFTER = timedelta(seconds=10)
"""How long a written answer waits for its voice. Speaking takes a second or two; three times the longest of it, with
a lost doorbell in it, is what somebody who waits for an answer will still bear."""
BESIDE_WITHIN = timedelta(seconds=60)
"""Later than that, a voice note says what nobody is talking about any more."""

Asked = Literal["asked", "already", "stale"]


@dataclass(frozen=True)
class Script:
    """What is to be said aloud, and in which language."""

    words: str = field(repr=False)
    language: Language


@dataclass(frozen=True)
class Spoken:
    """Ogg/Opus, and how long it lasts."""

    data: bytes = field(repr=False)
    seconds: float


def is_unspoken() -> ColumnElement[bool]:
    """To be spoken, or being spoken; see `tables.is_open`."""
    return Turn.speech.in_([literal_column("'instead'"), literal_column("'beside'")])


def want(turn: Turn, form: str) -> Due:
    """Marks `turn` to be spoken, `INSTEAD` of or `BESIDE` the written answer. To be rung for after the commit."""
    at = now()
    turn.speech, turn.speech_attempts = form, 0
    turn.speak_by = at + (WRITTEN_AFTER if form == INSTEAD else BESIDE_WITHIN)
    turn.lease_token = turn.lease_until = None
    turn.ring_at = at + RING_AGAIN
    return Due(turn.id, RENDER)


def ask(session: Session, person: Person, turn_id: int) -> Asked:
    """The person pressed the button: has the answer spoken if it is theirs, the latest, and of an untroubled talk.

    Its button goes, since it does nothing any more; nobody needs to be told where it stood, which could be forged.
    """
    turn = session.get(Turn, turn_id, populate_existing=True, with_for_update=True)
    if turn is None or turn.person_id != person.id or turn.answer is None:
        return "stale"
    conversation = session.get(Conversation, turn.conversation_id)
    if conversation is None or conversation.mode != "normal" or not _is_current(session, turn):
        return "stale"
    if turn.speech in {INSTEAD, BESIDE, MADE}:
        return "already"
    if turn.speech != OFFERED:
        return "stale"
    want(turn, BESIDE)
    offers.show(session, person, turn)
    return "asked"


def claim(session: Session, turn_id: int) -> Claim | None:
    """Takes the speaking of a turn for one lease, the attempt counted before the work."""
    at = now()
    token = random_id()
    attempts = session.scalar(
        update(Turn)
        .where(
            Turn.id == turn_id,
            is_unspoken(),
            Turn.state.in_(("composed", "sending", "sent")),
            Turn.speech_attempts < ATTEMPTS,
            Turn.speak_by > at,
            or_(Turn.lease_until.is_(None), Turn.lease_until < at),
        )
        .values(
            lease_token=token,
            lease_until=at + LEASE,
            ring_at=at + LEASE,
            speech_attempts=Turn.speech_attempts + 1,
        )
        .returning(Turn.speech_attempts)
        .execution_options(synchronize_session=False)
    )
    return None if attempts is None else Claim(turn_id, token, attempts, RENDER)


def script(session: Session, claim: Claim) -> Script | None:
    """What to say: in place of a letter its words, beside it the answer alone. None where there is nothing to speak
    any more; then nobody tries again."""
    turn = _claimed(session, claim)
    if turn is None:
        return None
    person = session.get(Person, turn.person_id)
    language = as_language((turn.decisions or {}).get("language"))
    if person is not None and _is_current(session, turn):
        waiting = _unsent(session, turn) if turn.speech == INSTEAD else None
        if waiting is not None:
            return Script(outbox.body_of(session, waiting)["text"], language)
        if turn.speech == BESIDE and turn.answer is not None:
            return Script(key_of(session, person).unseal(turn.answer), language)
    _nothing(turn)
    return None


def keep(session: Session, claim: Claim, spoken: Spoken) -> bool:
    """Puts the voice note where it belongs, once. False where it came too late or is void."""
    turn = _claimed(session, claim)
    if turn is None:
        return False
    person = session.get(Person, turn.person_id)
    conversation = session.get(Conversation, turn.conversation_id)
    if person is None or conversation is None or not _is_current(session, turn):
        _nothing(turn)
        return False
    body = {"voice_b64": b64encode(spoken.data).decode(), "duration": max(1, round(spoken.seconds))}
    if turn.speech == BESIDE:
        written = {"text": _apology(turn)}
        letter = Letter(
            {**body, outbox.WRITTEN: written}, outbox.VOICE, "voice", "sendVoice", answers=_answered(session, turn)
        )
        outbox.put_of_turn(session, turn, letter, person, conversation)
    else:
        waiting = _unsent(session, turn)
        if waiting is None:
            _nothing(turn)
            return False
        written = outbox.body_of(session, waiting)
        outbox.rewrite(session, waiting, "sendVoice", {**body, outbox.WRITTEN: written}, outbox.VOICE)
    _end(turn, MADE)
    return True


def put_back(session: Session, claim: Claim) -> None:
    """Ends an attempt that failed for a passing reason; the sweeper rings again after the back-off. The last one
    ends the speech."""
    turn = _claimed(session, claim)
    if turn is None:
        return
    if claim.attempts >= ATTEMPTS:
        give_up(session, turn)
        return
    due = now() + timedelta(seconds=BACK_OFF_S[min(claim.attempts, len(BACK_OFF_S)) - 1])
    turn.lease_token, turn.lease_until, turn.ring_at = None, due, due


def leave_written(session: Session, claim: Claim) -> None:
    """Nothing of this answer can be said aloud: what is written goes out, without a word about it."""
    turn = _claimed(session, claim)
    if turn is None:
        return
    waiting = _unsent(session, turn)
    if turn.speech == INSTEAD and waiting is not None:
        waiting.not_before = None
    _end(turn, FAILED)


def give_up(session: Session, turn: Turn) -> None:
    """The answer could not be spoken: what is written goes out at once, or a sentence says that no voice comes."""
    person = session.get(Person, turn.person_id)
    conversation = session.get(Conversation, turn.conversation_id)
    waiting = _unsent(session, turn) if turn.speech == INSTEAD else None
    if waiting is not None:
        body = outbox.body_of(session, waiting)
        body["text"] += "\n\n" + _apology(turn)
        outbox.rewrite(session, waiting, waiting.method, body, waiting.purpose)
    elif turn.speech == BESIDE and person is not None and conversation is not None and _is_current(session, turn):
        letter = Letter({"text": _apology(turn)}, "notice", "voice", answers=_answered(session, turn))
        outbox.put_of_turn(session, turn, letter, person, conversation)
    _end(turn, FAILED)


def to_ring(session: Session, limit: int = 200) -> list[Due]:
    """Turns to be spoken whose doorbell may have been lost, each at most once in `RING_AGAIN`."""
    at = now()
    due = session.scalars(
        select(Turn.id)
        .where(
            is_unspoken(),
            Turn.ring_at <= at,
            Turn.speech_attempts < ATTEMPTS,
            Turn.speak_by > at,
            or_(Turn.lease_until.is_(None), Turn.lease_until < at),
        )
        .order_by(Turn.ring_at)
        .limit(limit)
    ).all()
    if due:
        session.execute(update(Turn).where(Turn.id.in_(due)).values(ring_at=at + RING_AGAIN))
    return [Due(turn_id, RENDER) for turn_id in due]


def overdue(session: Session, limit: int = 50) -> list[Turn]:
    """Turns that nobody spoke in time, or whose speaker was killed at every attempt."""
    at = now()
    killed = (Turn.speech_attempts >= ATTEMPTS) & or_(Turn.lease_until.is_(None), Turn.lease_until < at)
    return list(
        session.scalars(
            select(Turn)
            .where(is_unspoken(), or_(Turn.speak_by <= at, killed))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def _claimed(session: Session, claim: Claim) -> Turn | None:
    """The turn, if this claim still holds it."""
    turn = session.get(Turn, claim.turn_id, populate_existing=True, with_for_update=True)
    held = turn is not None and turn.lease_token == claim.token and turn.speech in {INSTEAD, BESIDE}
    return turn if held else None


def _unsent(session: Session, turn: Turn) -> Outbox | None:
    """The written answer, while nobody has begun to send it. One that was begun may have arrived.

    A row that somebody holds is being begun: not waited for, since whoever begins it waits for this very turn.
    """
    return session.scalar(
        select(Outbox)
        .where(Outbox.turn_id == turn.id, Outbox.part == "text", Outbox.state == "queued", Outbox.attempts == 0)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _answered(session: Session, turn: Turn) -> int | None:
    """What a voice note beside it quotes once the chat has gone on: the written answer."""
    row = session.execute(
        select(Outbox.sent_message_id, Outbox.answers)
        .where(Outbox.turn_id == turn.id, Outbox.part == "text")
        .limit(1)
    ).one_or_none()
    return (row.sent_message_id or row.answers) if row is not None else None


def _is_current(session: Session, turn: Turn) -> bool:
    return conversations.is_current(session, turn.conversation_id, turn.epoch)


def _apology(turn: Turn) -> str:
    return say(as_language((turn.decisions or {}).get("language")), "sound.voice_failed")


def _nothing(turn: Turn) -> None:
    """Too late, or void: what is written speaks for itself."""
    _end(turn, FAILED)


def _end(turn: Turn, how: str) -> None:
    turn.speech, turn.speak_by = how, None
    turn.lease_token = turn.lease_until = None
