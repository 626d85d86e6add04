"""Music as somebody waits for it: from the button to the first piece; and how fast a catalogue takes in sound."""

import asyncio
import resource
import time

from sqlalchemy import delete, func, select

from infra.rigs.bench.load import percentile
from infra.rigs.bench.table import Row, at_most
from infra.rigs.people import People, Seen
from infra.rigs.running import RigFailed, Running
from models.music import features, sound
from models.music.compose import compose
from models.music.moods import MOODS
from models.music.predict import MoodReader
from models.music.tags import Tags
from workers.catalogue import studio
from workers.journal.tables import Track, TrackUpload

PIECES = 12  # two of each mood
COMPOSED_S = 300.0
LISTS = 8
UPLOADED_MS, KNOWN_MS = 700, 150
INGEST = 8.0
WAIT_S = 30.0
PRESS = "music:go:lift.sadness"


def music(heed: Running) -> list[Row]:
    """On a Heed that composes two pieces of each mood. Raises `RigFailed`."""
    composed_s = _composed(heed)
    uploaded, known = asyncio.run(_lists(heed))
    rows = [
        at_most(
            "button to the first piece, not yet known to Telegram, p50", percentile(uploaded, 0.5), UPLOADED_MS, "ms"
        ),
        Row("the same, the slowest", f"{max(uploaded):.0f} ms"),
        at_most("button to the first piece, by file_id, p50", percentile(known, 0.5), KNOWN_MS, "ms"),
        Row("the same, the slowest", f"{max(known):.0f} ms"),
        Row(f"composing, describing and storing {PIECES} pieces in idle time", f"{composed_s:.0f} s"),
    ]
    return rows + ingest()


def ingest() -> list[Row]:
    """How much sound one core takes in a second: decoded, levelled, described, known again, encoded."""
    features.warm()
    reader = MoodReader()
    files = [sound.as_mp3(compose(mood, 0).samples, sound.RATE, Tags(), None) for mood in MOODS[:3]]
    began, cpu, seconds = time.perf_counter(), time.process_time() + _children(), 0.0
    for data in files:
        decoded = sound.decoded(data)
        piece = studio.heard(decoded.samples, decoded.rate)
        made = studio.prepared(piece, Tags(title="A piece"), reader, None, None)
        seconds += made.seconds
    took, spent = time.perf_counter() - began, time.process_time() + _children() - cpu
    speed = seconds / spent
    return [
        Row(
            "taking music in, after warm-up, for one core",
            f"{speed:.1f} times real time",
            f"≥ {INGEST:.0f}",
            speed >= INGEST,
        ),
        Row("the same by the clock", f"{seconds / took:.1f} times real time"),
    ]


def _children() -> float:
    """Seconds of the processor that ended children (ffmpeg) used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _composed(heed: Running) -> float:
    began = time.monotonic()
    while True:
        with heed.journal.read() as session:
            count = session.scalar(select(func.count()).select_from(Track)) or 0
        if count >= PIECES:
            return time.monotonic() - began
        if time.monotonic() - began > COMPOSED_S:
            raise RigFailed(f"{count} of {PIECES} pieces were composed in {COMPOSED_S:.0f} s")
        time.sleep(0.5)


async def _lists(heed: Running) -> tuple[list[float], list[float]]:
    """Milliseconds to the first piece of lists: with every piece to be uploaded, and with none."""
    first: dict[int, float] = {}
    came = asyncio.Event()

    def told(seen: Seen) -> None:
        if seen.played and seen.chat_id not in first:
            first[seen.chat_id] = seen.at
        came.set()

    async def once(people: People, person: int) -> float:
        number = await people.say(person, "/music")
        until = time.monotonic() + WAIT_S
        while not (
            own := [m for m in await people.history(person) if m["message_id"] > number and m.get("reply_markup")]
        ):
            if time.monotonic() > until:
                raise RigFailed("nobody was asked what music would do good")
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)  # the introduction is sent, and its part of the chat's limit is back
        begun = time.monotonic()
        await people.press(person, own[0]["message_id"], PRESS)
        while person not in first:
            came.clear()
            if time.monotonic() > until:
                raise RigFailed("no music came")
            await asyncio.wait_for(came.wait(), WAIT_S)
        await asyncio.sleep(3)  # the rest of the list is on its way
        return 1000 * (first[person] - begun)

    async with People(heed.url, heed.page_token) as people:
        await people.watch(told)
        await once(people, 900)  # what loads at the first list has loaded
        uploaded, known = [], []
        for number in range(LISTS):
            heed.journal.transact(lambda session: session.execute(delete(TrackUpload)))
            uploaded.append(await once(people, 1000 + number))
        for number in range(LISTS):
            known.append(await once(people, 2000 + number))
    return uploaded, known
