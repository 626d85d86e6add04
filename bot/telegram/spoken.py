"""Who says the danger text of an update: the outbox, or the door itself. Never both, and never twice."""

import threading
import time
from collections import OrderedDict
from typing import Literal

REMEMBERED_S = 600.0

Speaker = Literal["outbox", "door"]


class Spoken:
    """Remembers for ten minutes, by update_id. Safe between the event loop and the threads that store."""

    def __init__(self, remembered_s: float = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._by: OrderedDict[int, tuple[float, Speaker]] = OrderedDict()
        self._messages: dict[int, int] = {}
        self._lock = threading.Lock()

    def may(self, update_id: int, speaker: Speaker) -> bool:
        """True for whoever asks first: that one speaks. The outbox may ask again (its transaction had failed)."""
        at = time.monotonic()
        with self._lock:
            while self._by and next(iter(self._by.values()))[0] < at - self._remembered_s:
                self._messages.pop(self._by.popitem(last=False)[0], None)
            if update_id in self._by:
                return speaker == "outbox" == self._by[update_id][1]
            self._by[update_id] = (at, speaker)
            return True

    def take_back(self, update_id: int, speaker: Speaker) -> None:
        """`speaker` could not say it after all: the next one may try."""
        with self._lock:
            if update_id in self._by and self._by[update_id][1] == speaker:
                del self._by[update_id]

    def said(self, update_id: int, message_id: int) -> None:
        """The door has said it; Telegram knows it as `message_id`."""
        with self._lock:
            if update_id in self._by:
                self._messages[update_id] = message_id

    def message(self, update_id: int) -> int | None:
        """Telegram's id of what the door said; None where the outbox speaks."""
        with self._lock:
            return self._messages.get(update_id)
