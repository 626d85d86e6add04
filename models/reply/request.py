"""What a reply is asked for with, and what comes back. Words are masked wherever these are printed."""

from dataclasses import dataclass, field
from typing import Literal

from models.emotion.estimate import Estimate
from models.words import Language

Mode = Literal["normal", "careful"]
DEFAULT_PERSONA = "warm_friend"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier turn: what the person wrote (several messages joined by line breaks) and Heed's answer."""

    person: str = field(repr=False)
    heed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Everything one reply may rest on; all of it from this one person.

    `messages` are the messages of the turn in order, several where they were merged. `history` is the
    conversation before them, oldest first. `said` are all answers Heed has given in this conversation, so
    that none is given twice; answers in `history` count as said too. `careful` mode, after a danger event,
    is answered by reviewed phrases alone. `seed` makes the reply reproducible; vary it by turn. `late` says
    that the person waited through an outage. `minor` says that they are known to be under `min_age`: no
    model answers them then. `doubts` are words of the messages that were hardly understood: no reply builds on one.
    `shown` says that a photo was looked at, which may have come without words.
    """

    language: Language
    messages: tuple[str, ...] = field(repr=False)
    history: tuple[Exchange, ...] = field(default=(), repr=False)
    estimate: Estimate | None = None
    persona: str = DEFAULT_PERSONA
    mode: Mode = "normal"
    said: tuple[str, ...] = field(default=(), repr=False)
    min_age: int = 18
    seed: int = 0
    late: bool = False
    minor: bool = False
    doubts: tuple[str, ...] = field(default=(), repr=False)
    shown: bool = False

    @property
    def text(self) -> str:
        """The messages of the turn, joined by line breaks."""
        return "\n".join(message.strip() for message in self.messages if message.strip())

    @property
    def earlier(self) -> tuple[str, ...]:
        """All answers of the conversation so far, without doubles."""
        return tuple(dict.fromkeys([*self.said, *(exchange.heed for exchange in self.history)]))


@dataclass(frozen=True, slots=True)
class Decision:
    """One check of one candidate: a name, its outcome and, where there is one, a number. Never words.

    Candidates count from 1; 0 is the request itself.
    """

    name: str
    passed: bool
    candidate: int = 0
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that may be sent, where it came from and how it was found.

    `source` is "model", "intent:<name>", "phrase" (the engine does not speak the language), "fallback" (no
    candidate passed, or there is no engine to ask), "photo" (which came without words) or "careful". `minor` says
    that the person gave an age under `Request.min_age`. `seconds` is the whole time spent here, `tokens` what the
    engine generated.
    """

    text: str = field(repr=False)
    source: str
    decisions: tuple[Decision, ...] = ()
    model: str | None = None
    candidates: int = 0
    seconds: float = 0.0
    minor: bool = False
    tokens: int = 0
