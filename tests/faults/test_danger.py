"""Danger is answered whatever else is down: at once, once, and with its case written as soon as that can be."""

import asyncio
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from bot.telegram.alarm import Alarm
from bot.telegram.handlers import text
from bot.telegram.scene import Scene
from models import danger
from tests.faults import outages
from tests.rig.house import Rig

ANNA, BEN = 7, 8
DANGER = "I want to kill myself"
PROMISED_S = 0.3
Outage = Callable[[Rig], AbstractContextManager[None]]


async def seconds_to_answer(rig: Rig, who: int, words: str = DANGER) -> float:
    """From the person's request to the bot's message in the chat."""
    before = len(rig.people.chat(who))
    began = time.monotonic()
    await rig.people.say(who, words)
    while len(rig.people.chat(who)) < before + 2:
        assert time.monotonic() - began < 10, "danger was not answered"
        await asyncio.sleep(0.003)
    return time.monotonic() - began


@pytest.mark.parametrize("outage", [outages.locked, outages.full, outages.gone])
async def test_with_the_database_away_danger_is_answered_within_the_time_promised(rig: Rig, outage: Outage) -> None:
    with outage(rig):
        seconds = [await seconds_to_answer(rig, who) for who in range(10, 15)]

    assert statistics.median(seconds) <= PROMISED_S


@pytest.mark.parametrize("outage", [outages.locked, outages.full, outages.gone])
async def test_the_case_is_written_when_the_database_is_back_and_the_text_is_said_once(
    rig: Rig, outage: Outage
) -> None:
    with outage(rig):
        await seconds_to_answer(rig, ANNA)
        await asyncio.sleep(0.5)  # Telegram delivers it again and again meanwhile
    await rig.settle()

    assert rig.count("case") == 1
    assert rig.count("turn", "kind = 'danger'") == 1
    assert len(await rig.people.hears(ANNA)) == 1


async def test_a_commit_that_fails_after_everything_was_written_does_not_swallow_the_text(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, failures = Alarm.store, list[int]()

    def store_and_fail(self: Alarm, session: Any, *arguments: Any) -> bool:
        done = store(self, session, *arguments)
        if not failures:
            failures.append(1)
            session.flush()
            session.connection().connection.dbapi_connection.execute("ROLLBACK")  # what a full disk does
        return done

    monkeypatch.setattr(Alarm, "store", store_and_fail)
    await rig.people.say(ANNA, DANGER)

    assert len(await rig.people.hears(ANNA)) == 1
    assert failures
    assert rig.count("case") == 1


async def test_a_chat_whose_handler_hangs_delays_no_other_chats_danger_answer(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, entered, take_in = threading.Event(), threading.Event(), text.take_in

    def hang(scene: Scene, *arguments: Any) -> None:
        if scene.message.chat_id == ANNA:
            entered.set()
            hangs.wait(20)
        take_in(scene, *arguments)

    monkeypatch.setattr(text, "take_in", hang)
    await rig.people.say(ANNA, "my week was long")
    await asyncio.to_thread(entered.wait, 10)
    try:
        seconds = [await seconds_to_answer(rig, who) for who in range(10, 15)]
    finally:
        hangs.set()
    await rig.settle()

    assert statistics.median(seconds) <= PROMISED_S
    assert rig.count("case") == 5
    assert len(await rig.people.hears(10)) == 1
    assert await rig.people.hears(ANNA)


async def test_danger_is_answered_with_workers_and_broker_away(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.crew.rest()
    monkeypatch.setattr(rig.bell, "ring", lambda *_: False)
    monkeypatch.setattr(rig.bell, "call_sender", lambda: False)

    seconds = [await seconds_to_answer(rig, who) for who in range(10, 15)]

    assert statistics.median(seconds) <= PROMISED_S


async def test_a_danger_update_without_a_sender_stops_nobody(rig: Rig) -> None:
    assert danger.screen(DANGER, []) is not None
    await rig.people.say(ANNA, "hello there, it is me")
    message = {"message_id": 1, "chat": {"id": ANNA, "type": "private"}, "date": 1_700_000_000, "text": DANGER}
    await rig.people.fault(raw_update={"message": message})
    await rig.people.say(BEN, "my sister got the job I wanted")

    assert await rig.people.hears(BEN)
