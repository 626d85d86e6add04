"""A hand on the stages of a turn: what a test may do just before or just after one of them."""

from collections.abc import Callable
from functools import wraps

import pytest

from workers.turn import order
from workers.turn.context import TurnContext
from workers.turn.order import Stage

Interference = Callable[[TurnContext], object]


class Stages:
    """Runs what was asked for around the real stages. `"compose"`: before it, `"compose."`: after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names = [stage.__name__ for stage in (*order.PERCEIVE, *order.COMPOSE, *order.RENDER)]
        self._asked: dict[str, list[Interference]] = {}
        for name in ("PERCEIVE", "COMPOSE", "RENDER"):
            monkeypatch.setattr(order, name, tuple(self._around(stage) for stage in getattr(order, name)))

    def once(self, where: str, what: Interference) -> None:
        """The next turn that passes `where` meets `what`; an exception of it is the stage's."""
        assert where.rstrip(".") in self.names, where
        self._asked.setdefault(where, []).append(what)

    def always(self, where: str, what: Interference) -> None:
        """Every turn that passes `where` meets `what`."""
        self.once(where, _Always(what))

    def clear(self) -> None:
        """No more interference."""
        self._asked.clear()

    def _around(self, stage: Stage) -> Stage:
        name = stage.__name__

        @wraps(stage)
        def run(context: TurnContext) -> None:
            self._meet(name, context)
            stage(context)
            self._meet(name + ".", context)

        return run

    def _meet(self, where: str, context: TurnContext) -> None:
        asked = self._asked.get(where)
        if not asked:
            return
        first = asked[0]
        if not isinstance(first, _Always):
            asked.pop(0)
        first(context)


class _Always:
    def __init__(self, what: Interference) -> None:
        self._what = what

    def __call__(self, context: TurnContext) -> object:
        return self._what(context)
