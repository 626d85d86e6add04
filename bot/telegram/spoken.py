"""Who says the danger text of an update: the outbox, or the door itself. Never both, and never twice."""

import threading
import time
from collections import OrderedDict

REMEMBERED_S = 600.0


class Spoken:
    """Remembers for ten minutes, by update_id. Safe between the event loop and the threads that store."""

    def __init__(self, remembered_s: float = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._since: OrderedDict[int, float] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, update_id: int) -> bool:
        """True for whoever asks first: that one speaks."""
        at = time.monotonic()
        with self._lock:
            while self._since and next(iter(self._since.values())) < at - self._remembered_s:
                self._since.popitem(last=False)
            if update_id in self._since:
                return False
            self._since[update_id] = at
            return True

    def take_back(self, update_id: int) -> None:
        """It could not be said after all: the next one may try."""
        with self._lock:
            self._since.pop(update_id, None)
