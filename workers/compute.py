"""One heavy step at a time: native threads already fill the cores, and a step that hangs ends the process.

Only the engine's own work waits here. What is answered by reviewed words never queues behind a model.
"""

import threading
from collections.abc import Sequence

from models.reply.engine import ChatMessage, Completion, Engine
from models.words import Language
from workers.watchdog import Watchdog

BUDGET_S = 120.0  # one candidate of the default model takes seconds; whoever needs fifty times that hangs


class WatchedEngine:
    """An `Engine` whose generations take turns and are watched. `slots`: how many may run at once."""

    def __init__(self, engine: Engine, watchdog: Watchdog, slots: int = 1, budget_s: float = BUDGET_S) -> None:
        self._engine = engine
        self._watchdog = watchdog
        self._slots = threading.BoundedSemaphore(slots)
        self._budget_s = budget_s

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def languages(self) -> frozenset[Language]:
        return self._engine.languages

    @property
    def context(self) -> int:
        return self._engine.context

    @property
    def mended(self) -> bool:
        return self._engine.mended

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        with self._slots, self._watchdog.step("generate", self._budget_s):
            return self._engine.generate(
                messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop
            )

    def count_tokens(self, text: str) -> int:
        return self._engine.count_tokens(text)

    def warm(self) -> None:
        self._engine.warm()

    def read_ahead(self, messages: Sequence[ChatMessage]) -> None:
        with self._slots, self._watchdog.step("read ahead", self._budget_s):
            self._engine.read_ahead(messages)

    def close(self) -> None:
        self._engine.close()
