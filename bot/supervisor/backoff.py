"""How long a process that died waits before it is started again."""

from collections import deque

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 10.0
LOOP_DEATHS = 5
LOOP_WINDOW_SECONDS = 60.0
LOOP_SECONDS = 30.0


class BackOff:
    """Doubles from 0.2 s to 10 s with every death in the last minute; at five deaths it is a loop, and 30 s."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque(maxlen=64)

    def died(self, now: float) -> float:
        """Notes a death at `now` (monotonic seconds) and returns the seconds to wait."""
        self._deaths.append(now)
        recent = self._recent(now)
        if recent >= LOOP_DEATHS:
            return LOOP_SECONDS
        return float(min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (recent - 1)))

    def loops(self, now: float) -> bool:
        """Whether it died five times in the last minute."""
        return self._recent(now) >= LOOP_DEATHS

    def _recent(self, now: float) -> int:
        return sum(1 for death in self._deaths if now - death < LOOP_WINDOW_SECONDS)
