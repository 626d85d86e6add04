"""How many requests may be under way at once: as many as the send rate needs, and no more.

Whatever is under way when the process is killed is sent again. So there is room for `rate * round trip` requests
(Little's law), two at least. A request that takes much longer than the others takes no room from them.
"""

import math
import time
from collections.abc import Callable

AT_MOST = 48
AT_LEAST = 2
FIRST_TRIP_S = 0.05
SLOW = 4.0  # a request this many times older than the usual round trip does not count
WEIGHT = 0.2  # of the newest round trip in the moving average


class Flight:
    """The chats that are being written to. A chat is in it from the beginning of a request to its recorded result."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._since: dict[int, float] = {}
        self._trip_s = FIRST_TRIP_S

    @property
    def chats(self) -> frozenset[int]:
        return frozenset(self._since)

    @property
    def room(self) -> int:
        """How many more requests may begin now."""
        wanted = max(AT_LEAST, math.ceil(self._rate * self._trip_s))
        oldest = self._clock() - SLOW * self._trip_s
        young = sum(1 for since in self._since.values() if since > oldest)
        return max(0, min(wanted - young, AT_MOST - len(self._since)))

    def begin(self, chat_id: int) -> None:
        self._since[chat_id] = self._clock()

    def end(self, chat_id: int) -> None:
        since = self._since.pop(chat_id, None)
        if since is not None:
            self._trip_s += WEIGHT * (self._clock() - since - self._trip_s)
