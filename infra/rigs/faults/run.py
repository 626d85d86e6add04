"""One run: people write, the storm strikes, everything comes to rest, and the verdict is read."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError
from sqlalchemy import func, select

from infra.rigs.faults.storm import CANARY, Blow, Storm
from infra.rigs.faults.verdict import Verdict, judge
from infra.rigs.lines import LINES, line
from infra.rigs.notes import Note, spoken
from infra.rigs.people import People, Seen
from infra.rigs.running import TOKEN, RigFailed, Running
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.tables import Inbox, Outbox, Turn
from workers.journal.turns import OPEN

FIRST = 600_000_001
QUIET_S = 300.0
NOTES = 4  # different ones
BURSTS = 0.2  # share of the messages that follow the one before within a moment, so that turns merge


@dataclass(frozen=True)
class Course:
    """What a run is made of."""

    engine: str
    recogniser: str
    people: int
    messages: int
    aloud: float
    """Share of the messages that are voice notes."""
    kills: int
    seconds: float
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What a run has shown."""

    course: Course
    verdict: Verdict
    blows: list[Blow]
    starts: list[float]
    quiet_after: float
    """Seconds from the last message to rest."""
    leaks: list[str]
    began: float
    aloud: int
    """How many of the messages were voice notes."""


def run(course: Course, home: Path, told: Callable[[str], None]) -> Outcome:
    """Raises `RigFailed` where Heed never came up or never came to rest."""
    notes = [spoken([each]) for each in LINES[:NOTES]]
    settings = {"HEED_RECOGNISER": course.recogniser, "HEED_REPLY_QUOTE": "always", "HEED_LOG_LEVEL": "DEBUG"}
    with Running(home, engine=course.engine, **settings) as heed:
        return asyncio.run(_run(course, heed, notes, told))


async def _run(course: Course, heed: Running, notes: list[Note], told: Callable[[str], None]) -> Outcome:
    chance = random.Random(course.seed)
    persons = [FIRST + number for number in range(course.people)]
    written: dict[int, list[int]] = {person: [] for person in persons}
    seen: list[Seen] = []
    began = time.monotonic()
    async with People(heed.url, heed.page_token) as people:
        await people.watch(seen.append)
        storm = Storm(heed, people, persons, course.kills, course.seconds, chance, told)
        aloud, _ = await asyncio.gather(_write(course, people, persons, written, notes, chance), storm.blow())
        await people.no_more_faults()
        rested = time.monotonic()
        await _rest(heed, people, persons)
        quiet_after = time.monotonic() - rested
        histories = {person: await people.history(person) for person in persons}
    verdict = judge(written, histories, seen, storm.blows, heed.journal, began)
    found = leaks(heed.home, notes)
    return Outcome(course, verdict, storm.blows, storm.starts, quiet_after, found, began, aloud)


async def _write(
    course: Course,
    people: People,
    persons: list[int],
    written: dict[int, list[int]],
    notes: list[Note],
    chance: random.Random,
) -> int:
    """Returns how many of the messages were spoken."""
    began, aloud = time.monotonic(), 0
    due = sorted(chance.uniform(0, course.seconds) for _ in range(course.messages))
    person = persons[0]
    for number, at in enumerate(due):
        if number < len(persons):
            person = persons[number]  # everybody says something
        elif chance.random() > BURSTS:
            person = chance.choice(persons)
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        if chance.random() < course.aloud:
            aloud += 1
            written[person].append(await people.say_aloud(person, chance.choice(notes)))
        else:
            written[person].append(await people.say(person, f"{line(number)} {CANARY}"))
    return aloud


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
                Outbox.state.in_(("queued", "sending")),
            )
        )


def leaks(home: Path, notes: Sequence[Note] = ()) -> list[str]:
    """Files, other than the playground's, that hold the token, a word that was said, or a piece of a recording.
    Reads bytes, not text."""
    if not (home / "logs").is_dir():
        raise RigFailed("there are no logs to look into")
    found: list[str] = []
    sounds = [piece for note in notes for piece in note.pieces()]
    for file in sorted(home.rglob("*")):
        if not file.is_file() or "telegram" in file.relative_to(home).parts[0]:
            continue
        content = file.read_bytes()
        if TOKEN.encode() in content:
            found.append(f"{file.relative_to(home)}: the token")
        if CANARY.encode() in content:
            found.append(f"{file.relative_to(home)}: what people said")
        if any(piece in content for piece in sounds):
            found.append(f"{file.relative_to(home)}: how people sounded")
    return found
