"""How fast Heed may speak: 30 messages a second over all chats; in one chat a burst of 4, then one a second.

Telegram's own word counts more: after a 429 that chat waits as long as it was told, and only that chat.
"""

import time
from collections.abc import Callable

BURST = 4.0
GROUP_RATE = 20 / 60  # messages a second in a group
CHATS = 10_000


class Bucket:
    """A token bucket."""

    __slots__ = ("_at", "_clock", "_full", "_left", "_rate")

    def __init__(self, rate: float, full: float, clock: Callable[[], float]) -> None:
        self._rate, self._full, self._left = rate, full, full
        self._clock = clock
        self._at = clock()

    def wait(self) -> float:
        """Seconds until one message may go; 0.0 for now."""
        self._fill()
        return 0.0 if self._left >= 1 else (1 - self._left) / self._rate

    def take(self) -> None:
        self._fill()
        self._left -= 1

    @property
    def full(self) -> bool:
        self._fill()
        return self._left >= self._full

    def _fill(self) -> None:
        at = self._clock()
        self._left = min(self._full, self._left + (at - self._at) * self._rate)
        self._at = at


class Limits:
    """Asked before each send. Danger texts do not queue behind our own caution, only behind Telegram's word."""

    def __init__(self, overall: float, chat: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = overall
        self._clock = clock
        self._overall = Bucket(overall, max(overall, 1.0), clock)
        self._chat_rate = chat
        self._chats: dict[int, Bucket] = {}
        self._told: dict[int, float] = {}

    def wait(self, chat_id: int, urgent: bool = False) -> float:
        """Seconds until this chat may be written to."""
        told = self._told.get(chat_id, 0.0) - self._clock()
        if told > 0:
            return told
        if urgent:
            return 0.0
        return max(self._overall.wait(), self._bucket(chat_id).wait())

    def take(self, chat_id: int) -> None:
        """Counts one message."""
        self._overall.take()
        self._bucket(chat_id).take()

    def told_to_wait(self, chat_id: int, seconds: float) -> None:
        """Telegram's retry_after for this chat."""
        self._told[chat_id] = self._clock() + seconds

    def _bucket(self, chat_id: int) -> Bucket:
        if len(self._chats) > CHATS:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.full}
            self._told = {chat: until for chat, until in self._told.items() if until > self._clock()}
        if chat_id not in self._chats:
            rate = min(self._chat_rate, GROUP_RATE) if chat_id < 0 else self._chat_rate
            self._chats[chat_id] = Bucket(rate, max(BURST, rate), self._clock)
        return self._chats[chat_id]
