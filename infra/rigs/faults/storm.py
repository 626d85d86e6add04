"""What befalls Heed while people write: kill -9 in turns, and a Telegram, a network and a broker that misbehave."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import redis
from sqlalchemy import func, select

from infra.rigs.people import People
from infra.rigs.running import BOT_ID, Running
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.tables import Turn, is_open, now
from workers.journal.turns import PERCEIVE

# One round of kills. A supervisor that is killed takes its children along and has to be started again.
ROUND = (
    *("bot", "text", "media", "redis", "bot", "media"),
    *("text", "supervisor", "bot", "media", "text", "redis"),
)
LISTENING_S = 10.0  # how long a kill of the media worker waits for it to listen to somebody
PATIENCE_S = 20.0
PAUSE_S = 2.5  # of a process that is stopped and continued
LOOK_S = 0.05
CANARY = "kestrel-7391"


Mishap = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Blow:
    """One thing that befell Heed. `at` is `time.monotonic()` of the rig."""

    at: float
    what: str
    on: str = ""


@dataclass
class Storm:
    """Strikes `kills` times in `seconds`, with other misfortunes in between."""

    heed: Running
    people: People
    persons: list[int]
    kills: int
    seconds: float
    chance: random.Random
    told: Callable[[str], None]
    blows: list[Blow] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    """Seconds that each start after a kill of the supervisor took."""

    async def blow(self) -> None:
        """Runs to its end; Heed is up again then."""
        began = time.monotonic()
        mishaps = self._mishaps()
        for number in range(self.kills):
            due = began + (number + self.chance.uniform(0.1, 0.9)) * self.seconds / self.kills
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for _ in range(-(-len(mishaps) // (self.kills - number))):
                await mishaps.pop()()
            await self._kill(ROUND[number % len(ROUND)])

    async def _kill(self, name: str) -> None:
        if name == "supervisor":
            self._note("kill -9", name)
            await asyncio.to_thread(self.heed.kill_supervisor)
            self.starts.append(await asyncio.to_thread(self.heed.start))
            return
        listens = name == "media" and await self._listens()
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self.heed.kill(name):
                self._note("kill -9", f"{name} while it listens" if listens else name)
                return
            await asyncio.sleep(LOOK_S)  # it was killed a moment ago and is not back yet

    async def _listens(self) -> bool:
        """Waits for a recording that is being heard, so that the blow falls into it."""
        until = time.monotonic() + LISTENING_S
        while time.monotonic() < until:
            try:
                if await asyncio.to_thread(_heard_now, self.heed.journal):
                    return True
            except JournalUnavailable:
                pass  # the database of a house that is being killed
            await asyncio.sleep(LOOK_S)
        return False

    def _mishaps(self) -> list[Mishap]:
        """Everything but kills, in an order drawn by chance. A cut after the fact makes one double: there is one."""
        wishes: list[tuple[str, dict[str, Any]]] = [
            *[("updates delivered again", {"duplicate_updates": True, "times": 2})] * 12,
            *[("malformed update", {"raw_update": raw}) for raw in malformed(self.persons[0])],
            *[("answer that is no JSON", {"raw_update": "<html>", "times": 1})] * 2,
            *[("429", {"method": "sendMessage", "status": 429, "retry_after": 1, "times": 3})] * 6,
            *[("500", {"method": "sendMessage", "status": 500, "times": 2})] * 4,
            *[("502", {"method": "getUpdates", "status": 502, "times": 1})] * 3,
            *[("cut before", {"method": "sendMessage", "cut": "before", "times": 2})] * 4,
            *[("cut half-way", {"method": "getUpdates", "cut": "after", "times": 1})] * 4,
            *[("slow", {"method": "sendMessage", "delay_s": 1.5, "times": 2})] * 3,
            ("cut half-way", {"method": "sendMessage", "cut": "after", "times": 1}),
        ]
        mishaps: list[Mishap] = [partial(self._wish, what, wish) for what, wish in wishes]
        mishaps += [self._flush, self._garbage, partial(self._pause, "bot"), partial(self._pause, "text")]
        self.chance.shuffle(mishaps)
        return mishaps

    async def _wish(self, what: str, wish: dict[str, Any]) -> None:
        await self.people.fault({**wish, "bot": BOT_ID})
        self._note(what, str(wish.get("method", "")))

    async def _flush(self) -> None:
        await self._ask_redis("FLUSHALL", lambda broker: broker.flushall())

    async def _garbage(self) -> None:
        await self._ask_redis("garbage in the queue", lambda broker: broker.lpush("compose", b"\x00{not a task"))

    async def _ask_redis(self, what: str, ask: Callable[[redis.Redis], object]) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                with redis.Redis(unix_socket_path=str(self.heed.settings.redis_socket), socket_timeout=1) as broker:
                    ask(broker)
                self._note(what, "redis")
                return
            except redis.RedisError:
                await asyncio.sleep(LOOK_S)  # it was killed a moment ago and is not back yet

    async def _pause(self, name: str) -> None:
        if self.heed.kill(name, signal.SIGSTOP):
            self._note(f"stopped for {PAUSE_S:g} s", name)
            await asyncio.sleep(PAUSE_S)
            self.heed.kill(name, signal.SIGCONT)

    def _note(self, what: str, on: str = "") -> None:
        self.blows.append(Blow(time.monotonic(), what, on))
        self.told(f"{what} {on}".strip())

    def killed(self, name: str) -> int:
        """How many kills hit `name`."""
        return sum(1 for blow in self.blows if blow.what == "kill -9" and blow.on == name)


def _heard_now(journal: Journal) -> bool:
    with journal.read() as session:
        held = select(func.count()).where(is_open(), Turn.queue == PERCEIVE, Turn.lease_until > now())
        return bool(session.scalar(held))


def malformed(person: int) -> list[dict[str, Any]]:
    """Updates that Telegram should never send: each is to be dead after one attempt, its content in no log."""
    chat = {"id": person, "type": "private", "first_name": CANARY}
    sender = {"id": person, "is_bot": False, "first_name": CANARY}
    message = {"message_id": 1, "chat": chat, "from": sender, "date": 1_700_000_000, "text": CANARY}
    return [
        {"message": {**message, "date": CANARY}},
        {"message": {**message, "chat": CANARY}},
        {"message": [CANARY]},
        {"message": {**message, "entities": [{"type": CANARY}]}},
        {"edited_message": {**message, "from": {"id": CANARY}}},
        {"callback_query": {"id": CANARY, "data": CANARY}},
        {CANARY: CANARY},
    ]
