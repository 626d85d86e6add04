"""The Bot API methods by name. Names are matched without regard to case, as Telegram does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.bots import Bot
from bot.playground.parameters import Parameters
from bot.playground.refusal import not_found
from bot.playground.switchboard import Switchboard


@dataclass(frozen=True)
class Call:
    """One request of a bot."""

    bot: Bot
    board: Switchboard
    parameters: Parameters = field(repr=False)


class Encoded(str):
    """A result that is JSON text already (updates are stored as they are sent)."""


Method = Callable[[Call], Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Registers a function as one or several Bot API methods."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name.lower()] = function
        return function

    return register


def find(name: str) -> Method:
    """The method of this name. Raises `Refusal` (404)."""
    found = METHODS.get(name.lower())
    if found is None:
        raise not_found()
    return found
