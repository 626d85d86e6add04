"""What `heed up` shows: one line a step, and trouble on standard error.

No library that draws: those do it from a thread, and a supervisor that forks must have only one.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

ERASE_LINE = "\r\x1b[K"


class Terminal:
    """Plain lines. On a terminal, a step that is under way is seen too, and its line is replaced when it is done."""

    def __init__(self) -> None:
        self._redraws = sys.stdout.isatty()

    @contextmanager
    def step(self, name: str, *, shows: bool = False) -> Iterator[None]:
        """A step that takes a while; its time is shown when it is done. With `shows`, it draws its own progress."""
        began = time.monotonic()
        under_way = self._redraws and not shows
        if under_way:
            self._write(f"  {name:<12} …")
        try:
            yield
        finally:
            if under_way:
                self._write(ERASE_LINE)
        self.say(f"  {name:<12} ready  {time.monotonic() - began:5.1f} s")

    def say(self, line: str) -> None:
        self._write(line + "\n")

    def warn(self, line: str) -> None:
        if self._redraws:
            self._write(ERASE_LINE)
        sys.stderr.write(f"heed: {line}\n")
        sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
