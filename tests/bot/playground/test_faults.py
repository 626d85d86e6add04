"""Trouble on demand does what it says."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from cryptography.fernet import MultiFernet
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TelegramError

from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import TOKEN, Client

PERSON = 7


async def test_a_limit_is_announced_with_the_seconds_to_wait_and_then_lifted(
    bot: Bot, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    await client.write(PERSON, "hi")
    await client.fault(method="sendMessage", status=429, retry_after=2, times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter) as told:
            await bot.send_message(PERSON, "a")
        assert told.value.retry_after == timedelta(seconds=2)
    assert await bot.send_message(PERSON, "b")


async def test_a_fault_can_be_meant_for_one_chat(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    await client.write(8, "hi")
    await client.fault(method="*", status=403, chat_id=8)
    assert await bot.send_message(PERSON, "a")
    with pytest.raises(Forbidden):
        await bot.send_message(8, "a")


async def test_a_connection_cut_after_recording_leaves_the_message(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    await client.fault(method="sendMessage", cut=True)
    with pytest.raises(NetworkError):
        await bot.send_message(PERSON, "recorded")
    await client.fault(method="sendMessage", cut="before")
    with pytest.raises(NetworkError):
        await bot.send_message(PERSON, "not recorded")
    assert [message["text"] for message in await client.read(PERSON)] == ["hi", "recorded"]


async def test_an_answer_can_be_late_and_a_server_can_fail(bot: Bot, client: Client) -> None:
    await client.fault(method="getMe", delay_s=0.3)
    started = time.monotonic()
    await bot.get_me()
    assert time.monotonic() - started >= 0.3
    await client.fault(method="getMe", status=502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()


async def test_confirmed_updates_can_come_twice(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "a")
    (update,) = await bot.get_updates()
    await client.fault(duplicate_updates=True)
    (again,) = await bot.get_updates(offset=update.update_id + 1)
    assert again.update_id == update.update_id
    assert await bot.get_updates(offset=update.update_id + 1) == ()


async def test_malformed_updates_can_be_injected(server: PlaygroundServer, client: Client, bot: Bot) -> None:
    await client.fault(raw_update={"message": {"chat": "not a chat"}})
    address = f"{server.url}/bot{TOKEN}/getUpdates"
    async with client.session.get(address) as answer:
        (update,) = (await answer.json())["result"]
    assert update["message"] == {"chat": "not a chat"}
    async with client.session.get(address, params={"offset": update["update_id"] + 1}) as answer:
        assert (await answer.json())["result"] == []
    await client.fault(raw_update="{not json")
    with pytest.raises(TelegramError):
        await bot.get_updates()
    assert await bot.get_updates() == ()


async def test_without_the_switch_there_are_no_faults(tmp_path: Path, cipher: MultiFernet) -> None:
    async with PlaygroundServer(tmp_path, cipher) as server, ClientSession() as session:
        status, _ = await Client(server, session).ask("POST", "/faults", json={"method": "*"})
        assert status == 404


async def test_a_fault_that_makes_no_sense_is_refused(client: Client) -> None:
    status, answer = await client.ask("POST", "/faults", json={"times": 1})
    assert (status, answer) == (400, {"error": "fault"})
    await client.fault(method="getMe", status=500, times=3)
    await client.ask("DELETE", "/faults")
    assert (await client.ask("GET", "/faults"))[1] == {"faults": []}


async def test_who_is_cut_off_gets_no_answer(server: PlaygroundServer, client: Client, bot: Bot) -> None:
    await client.fault(method="getMe", cut="before")
    with pytest.raises(ClientError):
        await client.session.post(f"{server.url}/bot{TOKEN}/getMe")
