"""One run: people write, the storm strikes, everything comes to rest, and the verdict is read."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError
from sqlalchemy import func, select

from infra.rigs.faults.storm import CANARY, HEARING, SPEAKING, Blow, Storm, cut_short
from infra.rigs.faults.talk import Talk
from infra.rigs.faults.traces import Sounds, traces
from infra.rigs.faults.verdict import Verdict, judge
from infra.rigs.faults.voices import Way
from infra.rigs.lines import LINES
from infra.rigs.notes import Note, spoken
from infra.rigs.people import Message, People, Seen
from infra.rigs.running import Running
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.speeches import is_unspoken
from workers.journal.tables import Inbox, Outbox, Person, Turn
from workers.journal.turns import OPEN

FIRST = 600_000_001
QUIET_S = 300.0
NOTES = 4  # different ones
FULL = 10  # kills


@dataclass(frozen=True)
class Course:
    """What a run is made of."""

    engine: str
    recogniser: str
    synthesiser: str
    people: int
    messages: int
    aloud: float
    """Share of the messages that are voice notes."""
    ways: tuple[Way, ...]
    """How people want their answers, one after the other and then from the beginning."""
    kills: int
    seconds: float
    seed: int

    @property
    def full(self) -> bool:
        """Whether it is long enough for a kill to meet everything that it is to meet."""
        return self.kills >= FULL


@dataclass(frozen=True)
class Outcome:
    """What a run has shown."""

    course: Course
    verdict: Verdict
    blows: list[Blow]
    starts: list[float]
    quiet_after: float
    """Seconds from the last message to rest."""
    traces: list[str]
    sought: tuple[int, int]
    """How many different sounds were searched for, and in how many pieces."""
    began: float
    aloud: int
    """How many of the messages were voice notes."""

    @property
    def kept(self) -> bool:
        """Whether every promise held."""
        return self.verdict.kept and not self.traces

    @property
    def missed(self) -> list[str]:
        """What no kill has met: of that, this run proves nothing."""
        what = {HEARING: "a note being heard", SPEAKING: "an answer being spoken"}
        return [name for stage, name in what.items() if not cut_short(self.blows, stage)]


def run(course: Course, home: Path, told: Callable[[str], None]) -> Outcome:
    """Raises `RigFailed` where Heed never came up or never came to rest."""
    notes = [spoken([each]) for each in LINES[:NOTES]]
    settings = {
        "HEED_RECOGNISER": course.recogniser,
        "HEED_SYNTHESISER": course.synthesiser,
        "HEED_REPLY_QUOTE": "always",
        "HEED_LOG_LEVEL": "DEBUG",
    }
    with Running(home, engine=course.engine, **settings) as heed:
        return asyncio.run(_run(course, heed, notes, told))


async def _run(course: Course, heed: Running, notes: list[Note], told: Callable[[str], None]) -> Outcome:
    chance = random.Random(course.seed)
    persons = [FIRST + number for number in range(course.people)]
    ways = {person: course.ways[number % len(course.ways)] for number, person in enumerate(persons)}
    seen: list[Seen] = []
    began = time.monotonic()
    async with People(heed.url, heed.page_token) as people:
        await people.watch(seen.append)
        talk = Talk(people, ways, notes, course.aloud, chance)
        await talk.choose()
        storm = Storm(heed, people, persons, course.kills, course.seconds, chance, told, talk.provoke)
        await asyncio.gather(talk.go_on(course.messages, course.seconds), storm.blow())
        await people.no_more_faults()
        rested = time.monotonic()
        await _rest(heed, people, persons)
        quiet_after = time.monotonic() - rested
        histories = {person: await people.history(person) for person in persons}
        made = await _made(people, histories)
    verdict = judge(talk.written, histories, seen, storm.blows, heed.journal, began, ways)
    verdict.lost += _deaf(heed.journal, ways)
    sounds = Sounds([note.data for note in notes], made)
    found = traces(heed, [CANARY], sounds)
    sought = (sounds.count, sounds.pieces)
    return Outcome(course, verdict, storm.blows, storm.starts, quiet_after, found, sought, began, talk.spoken)


async def _made(people: People, histories: dict[int, list[Message]]) -> list[bytes]:
    """Every voice note of the bot, as the Bot API server received it."""
    notes = [
        (person, message["voice"]["file_id"])
        for person, history in histories.items()
        for message in history
        if "voice" in message and message.get("from", {}).get("is_bot")
    ]
    return [await people.download(person, file_id) for person, file_id in notes]


def _deaf(journal: Journal, ways: dict[int, Way]) -> list[str]:
    """People whose command was not heeded, and letters that were said and are kept all the same."""
    with journal.read() as session:
        kept = dict(session.execute(select(Person.telegram_id, Person.voice)).tuples().all())
        letters = session.scalar(select(func.count()).where(Outbox.body.is_not(None))) or 0
    found = [f"{person}: /voice {way} was not heeded" for person, way in ways.items() if kept.get(person) != way]
    return found + ([f"{letters} letters are still kept"] if letters else [])


async def _rest(heed: Running, people: People, persons: list[int]) -> None:
    """Waits until nothing is under way anywhere."""
    until = time.monotonic() + QUIET_S
    while True:
        try:
            unfetched = sum([await people.unfetched(person) for person in persons])
            if unfetched == 0 and not await asyncio.to_thread(_under_way, heed.journal):
                return
        except (ClientError, JournalUnavailable):
            pass
        if time.monotonic() > until:
            return  # the verdict tells what is missing
        await asyncio.sleep(0.5)


def _under_way(journal: Journal) -> bool:
    with journal.read() as session:
        return any(
            session.scalar(select(func.count()).where(condition))
            for condition in (
                Inbox.state == "waiting",
                Turn.state.in_(OPEN),
                is_unspoken(),
                Outbox.state.in_(("queued", "sending")),
            )
        )
