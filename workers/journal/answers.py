"""Which of Heed's messages answer one message of a person: what `heed say` prints and the rigs count."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.journal.outbox import VOICE
from workers.journal.tables import Inbox, Outbox, Turn, TurnMessage

CLOSED = ("sent", "dead", "cancelled")
ANSWERING = ("reply", "danger", "dead", "answer")


@dataclass(frozen=True)
class Answers:
    """`done` when nothing more will come; Telegram's ids of the parts, in order; the state of the turn or update."""

    done: bool
    message_ids: tuple[int, ...]
    state: str


def answers_to(session: Session, bot_id: int, chat_id: int, message_id: int) -> Answers:
    """The answer to one message, without typing, holding sentences, introductions and notices."""
    turn = session.scalar(
        select(Turn)
        .join(TurnMessage, TurnMessage.turn_id == Turn.id)
        .where(TurnMessage.bot_id == bot_id, TurnMessage.chat_id == chat_id, TurnMessage.message_id == message_id)
    )
    if turn is not None:
        rows = session.scalars(select(Outbox).where(Outbox.turn_id == turn.id).order_by(Outbox.id)).all()
        ended = turn.state in {"sent", "dead", "cancelled", "merged", "refused"}
        return _answers(list(rows), ended, turn.state)
    update_row = session.scalar(
        select(Inbox)
        .where(Inbox.bot_id == bot_id, Inbox.chat_id == chat_id, Inbox.message_id == message_id)
        .order_by(Inbox.update_id)
        .limit(1)
    )
    if update_row is None or update_row.state == "waiting":
        return Answers(False, (), "waiting")
    rows = session.scalars(
        select(Outbox)
        .where(Outbox.bot_id == bot_id, Outbox.origin == f"u:{update_row.update_id}")
        .order_by(Outbox.id)
    ).all()
    return _answers(list(rows), True, update_row.state)


def _answers(rows: list[Outbox], ended: bool, state: str) -> Answers:
    answering = [row for row in rows if row.purpose in ANSWERING or (row.purpose == VOICE and row.last)]
    done = ended and all(row.state in CLOSED for row in answering)
    return Answers(done, tuple(row.sent_message_id for row in answering if row.sent_message_id), state)
