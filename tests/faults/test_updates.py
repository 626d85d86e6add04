"""Updates that come twice, or that nobody should ever send; and a doorbell that nobody hears."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.rigs.faults.storm import CANARY, malformed
from models.words import say
from tests.rig.house import Rig
from tests.rig.people import text_of
from workers.journal.inbox import ATTEMPTS
from workers.process import TALKATIVE, set_up_logging

ANNA, BEN = 7, 8


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of a process of Heed at its most talkative."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.raiseExceptions)
    levels = {name: logging.getLogger(name).level for name in (*TALKATIVE, "aiohttp.access")}
    set_up_logging("test", "DEBUG", tmp_path / "test.log")
    yield tmp_path / "test.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:], level, logging.raiseExceptions = before
    root.setLevel(level)
    for name, each in levels.items():
        logging.getLogger(name).setLevel(each)
    logging.captureWarnings(False)


async def test_an_update_that_is_delivered_three_times_is_answered_once(rig: Rig) -> None:
    await rig.people.say(ANNA, "hello there, it is me")
    await rig.people.hears(ANNA)
    await rig.people.fault(duplicate_updates=True, times=2)
    await rig.people.say(ANNA, "my flatmate keeps eating my food")

    assert len(await rig.people.hears(ANNA)) == 1
    assert rig.count("turn_message") == 2


async def test_malformed_updates_are_dead_and_everybody_else_is_answered(rig: Rig, log: Path) -> None:
    await rig.people.say(ANNA, "hello there, it is me")
    await rig.people.hears(ANNA)
    updates = malformed(ANNA)
    for update in updates:
        await rig.people.fault(raw_update=update)
    await rig.people.say(BEN, "my sister got the job I wanted")

    assert await rig.people.hears(BEN)
    assert rig.count("inbox", "state = 'waiting'") == 0
    assert rig.count("inbox", "state = 'dead' AND attempts = 1") >= 2
    assert rig.count("inbox", "payload IS NOT NULL") == 0


async def test_an_update_that_cannot_be_read_is_dead_after_one_attempt_and_its_person_is_told(rig: Rig) -> None:
    await rig.people.say(ANNA, "hello there, it is me")
    await rig.people.hears(ANNA)
    await rig.people.fault(raw_update=malformed(ANNA)[0])

    assert [text_of(message) for message in await rig.people.hears(ANNA)] == [say("en", "input.unreadable")]
    assert rig.value("inbox", "attempts", "state = 'dead'") == 1


async def test_what_a_malformed_update_held_and_what_people_say_is_in_no_log(rig: Rig, log: Path) -> None:
    await rig.people.say(ANNA, f"hello there, it is me {CANARY}")
    for update in malformed(ANNA):
        await rig.people.fault(raw_update=update)
    rig.stages.once("deliver", lambda context: 1 // 0)
    await rig.people.fault(method="sendMessage", status=500, times=1)
    await rig.people.say(ANNA, f"my flatmate keeps eating my food {CANARY}")
    await rig.settle(turns=False)
    written = log.read_text(encoding="utf-8")

    assert "update is dead" in written
    assert CANARY not in written
    assert rig.settings.token not in written


async def test_a_handler_that_always_raises_gives_its_update_up_after_three_attempts(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = list[int]()

    def fail(*_: object) -> None:
        attempts.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("bot.telegram.desk.AGAIN_S", 0.05)
    monkeypatch.setattr("bot.telegram.handlers.text.take_in", fail)
    await rig.people.say(ANNA, "hello there, it is me")
    said = [text_of(message) for message in await rig.people.hears(ANNA)]

    assert len(attempts) == ATTEMPTS
    assert said[0] == say("en", "input.unreadable")
    assert rig.value("inbox", "state") == "dead"


async def test_a_page_that_is_no_json_in_place_of_updates_loses_none(rig: Rig) -> None:
    await rig.people.fault(raw_update="<html>bad gateway</html>", times=1)
    await rig.people.say(ANNA, "hello there, it is me")

    assert await rig.people.hears(ANNA)


async def test_a_doorbell_that_nobody_heard_is_rung_again_by_the_sweeper(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broker_away:
        broker_away.setattr(rig.bell, "ring", lambda *_: False)
        await rig.people.say(ANNA, "hello there, it is me")
        await rig.settle(turns=False)
    assert rig.value("turn", "state") == "received"
    rig.pass_time(timedelta(seconds=5))
    await rig.sweep(clean=False)

    assert await rig.people.hears(ANNA)
