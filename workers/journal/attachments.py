"""Attachments: what messages bring besides words. Where Telegram keeps one is stored, sealed, until perceived."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.journal.tables import TurnMessage

WAITING = "waiting"
LARGEST = 20 * 2**20  # bytes: a bot can download no more


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """What Telegram said of a file. `file_id` opens it, for this bot alone."""

    file_id: str = field(repr=False)
    size: int | None

    def written(self) -> str:
        """As it is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """The attachment that `written` gave."""
        held: dict[str, Any] = json.loads(written)
        return cls(**held)


def oldest_waiting(session: Session, turn_id: int) -> TurnMessage | None:
    """The first message of the turn whose attachment nobody has perceived."""
    return session.scalar(
        select(TurnMessage)
        .where(TurnMessage.turn_id == turn_id, TurnMessage.hearing == WAITING)
        .order_by(TurnMessage.message_id)
        .limit(1)
    )
