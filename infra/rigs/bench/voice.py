"""A voice note beside the same words typed: what hearing adds, what it holds in memory, what others feel of it."""

import asyncio
import time
from dataclasses import dataclass, field

import psutil

from infra.rigs.bench.house_cost import engine_seconds, slow
from infra.rigs.bench.load import Crowd, Exchange, percentile
from infra.rigs.bench.table import Row, at_most
from infra.rigs.lines import LINES
from infra.rigs.notes import Note, spoken
from infra.rigs.people import People
from infra.rigs.running import Running

WRITER, SPEAKER, TALKER = 470_000_001, 470_000_002, 470_000_003
WARM, PAIRS = 2, 8
NOTE_S = 9.0  # a line more than this is about ten seconds
LONG_S = 295.0
RATE, LOAD_S = 0.25, 120.0
PEOPLE = 12
LOOK_S = 0.5
LONG_PATIENCE_S = 400.0
MIB = 2**20
MEMORY_MIB = 1240  # 1.3 GB


def voice(heed: Running) -> list[Row]:
    """With the shipped recogniser: notes of ten seconds and one of five minutes."""
    return asyncio.run(_voice(heed))


async def _voice(heed: Running) -> list[Row]:
    notes = await asyncio.to_thread(_notes)
    long = await asyncio.to_thread(spoken, LINES * 20, LONG_S, LONG_S)
    memory = Memory(heed)
    watching = asyncio.create_task(memory.watch())
    async with People(heed.url, heed.page_token) as people:
        rows = await _beside(heed, people, notes)
        rows += await _others(people, long)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    held = max(memory.seen, default=0.0)
    return [*rows, at_most("media worker and its decoder, most RSS seen", held, MEMORY_MIB, "MiB")]


def _notes() -> list[Note]:
    """Ten seconds each, no line twice."""
    found: list[Note] = []
    rest = list(LINES)
    while len(found) < WARM + PAIRS:
        rest = rest or list(LINES)
        note = spoken(rest, NOTE_S)
        rest = rest[note.words.count(". ") + 1 :]
        found.append(note)
    return found


async def _beside(heed: Running, people: People, notes: list[Note]) -> list[Row]:
    """Two people, one after the other: one types what the other says."""
    crowd = Crowd(people)
    await crowd.watch()
    await people.say(SPEAKER, "/voice both")  # a Heed that cannot speak answers this and goes on
    typed: list[Exchange] = []
    said: list[Exchange] = []
    for note in notes:
        typed.append(await crowd.ask(WRITER, note.words))
        said.append(await crowd.ask(SPEAKER, note=note))
        await asyncio.sleep(1.0)
    typed, said, notes = typed[WARM:], said[WARM:], notes[WARM:]
    pairs = [(one, other) for one, other in zip(typed, said, strict=True) if one.answered and other.answered]
    engine = engine_seconds(heed.journal)

    def own(each: Exchange) -> float:
        return each.seconds - engine.get((each.person, each.message_id), 0.0)

    shown = [other.shown - other.asked for _, other in pairs if other.shown]
    mean_s = sum(note.seconds for note in notes) / len(notes)
    rows = [
        Row(f"voice notes of {mean_s:.1f} s answered", f"{len(pairs)} of {PAIRS}", "all", len(pairs) == PAIRS),
        Row("the words typed, to the answer, p50", f"{percentile([one.seconds for one, _ in pairs], 0.5):.1f} s"),
        Row("the words said, to the answer, p50", f"{percentile([other.seconds for _, other in pairs], 0.5):.1f} s"),
        Row("until what was heard is shown, p50", f"{percentile(shown, 0.5):.1f} s"),
        at_most("said, more than typed, p50 of the pairs",
            percentile([other.seconds - one.seconds for one, other in pairs], 0.5), 3, "s", 1),
        Row("the same without what the composer took, p50 / most",
            f"{percentile([own(other) - own(one) for one, other in pairs], 0.5):.1f} s"
            f" / {percentile([own(other) - own(one) for one, other in pairs], 1.0):.1f} s"),
    ]  # fmt: skip
    later = [other.spoken - other.answered for _, other in pairs if other.spoken]
    if later:
        rows.append(
            at_most(f"spoken answer after the written one, p50 of {len(later)}", percentile(later, 0.5), 1.5, "s", 1)
        )
    return rows


async def _others(people: People, long: Note) -> list[Row]:
    """The same load of texts twice: by itself, and while somebody's five minutes are heard."""
    quiet = Crowd(people)
    await quiet.watch()
    await quiet.open(RATE, PEOPLE, LOAD_S, first=471_000_001)
    beside, talking = Crowd(people), Crowd(people)
    await beside.watch()
    await talking.watch()
    until = time.monotonic() + LOAD_S

    async def talk() -> None:
        while time.monotonic() < until:
            await talking.ask(TALKER, note=long, patience_s=LONG_PATIENCE_S)

    talker = asyncio.create_task(talk())
    await beside.open(RATE, PEOPLE, LOAD_S, first=472_000_001)
    await talker
    heard = [(each.asked, each.shown or each.answered or until) for each in talking.done]
    during = [each for each in beside.done if any(begun <= each.asked <= done for begun, done in heard)]
    alone, together = slow(quiet.done), slow(during)
    took = [each.shown - each.asked for each in talking.done if each.shown]
    return [
        Row(f"a note of {long.seconds:.0f} s, until what was heard is shown", _listed(took)),
        Row(f"others' texts at {RATE:g} a second, p95 of {len(quiet.done)}", f"{alone:.1f} s"),
        Row(f"the same while it is heard, p95 of {len(during)}", f"{together:.1f} s"),
        at_most("others' p95, more than by themselves", together - alone, 1, "s", 1),
    ]


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{each:.0f} s" for each in seconds) or "never"


@dataclass
class Memory:
    """What the media worker holds, its decoder beside it, looked at twice a second."""

    heed: Running
    seen: list[float] = field(default_factory=list)
    """MiB."""

    async def watch(self) -> None:
        """Looks until cancelled."""
        while True:
            number = self.heed.pid("media")
            if number is not None:
                self.seen.append(await asyncio.to_thread(_held, number) / MIB)
            await asyncio.sleep(LOOK_S)


def _held(number: int) -> float:
    try:
        media = psutil.Process(number)
        family = [media, *media.children(recursive=True)]
        return float(sum(each.memory_info().rss for each in family))
    except psutil.NoSuchProcess:  # a decoder that has just ended
        return 0.0
