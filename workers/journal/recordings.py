"""Recordings: messages that were spoken. Where Telegram keeps the sound is stored until it was listened to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from workers.journal.attachments import WAITING, Attachment
from workers.journal.keys import PersonKey
from workers.journal.tables import Outbox, TurnMessage

FILM = "video_note"
KINDS = ("voice", "audio", FILM)
HEARD = "heard"


@dataclass(frozen=True, kw_only=True)
class Recording(Attachment):
    """Something spoken, and how long it lasts."""

    seconds: float


def any_waiting(session: Session, turn_id: int) -> bool:
    """Whether the turn holds a recording that nobody has listened to."""
    waiting = exists().where(
        TurnMessage.turn_id == turn_id, TurnMessage.hearing == WAITING, TurnMessage.kind.in_(KINDS)
    )
    return bool(session.scalar(select(waiting)))


def waiting_since(session: Session, turn_ids: Sequence[int], since: datetime) -> set[int]:
    """Those of the turns with a recording that came before `since` and that nobody has listened to."""
    waiting = select(TurnMessage.turn_id).where(
        TurnMessage.turn_id.in_(turn_ids),
        TurnMessage.hearing == WAITING,
        TurnMessage.kind.in_(KINDS),
        TurnMessage.received_at < since,
    )
    return set(session.scalars(waiting))


def heard(
    message: TurnMessage, key: PersonKey, words: str, doubts: Sequence[str] = (), missing: str | None = None
) -> None:
    """Notes what was understood of a recording, behind its caption, and drops where its sound is. `missing` says why
    it is not all of it."""
    caption = key.unseal(message.words) if message.words is not None else ""
    message.words = key.seal("\n".join(part for part in (caption, words) if part))
    message.doubts = key.seal(json.dumps(list(doubts), ensure_ascii=False)) if doubts else None
    message.hearing, message.media = missing[:16] if missing else HEARD, None


def correct(message: TurnMessage, key: PersonKey, words: str) -> None:
    """Puts what the person says that they said in place of what was understood, unless its time is over."""
    if message.words is not None:
        message.words, message.doubts, message.edited = key.seal(words), None, True


def unheard(message: TurnMessage, why: str) -> None:
    """Notes why nothing was understood: the name of a sentence in models/words/*/sound.yaml."""
    message.hearing, message.media = why[:16], None


def doubts_of(message: TurnMessage, key: PersonKey) -> tuple[str, ...]:
    """The words of a recording that were hardly understood."""
    return tuple(json.loads(key.unseal(message.doubts))) if message.doubts is not None else ()


def of_message(session: Session, bot_id: int, chat_id: int, message_id: int, person_id: str) -> TurnMessage | None:
    """The recording of this person that a message is, or that it shows what was heard of."""
    shows = (
        select(Outbox.answers)
        .where(
            Outbox.bot_id == bot_id,
            Outbox.chat_id == chat_id,
            Outbox.sent_message_id == message_id,
            Outbox.purpose == "heard",
        )
        .scalar_subquery()
    )
    return session.scalar(
        select(TurnMessage).where(
            TurnMessage.bot_id == bot_id,
            TurnMessage.chat_id == chat_id,
            TurnMessage.person_id == person_id,
            TurnMessage.kind.in_(KINDS),
            or_(TurnMessage.message_id == message_id, TurnMessage.message_id == shows),
        )
    )
