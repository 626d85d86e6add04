"""Once: a thing that is dear to make, made at its first use."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Once(Generic[Thing]):
    """Safe to use from several threads: whoever asks while it is being made waits for it, and for nothing else. Where
    making it failed, the next one who asks tries again."""

    def __init__(self) -> None:
        self._thing: Thing | None = None
        self._making = threading.Lock()

    @property
    def made(self) -> bool:
        return self._thing is not None

    def get(self, make: Callable[[], Thing]) -> Thing:
        """The thing, which `make` makes where there is none. Raises what `make` raises."""
        with self._making:
            if self._thing is None:
                self._thing = make()
            return self._thing
