"""What befalls Heed while people write: kill -9 in turns, and a Telegram, a network and a broker that misbehave."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import redis

from infra.rigs.faults.whereabouts import Whereabouts
from infra.rigs.people import People
from infra.rigs.running import BOT_ID, Running
from workers.journal.turns import ATTEMPTS

HEARING, SPEAKING = "hear", "voice"
"""The stages in which a recording is heard and an answer is spoken."""
MEDIA = "media"
# One round of kills. A supervisor that is killed takes its children along and has to be started again. The media
# worker is killed in the middle of a stage.
ROUND = (
    *("bot", HEARING, SPEAKING, "supervisor", "text", "redis", SPEAKING, "bot", HEARING),
    *("text", "bot", SPEAKING, HEARING, "redis"),
)
AIMING_S = 5.0  # how long a kill of the media worker waits for the stage that it is to fall into
APART = 0.3  # of the time from one kill to the next, at least
PROVOKED_S = 60.0  # and how long where somebody had to be asked to say something for it
INTO_S = (0.02, 0.3)  # how far into the stage, where it lasts as long
GONE_S = 2.0
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
    inside: tuple[str, ...] = ()
    """The stages that were cut short by it, one for each turn."""


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
    provoke: Callable[[str], Awaitable[None]]
    """Has somebody say what makes a stage come."""
    blows: list[Blow] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    """Seconds that each start after a kill of the supervisor took."""

    def __post_init__(self) -> None:
        self._whereabouts = Whereabouts(self.heed.home / "logs" / f"{MEDIA}.log")
        self._met: Counter[tuple[int, bool]] = Counter()

    async def blow(self) -> None:
        """Runs to its end; Heed is up again then."""
        began = time.monotonic()
        mishaps = self._mishaps()
        for number in range(self.kills):
            due = began + (number + self.chance.uniform(0.1, 0.9)) * self.seconds / self.kills
            # One that took its time to aim does not make the next ones fall all at once.
            least = self.blows[-1].at + APART * self.seconds / self.kills if self.blows else 0.0
            await asyncio.sleep(max(0.0, max(due, least) - time.monotonic()))
            for _ in range(-(-len(mishaps) // (self.kills - number))):
                await mishaps.pop()()
            await self._kill(ROUND[number % len(ROUND)])

    async def _kill(self, name: str) -> None:
        if name == "supervisor":
            await self._spare()
            at = time.monotonic()
            await asyncio.to_thread(self.heed.kill_supervisor)
            self._fell(name, at)
            self.starts.append(await asyncio.to_thread(self.heed.start))
            return
        if name in {HEARING, SPEAKING}:
            await self._aim(name)
            name = MEDIA
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            number = self.heed.pid(name)
            if number is not None and self.heed.kill(name):
                at = time.monotonic()
                while self.heed.runs(number) and time.monotonic() < at + GONE_S:
                    await asyncio.sleep(LOOK_S / 5)
                self._fell(name, at)
                return
            await asyncio.sleep(LOOK_S)  # it was killed a moment ago and is not back yet

    async def _aim(self, stage: str) -> None:
        """Waits until a turn is in `stage`, and has somebody say what brings one there where none comes."""
        until, provoked = time.monotonic() + AIMING_S, False
        while time.monotonic() < until or not provoked:
            if time.monotonic() >= until:
                await self.provoke(stage)
                until, provoked = time.monotonic() + PROVOKED_S, True
            if stage in self._whereabouts.look().values():
                await asyncio.sleep(self.chance.uniform(*INTO_S))
                if not self._would_bury():
                    return
            await asyncio.sleep(LOOK_S / 5)
        await self._spare()

    async def _spare(self) -> None:
        """Waits until no turn is in hand that a kill would bury."""
        until = time.monotonic() + PROVOKED_S
        while self._would_bury() and time.monotonic() < until:
            await asyncio.sleep(LOOK_S / 5)

    def _would_bury(self) -> bool:
        """Whether a turn in hand is at its last attempt: three kills are answered with one honest sentence, and are
        no loss that a run should count."""
        return any(self._met[_work(*each)] >= ATTEMPTS - 1 for each in self._whereabouts.look().items())

    def _fell(self, name: str, at: float) -> None:
        """Notes a kill, and what it fell into: the process is dead, and its log ends where it was."""
        inside: tuple[str, ...] = ()
        if name in {MEDIA, "supervisor"}:
            last = self._whereabouts.ended()
            self._met.update(_work(*each) for each in last.items())
            inside = tuple(sorted(last.values()))
        self._note("kill -9", name, at, inside)

    def _mishaps(self) -> list[Mishap]:
        """Everything but kills, in an order drawn by chance. A cut after the fact makes one double: there is
        one for texts and one for voice notes."""
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
            ("429", {"method": "sendVoice", "status": 429, "retry_after": 1, "times": 2}),
            ("500", {"method": "sendVoice", "status": 500, "times": 1}),
            ("cut before", {"method": "sendVoice", "cut": "before", "times": 1}),
            ("cut half-way", {"method": "sendVoice", "cut": "after", "times": 1}),
            *[("slow", {"method": "sendVoice", "delay_s": 1.5, "times": 2})] * 2,
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

    def _note(self, what: str, on: str = "", at: float | None = None, inside: tuple[str, ...] = ()) -> None:
        self.blows.append(Blow(time.monotonic() if at is None else at, what, on, inside))
        self.told(f"{what} {on} {' '.join(inside)}".strip())


def _work(turn: int, stage: str) -> tuple[int, bool]:
    """Hearing and speaking have attempts of their own."""
    return turn, stage in {SPEAKING, "script", "post"}


def cut_short(blows: Sequence[Blow], stage: str) -> int:
    """How many kills fell into `stage` of at least one turn."""
    return sum(stage in blow.inside for blow in blows)


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
