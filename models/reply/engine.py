"""The one interface of everything that can write a candidate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from models.words import Language

Role = Literal["system", "user", "assistant"]


class EngineUnavailable(Exception):
    """The engine cannot answer now: missing, too slow, out of order. Its message holds no words of a prompt."""


class UnknownEngine(ValueError):
    """There is no engine of this name."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt."""

    role: Role
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """What an engine wrote. `cached_tokens` are those of `prompt_tokens` that were not evaluated anew;
    `finished` is false where `max_tokens` cut the text off."""

    text: str = field(repr=False)
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cached_tokens: int = 0
    finished: bool = True


class Engine(Protocol):
    """Writes the next message of a conversation. Safe to call from several threads; calls may queue."""

    @property
    def name(self) -> str:
        """Name and version of what answers, for the record of a turn."""

    @property
    def languages(self) -> frozenset[Language]:
        """The languages it answers people sensibly in."""

    @property
    def context(self) -> int:
        """Size of the context window, in tokens."""

    @property
    def mended(self) -> bool:
        """Whether its answers are judged sentence by sentence and completed, as those of small models
        have to be; else they are taken or left as a whole."""

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        """The next message of the assistant. Raises `EngineUnavailable`."""

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` is, exactly or estimated upward. Raises `EngineUnavailable`."""

    def warm(self) -> None:
        """Load whatever the first call would otherwise wait for. Raises `EngineUnavailable`."""

    def read_ahead(self, messages: Sequence[ChatMessage]) -> None:
        """Evaluate what prompts will begin with, where evaluated prompts are kept: seconds that a first reply would
        otherwise wait. Raises `EngineUnavailable`."""

    def close(self) -> None:
        """Give memory and connections back. The engine is not used afterwards."""
