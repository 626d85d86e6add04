"""The Turn context: what the stages of one attempt hand on to one another."""

from dataclasses import dataclass, field
from datetime import datetime

from models.reply.request import Exchange, Reply
from models.words import Language
from workers.house import House
from workers.journal.turns import Claim


@dataclass
class TurnContext:
    """One attempt at one turn. Holds words, so its repr shows ids only."""

    house: House = field(repr=False)
    claim: Claim
    turn_id: int
    person_id: str = ""
    revision: int = 0
    language: Language = "en"
    persona: str = ""
    mode: str = "normal"
    minor: bool = False
    newest_message: int = 0
    oldest_sent_at: datetime | None = None
    caption: bool = False
    messages: tuple[str, ...] = field(default=(), repr=False)
    history: tuple[Exchange, ...] = field(default=(), repr=False)
    said: tuple[str, ...] = field(default=(), repr=False)
    reply: Reply | None = field(default=None, repr=False)


class Superseded(Exception):
    """What this attempt worked from has changed or gone. Nothing was written, nothing is to be said."""


class Alarmed(Superseded):
    """The second opinion found danger: the reviewed text was queued, and this turn was voided with what is unsent."""


class Outrun(Superseded):
    """Messages came while composing: compose again from all of them."""
