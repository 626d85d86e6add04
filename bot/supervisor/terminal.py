"""What `heed up` shows: one line a step, coloured on a terminal, plain elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Terminal:
    """Progress to standard output, trouble to standard error."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str, *, shows: bool = False) -> Iterator[None]:
        """A step that takes a while; its time is shown when it is done. With `shows`, it draws its own progress."""
        began = time.monotonic()
        if self._out.is_terminal and not shows:
            with self._out.status(name):
                yield
        else:
            yield
        self._out.print(f"  {name:<12} ready  {time.monotonic() - began:5.1f} s", markup=False)

    def say(self, line: str) -> None:
        self._out.print(line, markup=False)
        sys.stdout.flush()

    def warn(self, line: str) -> None:
        self._err.print(f"heed: {line}", markup=False)
        sys.stderr.flush()
