"""A picture that kills whoever looks at it is given up after two workers, and the rest of the turn is answered."""

import asyncio
import os
import sys
from datetime import timedelta
from typing import Any

import pytest

from models.words import say
from tests.faults.deadly import DEATH
from tests.rig.crew import Killed
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import meet
from workers.journal import drawings, errands, turns
from workers.journal.database import JournalUnavailable
from workers.settings import PROJECT
from workers.turn.context import TurnContext

PICTURE = b"\xff\xd8\xff\xe0 this stands for a picture \xff\xd9" * 40
LEASE = turns.LEASE + timedelta(seconds=1)


async def worker(rig: Rig, turn_id: int) -> int:
    """A worker process that takes the turn; how it ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.deadly", str(rig.home), rig.server.url, str(turn_id)),
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    return await asyncio.wait_for(process.wait(), 60)


@pytest.mark.parametrize("caption", ["", "I am worn out from work"])
async def test_a_picture_that_kills_two_workers_is_not_looked_at_a_third_time(
    rig: Rig, people: People, caption: str
) -> None:
    await meet(people, "readings", "diary")
    rig.crew.rest()
    await people.say(1, photo=("selfie.jpg", PICTURE), **({"caption": caption} if caption else {}))
    await rig.settle(turns=False)
    turn_id = rig.value("turn", "id", "queue = 'perceive'")
    for attempt in (1, 2):
        assert await worker(rig, turn_id) == DEATH
        assert rig.value("turn", "attempts", f"id = {turn_id}") == attempt
        rig.pass_time(LEASE)
    rig.crew.go_on()
    await rig.sweep(clean=False)
    answer = (await people.hears(1))[-1]  # before it, perhaps, that it takes a while
    assert rig.face_reader.looked == []
    assert rig.value("turn", "state", f"id = {turn_id}") == "sent"
    assert text_of(answer).endswith(say("en", "picture.failed"))
    assert (text_of(answer) == say("en", "picture.failed")) is not bool(caption)
    assert rig.count("turn_message", "media IS NOT NULL") == 0


async def test_a_worker_that_dies_once_costs_no_reading(rig: Rig, people: People) -> None:
    def die(context: TurnContext) -> None:
        raise Killed

    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "sadness")
    for stage in ("see", "see."):
        rig.stages.once(stage, die)
        await people.say(1, photo=("selfie.jpg", PICTURE))
        await asyncio.sleep(0.3)
        rig.pass_time(LEASE)
        await rig.sweep(clean=False)
        await people.hears(1)
    assert rig.count("outbox", "purpose = 'reply' AND state = 'sent'") == 2
    assert rig.count("reading", "modality = 'face'") == 2


@pytest.mark.parametrize("where", ["claim", "wanted", "keep"])
async def test_a_database_that_is_away_while_the_course_is_drawn_costs_time_and_no_picture(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    await meet(people, "readings", "diary")
    for number in range(drawings.FEWEST):
        rig.text_reader.says = estimate_of("text", "neutral")
        await people.say(1, f"one more thing about work, number {number}")
        await people.hears(1)
    away = [True]
    real = getattr(drawings, where)

    def once(*arguments: Any) -> Any:
        if away:
            away.clear()
            raise JournalUnavailable("gone")
        return real(*arguments)

    monkeypatch.setattr(drawings, where, once)
    await people.say(1, "/mood")
    assert await people.hears(1, turns=False) == []
    while away:
        await asyncio.sleep(0.01)
    rig.pass_time(errands.LEASE + timedelta(seconds=3))
    await rig.sweep(clean=False)
    (picture,) = await people.hears(1)
    assert "photo" in picture
    assert rig.count("drawing") == 0


async def test_a_connection_that_failed_twice_is_no_reason_not_to_look(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    await people.fault(method="getFile", status=502, times=2)
    await people.say(1, photo=("selfie.jpg", PICTURE))
    for _ in range(turns.ATTEMPTS):
        await rig.settle()
        rig.pass_time(timedelta(seconds=max(turns.BACK_OFF_S) + 1))
        await rig.sweep(clean=False)
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1
