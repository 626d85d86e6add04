"""Offered load: closed (everybody waits for an answer before the next message) and open (a fixed rate)."""

import asyncio
import math
import time
from dataclasses import dataclass, field

from infra.rigs.lines import line
from infra.rigs.notes import Note
from infra.rigs.people import People, Seen

FIRST = 500_000_001
PATIENCE_S = 60.0


@dataclass
class Exchange:
    """One message and when its answer could be seen. Times are seconds of `time.monotonic()`."""

    person: int
    asked: float
    message_id: int = 0
    answered: float = 0.0
    shown: float = 0.0
    """When what was heard could be seen, of a recording."""
    spoken: float = 0.0
    """When the answer could be listened to, where it is spoken too."""
    other: list[str] = field(default_factory=list, repr=False)
    """What came before the answer and answers nothing: introductions, holding sentences."""
    answer: str = field(default="", repr=False)

    @property
    def seconds(self) -> float:
        return self.answered - self.asked


class Crowd:
    """People who write and note when their answers come. An answer is what quotes a message (HEED_REPLY_QUOTE)."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._waiting: dict[int, dict[int, tuple[Exchange, asyncio.Event]]] = {}
        self._early: dict[tuple[int, int], Seen] = {}
        self._last: dict[int, Exchange] = {}
        self.done: list[Exchange] = []
        self.written = 0

    async def watch(self) -> None:
        await self._people.watch(self._told)

    async def closed(self, persons: int, seconds: float, first: int = FIRST) -> None:
        """`persons` people, each writing again as soon as the answer is there, for `seconds`."""
        until = time.monotonic() + seconds

        async def chat(person: int) -> None:
            while time.monotonic() < until:
                await self.ask(person)

        await asyncio.gather(*(chat(first + number) for number in range(persons)))

    async def open(self, rate: float, persons: int, seconds: float, first: int = FIRST) -> None:
        """`rate` messages a second in all, spread evenly, for `seconds`; then waits for what is still open."""
        began = time.monotonic()
        asked: list[asyncio.Task[Exchange]] = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            asked.append(asyncio.create_task(self.ask(first + number % persons)))
        await asyncio.gather(*asked)

    async def ask(
        self, person: int, text: str | None = None, note: Note | None = None, patience_s: float = PATIENCE_S
    ) -> Exchange:
        """One message, and its answer awaited for a minute at most (`answered` stays 0.0 then)."""
        exchange, event = Exchange(person, time.monotonic()), asyncio.Event()
        self.written += 1
        self._last[person] = exchange
        if note is None:
            exchange.message_id = await self._people.say(person, text or line(self.written))
        else:
            exchange.message_id = await self._people.say_aloud(person, note)
        self._waiting.setdefault(person, {})[exchange.message_id] = (exchange, event)
        early = self._early.pop((person, exchange.message_id), None)
        if early is not None:
            self._told(early)
        try:
            await asyncio.wait_for(event.wait(), patience_s)
        except TimeoutError:
            self._waiting[person].pop(exchange.message_id, None)
        self.done.append(exchange)
        return exchange

    def _told(self, seen: Seen) -> None:
        waiting = self._waiting.get(seen.chat_id, {})
        if seen.shows or seen.spoken:
            last = self._last.get(seen.chat_id)
            if last is not None and seen.shows:
                last.shown = seen.at
            elif last is not None:
                last.spoken = seen.at
            return
        if seen.quoted is None:
            for exchange, _ in waiting.values():
                exchange.other.append(seen.text)
            return
        if seen.quoted not in waiting:
            self._early[seen.chat_id, seen.quoted] = seen
        for number in [number for number in waiting if number <= seen.quoted]:  # a merged answer answers all before
            exchange, event = waiting.pop(number)
            exchange.answered, exchange.answer = seen.at, seen.text
            event.set()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed; 0.0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
