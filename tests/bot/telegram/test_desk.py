"""The desk: chats side by side, each in its order, and an update that comes twice changes nothing."""

import asyncio
import random
import threading
import time
from typing import Any

import pytest

from bot.telegram import desk
from bot.telegram.handlers import text as text_handler
from models.words import say
from tests.conftest import OpenRig
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from workers.journal.inbox import Claimed

TABLES = ("person", "turn", "turn_message", "conversation", "consent", "outbox", "case", "tombstone", "group_notice")


async def test_each_chat_keeps_its_order_while_all_go_on_together(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: dict[int, list[int]] = {}
    inside = {"now": 0, "most": 0}
    lock = threading.Lock()
    real = text_handler.visible

    def slow(words: str) -> bool:
        with lock:
            inside["now"] += 1
            inside["most"] = max(inside["most"], inside["now"])
        time.sleep(random.uniform(0, 0.004))
        who, number = words.split()[1:3]
        handled.setdefault(int(who), []).append(int(number))
        with lock:
            inside["now"] -= 1
        return real(words)

    monkeypatch.setattr(text_handler, "visible", slow)
    for number in range(5):
        for who in range(1, 6):
            await people.say(who, f"message {who} {number} about work")
    await rig.settle()
    assert handled == {who: list(range(5)) for who in range(1, 6)}
    answers = [await people.hears(who, settle=False) for who in range(1, 6)]
    assert all(2 <= len(heard) <= 6 for heard in answers)


async def test_a_chat_whose_handler_hangs_delays_no_other_chat_and_no_danger(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    real = desk.Desk._handle

    async def hanging(self: desk.Desk, claimed: Claimed) -> None:
        if claimed.chat_id == 1:
            await asyncio.to_thread(release.wait, 10)
        await real(self, claimed)

    monkeypatch.setattr(desk.Desk, "_handle", hanging)
    await people.say(1, "please hang here")
    await people.say(2, "/new")
    await people.say(3, "I want to kill myself")
    began = time.monotonic()
    while len(people.chat(2)) < 2 or len(people.chat(3)) < 2:
        await asyncio.sleep(0.01)
        assert time.monotonic() - began < 8
    assert len(people.chat(1)) == 1
    release.set()
    assert len(await people.hears(1)) == 2


@pytest.mark.parametrize(
    "act",
    ["/start", "/help", "/new", "/settings", "/privacy", "/pause", "/country", "/forget", "/nonsense", "hello work",
     "forget my last message", "I want to kill myself", "\u200b"],
)  # fmt: skip
async def test_an_update_that_comes_twice_changes_nothing(rig: Rig, people: People, act: str) -> None:
    await people.say(1, "I am worn out from work")
    await rig.settle()
    await people.fault(duplicate_updates=True, times=2)
    form = {"raw": '{"text": "\u200b"}'} if act == "\u200b" else {"text": act}
    await people.ask("POST", "/people/1/messages", form)
    await rig.settle()
    before = {table: rig.count(table) for table in TABLES} | {"heard": len(people.chat(1))}
    await asyncio.sleep(0.15)
    await rig.settle()
    assert {table: rig.count(table) for table in TABLES} | {"heard": len(people.chat(1))} == before
    assert rig.count("person", "paused") == (1 if act == "/pause" else 0)


@pytest.mark.parametrize("data", ["set:consent:diary.yes", "set:keep:flip", "forget:all:yes", "country:set:KR", "x"])
async def test_a_press_that_comes_twice_counts_once(rig: Rig, people: People, data: str) -> None:
    await people.say(1, "/settings")
    await rig.settle()
    await people.fault(duplicate_updates=True, times=2)
    await people.press(1, data, 2)
    await rig.settle()
    await asyncio.sleep(0.15)
    await rig.settle()
    assert rig.count("consent") <= 1
    assert rig.count("person", "keep_nothing") == (1 if data == "set:keep:flip" else 0)
    assert rig.count("person") == (0 if data == "forget:all:yes" else 1)


async def test_a_handler_that_fails_once_has_its_effects_once(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.desk.AGAIN_S", 0.0)
    failures = [RuntimeError("after its effects")]
    real = text_handler.take_in

    def fails(*told: Any) -> None:
        real(*told)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(text_handler, "take_in", fails)
    await people.say(1, "I am worn out from work")
    assert len(await people.hears(1)) == 2
    assert rig.count("turn_message") == 1
    assert rig.value("inbox", "attempts") == 2


@pytest.mark.parametrize("messages", [150, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_a_flood_of_one_person_is_answered_and_delays_nobody(open_rig: OpenRig, messages: int) -> None:
    async with open_rig() as rig:
        people = rig.people
        rig.crew.rest()
        for number in range(messages):
            await people.say(1, f"and another thing {number}")
        began = time.monotonic()
        await people.say(2, "/new")
        while len(people.chat(2)) < 2:
            await asyncio.sleep(0.02)
        assert time.monotonic() - began < 15
        await rig.settle(turns=False)
        rig.crew.go_on()
        heard = [text_of(message) for message in await people.hears(1)]
        assert heard.count(say("en", "input.flood")) == 1
        assert 2 <= len(heard) <= 5
        assert rig.count("turn_message") == messages
