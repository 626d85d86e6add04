"""What the people of a run say, and when: in writing and aloud, now and then several messages in a row."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from infra.rigs.faults.storm import CANARY, HEARING
from infra.rigs.faults.voices import Way
from infra.rigs.lines import line
from infra.rigs.notes import Note
from infra.rigs.people import People

BURSTS = 0.2  # share of the messages that follow the one before within a moment, so that turns merge


@dataclass
class Talk:
    """`ways`: how each person wants the answers. `aloud`: the share of the messages that are voice notes."""

    people: People
    ways: dict[int, Way]
    notes: list[Note]
    aloud: float
    chance: random.Random
    written: dict[int, list[int]] = field(default_factory=dict)
    """Message ids by person, of everything that is to be answered."""
    spoken: int = 0
    """How many of them were voice notes."""

    def __post_init__(self) -> None:
        self.written = {person: [] for person in self.ways}
        self._number = 0

    async def choose(self) -> None:
        """Everybody says how they want their answers; those who want them in writing need not."""
        for person, way in self.ways.items():
            if way != "text":
                await self.people.say(person, f"/voice {way}")

    async def go_on(self, messages: int, seconds: float) -> None:
        """So many messages, by chance over so many seconds."""
        began, persons = time.monotonic(), list(self.ways)
        person = persons[0]
        for number, at in enumerate(sorted(self.chance.uniform(0, seconds) for _ in range(messages))):
            if number < len(persons):
                person = persons[number]  # everybody says something
            elif self.chance.random() > BURSTS:
                person = self.chance.choice(persons)
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            await self._say(person, aloud=self.chance.random() < self.aloud)

    async def provoke(self, stage: str) -> None:
        """Somebody says what makes `stage` come: a recording that is heard, or what is answered aloud."""
        listens = stage == HEARING
        persons = [person for person, way in self.ways.items() if listens or way == "both"]
        await self._say(self.chance.choice(persons or list(self.ways)), aloud=listens)

    async def _say(self, person: int, *, aloud: bool) -> None:
        self._number += 1
        if aloud:
            self.spoken += 1
            said = await self.people.say_aloud(person, self.chance.choice(self.notes))
        else:
            said = await self.people.say(person, f"{line(self._number - 1)} {CANARY}")
        self.written[person].append(said)
