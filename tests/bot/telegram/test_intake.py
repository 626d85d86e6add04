"""Intake: nothing is confirmed to Telegram that was not stored, whatever the database does."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import OpenRig
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of


@contextmanager
def locked(rig: Rig) -> Iterator[None]:
    """Another process writes and does not end."""
    other = sqlite3.connect(rig.home / "heed.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def answered(people: People, who: int, within_s: float) -> float:
    """Seconds until the bot's next message."""
    began = time.monotonic()
    while not people.chat(who)[-1]["from"]["is_bot"]:
        assert time.monotonic() - began < within_s, "no answer"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


async def test_with_the_database_locked_nothing_is_confirmed_and_nothing_is_lost(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    with locked(rig):
        await people.say(1, "/new")
        await people.say(2, "/new")
        await asyncio.sleep(0.6)
        waiting = sum(len(bot.updates) for bot in rig.server.board.bots.values())
        assert waiting == 2, "Telegram was told to forget what is stored nowhere"
    assert len(await people.hears(1)) == 1
    assert len(await people.hears(2)) == 2


async def test_danger_is_answered_with_the_database_locked_and_the_case_is_written_later(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.alarm.PATIENCE_S", 0.15)
    await people.say(1, "/start")
    await people.hears(1)
    with locked(rig):
        await people.say(1, "I want to kill myself")
        await answered(people, 1, 3.0)
        assert rig.count("case") == 0
        await asyncio.sleep(0.5)
    await rig.settle()
    assert rig.count("case") == 1
    heard = people.unread(1)
    assert len([message for message in heard if len(text_of(message)) > 200]) == 1, "the text was said twice"
    assert rig.value("turn", "state") == "sent"
    assert "danger:checkin:yes" in buttons(people.chat(1)[-1]), "what the door said has its buttons later"
    assert rig.value("outbox", "sent_message_id", "purpose = 'danger'") == people.chat(1)[-1]["message_id"]


async def test_danger_in_an_edit_is_said_once_with_the_database_locked(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.alarm.PATIENCE_S", 0.15)
    await people.say(1, "I am worn out from work")
    await people.hears(1)
    with locked(rig):
        await people.edit(1, "I want to kill myself")
        await asyncio.sleep(1.0)
    await rig.settle()
    assert len(people.unread(1)) == 1
    assert rig.count("case") == 1


async def test_joined_pieces_are_heard_with_the_database_locked(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.alarm.PATIENCE_S", 0.15)
    await people.say(1, "/start")
    await people.hears(1)
    with locked(rig):
        await people.say(1, "I want to")
        await people.say(1, "kill myself")
        await answered(people, 1, 3.0)
    await rig.settle()
    assert rig.count("case") == 1


async def test_danger_is_answered_without_workers_and_broker(rig: Rig, people: People) -> None:
    rig.crew.rest()
    await people.say(1, "I want to kill myself")
    await answered(people, 1, 3.0)
    await rig.settle()
    assert "danger:checkin:yes" in buttons(people.unread(1)[0])


@pytest.mark.parametrize(
    "raw",
    ["null", "7", "[]", '"text"', "{}", '{"update_id": "x"}', '{"update_id": true}', '{"update_id": 10e400}',
     '{"update_id": 9223372036854775808}', '{"message": {"text": "I want to kill myself"}}',
     '{"message": {"chat": {"id": 1, "type": "private"}, "text": "I want to kill myself"}}',
     '{"message": {"chat": {"id": [], "type": "private"}, "from": {"id": {}}, "text": {"a": 1}}}',
     '{"callback_query": {"data": 1}}', '{"my_chat_member": []}', '{"edited_message": {"chat": null}}'],
)  # fmt: skip
async def test_a_malformed_update_stops_nobody(rig: Rig, people: People, raw: str) -> None:
    import json

    await people.say(1, "/start")
    await people.hears(1)
    value = json.loads(raw)
    if isinstance(value, dict) and "update_id" not in value:
        await people.fault(raw_update=value)
    else:
        await people.fault(raw_update=raw, times=1)
    await people.say(2, "/new")
    assert len(await people.hears(2)) == 2
    assert rig.count("inbox", "state = 'waiting'") == 0


async def test_a_malformed_batch_is_asked_for_again(open_rig: OpenRig) -> None:
    async with open_rig() as rig:
        await rig.people.fault(raw_update='{"update_id": 1, "mess', times=2)
        await rig.people.say(1, "/new")
        assert len(await rig.people.hears(1)) == 2
