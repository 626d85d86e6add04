"""What happened in the chats, for those who watch: the page, `heed say`, tests, the load rig.

Kept in memory only. Numbers start at the clock, in microseconds, so they rise across restarts and a watcher that
comes back after one is told to load everything again.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 4000  # events; a page that fell further behind reloads


@dataclass(frozen=True)
class Event:
    """One thing that happened in one chat of one bot."""

    number: int
    bot_id: int
    chat_id: int
    kind: str
    body: dict[str, Any] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The event as the page gets it."""
        return {
            "number": self.number,
            "bot": self.bot_id,
            "chat": self.chat_id,
            "kind": self.kind,
            **self.body,
        }


class Feed:
    """A short memory of events, and those who wait for the next one of a chat (0: of any chat)."""

    def __init__(self) -> None:
        self.number = time.time_ns() // 1000
        self._oldest = self.number
        self._events: deque[Event] = deque()
        self._waiters: dict[int, set[asyncio.Future[None]]] = {}

    def publish(self, bot_id: int, chat_id: int, kind: str, **body: Any) -> None:
        """Tells everybody who watches this chat."""
        self.number += 1
        self._events.append(Event(self.number, bot_id, chat_id, kind, body))
        if len(self._events) > KEPT:
            self._oldest = self._events.popleft().number
        for key in (chat_id, 0):
            for waiter in self._waiters.pop(key, ()):
                if not waiter.done():
                    waiter.set_result(None)

    def since(self, number: int, bot_id: int, chat_id: int = 0) -> list[Event] | None:
        """Events after `number` of one chat (0: all). None: too far back, or from before a restart."""
        if number < self._oldest or number > self.number:
            return None
        found = []
        for event in reversed(self._events):
            if event.number <= number:
                break
            if event.bot_id == bot_id and chat_id in (0, event.chat_id):
                found.append(event)
        return found[::-1]

    async def next(self, chat_id: int, seconds: float) -> bool:
        """Waits for the next event of a chat (0: of any). False when the time passed without one."""
        if seconds <= 0:
            return False
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(chat_id, set()).add(waiter)
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            return False
        finally:
            waiters = self._waiters.get(chat_id)
            if waiters is not None:
                waiters.discard(waiter)
                if not waiters:
                    del self._waiters[chat_id]
        return True

    def forget(self, chat_id: int) -> None:
        """Drops what is remembered of a chat."""
        self._events = deque(event for event in self._events if event.chat_id != chat_id)

    def release(self) -> None:
        """Lets everybody go who waits: the server stops."""
        for waiters in self._waiters.values():
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
        self._waiters.clear()
