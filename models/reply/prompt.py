"""The one prompt: what stays the same for everyone, then the persona, the history, the estimate, the turn."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.emotion.estimate import Estimate, in_prompt
from models.reply.engine import ChatMessage, Engine
from models.reply.persona import persona
from models.reply.request import DEFAULT_PERSONA, Exchange, Request

HERE = Path(__file__).parent
OVERHEAD = 6
"""Tokens a chat template puts around one message; rounded up."""
LONGEST_MESSAGE = 1200
"""Signs of a turn that reach the model: the end of a longer text, where people say what they want."""
LONGEST_REMEMBERED = 240
"""Signs kept of each side of an earlier exchange."""
BRIEF, AMPLE = 160, 1500
ANCHOR = 3
"""One exchange in so many may stand first in a shortened history; see `_within`."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens a prompt may spend. `history` bounds the time that a prompt never evaluated before costs: the
    default weights read some 75 tokens a second on two cores. Where it is None, an engine whose answers are
    mended gets `BRIEF`, because it says back the turn and little else, and any other one `AMPLE`."""

    history: int | None = None
    answer: int = 80

    def for_history(self, engine: Engine) -> int:
        """Tokens of history for `engine`."""
        if self.history is not None:
            return self.history
        return BRIEF if engine.mended else AMPLE


@cache
def _text() -> dict[str, Any]:
    return dict(yaml.safe_load((HERE / "prompt.yaml").read_text(encoding="utf-8")))


def version() -> int:
    """Version of the prompt; part of what a trained adapter is trained for."""
    return int(_text()["version"])


@cache
def prefix() -> tuple[ChatMessage, ...]:
    """What stands first in every prompt: the rules and the sample exchanges."""
    text = _text()
    messages = [ChatMessage("system", text["system"])]
    for sample in text["samples"]:
        messages.append(ChatMessage("user", marked(None, sample["person"])))
        messages.append(ChatMessage("assistant", sample["heed"]))
    return tuple(messages)


def opening(name: str = DEFAULT_PERSONA) -> tuple[ChatMessage, ...]:
    """`prefix`, and that a new person writes now, to the persona called `name`."""
    text = _text()
    manner = text["persona"].format(style=persona(name).style)
    return (*prefix(), ChatMessage("system", f"{text['begin']}\n{manner}"))


def marked(estimate: Estimate | None, text: str) -> str:
    """What the person wrote, under the line about how they seem to feel where something was estimated."""
    return text if estimate is None else f"[{in_prompt(estimate)}]\n{text}"


def person_text(content: str) -> str:
    """What the person wrote, out of the last message of a prompt."""
    content = content.removesuffix(f"\n{_text()['hint']}")
    return re.sub(r"\A\[Feeling[^\]]*\]\n", "", content)


@cache
def sample_answers() -> tuple[str, ...]:
    """The answers of the sample exchanges; a candidate that repeats one answers somebody else."""
    return tuple(message.content for message in prefix() if message.role == "assistant")


def build(request: Request, engine: Engine, budget: Budget) -> tuple[ChatMessage, ...]:
    """The prompt for `request`, within the context window of `engine`. Raises `EngineUnavailable`."""
    text = _text()
    first = opening(request.persona)
    asked = marked(request.estimate, request.text[-LONGEST_MESSAGE:])
    turn = ChatMessage("user", f"{asked}\n{text['hint']}" if engine.mended else asked)
    fixed = sum(engine.count_tokens(message.content) + OVERHEAD for message in (*first, turn))
    room = min(budget.for_history(engine), engine.context - fixed - budget.answer)
    return (*first, *_within(room, request.history, engine), turn)


def _within(room: int, history: Sequence[Exchange], engine: Engine) -> tuple[ChatMessage, ...]:
    """The newest exchanges that fit into `room` tokens, oldest dropped first.

    Dropping one exchange a turn would move all that follows, and an engine would evaluate all of it again
    each time. So a shortened history starts at an exchange that its own text marks as an anchor (one in
    three), where one fits, and the start stays where it is for several turns.
    """
    kept: list[tuple[Exchange, tuple[ChatMessage, ...]]] = []
    left = room
    for exchange in reversed(history):
        messages = (
            ChatMessage("user", _short(exchange.person)),
            ChatMessage("assistant", _short(exchange.heed)),
        )
        left -= sum(engine.count_tokens(message.content) + OVERHEAD for message in messages)
        if left < 0:
            break
        kept.insert(0, (exchange, messages))
    if len(kept) < len(history):
        anchors = [at for at, (exchange, _) in enumerate(kept) if _anchors(exchange)]
        kept = kept[anchors[0] :] if anchors and anchors[0] < len(kept) - 1 else kept
    return tuple(message for _, messages in kept for message in messages)


def _anchors(exchange: Exchange) -> bool:
    return zlib.crc32(exchange.person.encode()) % ANCHOR == 0


def _short(text: str) -> str:
    """The end of `text`, from a word's beginning, where it is long."""
    if len(text) <= LONGEST_REMEMBERED:
        return text
    return "… " + text[-LONGEST_REMEMBERED:].split(" ", 1)[-1]
