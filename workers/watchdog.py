"""The watchdog: ends a process whose compute step exceeds its budget.

A thread that hangs in native code cannot be cancelled, and it holds the one place where this process computes. So
the process goes, its supervisor starts another, and the turn is tried again: its attempt was counted before.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


def _end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Watchdog:
    """Watches any number of steps from one daemon thread, started with the first."""

    def __init__(self, end: Callable[[], None] = _end_this_process, look_every_s: float = 0.5) -> None:
        self._end = end
        self._look_every_s = look_every_s
        self._steps: dict[int, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._next = 0
        self._thread: threading.Thread | None = None

    @contextmanager
    def step(self, name: str, budget_s: float) -> Iterator[None]:
        """Runs the body; ends the process when it takes longer than `budget_s`."""
        with self._lock:
            self._next += 1
            number = self._next
            self._steps[number] = (name, time.monotonic() + budget_s)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._steps[number]

    def _watch(self) -> None:
        while True:
            time.sleep(self._look_every_s)
            at = time.monotonic()
            with self._lock:
                late = [name for name, until in self._steps.values() if until < at]
            if late:
                log.critical("step exceeded its budget, this process ends: step=%s", late[0])
                self._end()
