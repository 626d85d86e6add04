"""getUpdates and webhooks: what is confirmed, what comes again, who is refused."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.fernet import MultiFernet
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import TOKEN, Client, make_bot

PERSON = 7


def texts(updates: Any) -> list[str]:
    return [update.message.text for update in updates]


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(bot: Bot, client: Client) -> None:
    for text in "abc":
        await client.write(PERSON, text)
    updates = await bot.get_updates()
    assert texts(updates) == ["a", "b", "c"]
    assert texts(await bot.get_updates()) == ["a", "b", "c"]
    assert texts(await bot.get_updates(offset=updates[0].update_id)) == ["a", "b", "c"]
    assert texts(await bot.get_updates(offset=updates[1].update_id)) == ["b", "c"]
    assert texts(await bot.get_updates()) == ["b", "c"]
    assert await bot.get_updates(offset=updates[-1].update_id + 1) == ()


async def test_a_negative_offset_keeps_only_the_last_updates(bot: Bot, client: Client) -> None:
    for text in "abc":
        await client.write(PERSON, text)
    assert texts(await bot.get_updates(offset=-1)) == ["c"]
    assert texts(await bot.get_updates()) == ["c"]


async def test_a_limit_cuts_and_the_rest_follows(bot: Bot, client: Client) -> None:
    for number in range(103):
        await client.write(PERSON, str(number))
    assert len(await bot.get_updates(limit=2)) == 2
    first = await bot.get_updates()
    assert len(first) == 100
    assert texts(await bot.get_updates(offset=first[-1].update_id + 1)) == ["100", "101", "102"]


async def test_a_long_poll_ends_when_a_message_comes_or_its_time_is_over(bot: Bot, client: Client) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await client.write(PERSON, "now")
    assert texts(await poll) == ["now"]
    assert time.monotonic() - started < 10
    assert await bot.get_updates(offset=2, timeout=1) == ()


async def test_kinds_nobody_asked_for_are_not_kept(bot: Bot, client: Client) -> None:
    await bot.get_updates(allowed_updates=["edited_message"])
    sent = await client.write(PERSON, "a")
    await client.write(PERSON, "b", edit_message_id=sent["message_id"])
    (update,) = await bot.get_updates()
    assert update.edited_message.text == "b"
    await bot.get_updates(allowed_updates=[])
    await client.write(PERSON, "c")
    assert len(await bot.get_updates()) == 2


async def test_of_two_polls_the_older_one_is_told_of_the_conflict(
    bot: Bot, server: PlaygroundServer, client: Client
) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    async with make_bot(server) as twin:
        newer = asyncio.create_task(twin.get_updates(timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await older
        await client.write(PERSON, "hi")
        assert texts(await newer) == ["hi"]


async def test_two_bots_have_separate_chats(bot: Bot, server: PlaygroundServer, client: Client) -> None:
    async with make_bot(server, "2:another-bot-of-this-house") as other:
        await client.ask("POST", f"/people/{PERSON}/messages?bot=2", {"text": "to two"})
        await client.ask("POST", f"/people/{PERSON}/messages?bot=1000000001", {"text": "to one"})
        assert texts(await other.get_updates()) == ["to two"]
        assert texts(await bot.get_updates()) == ["to one"]


async def test_nothing_is_lost_and_ids_rise_when_the_server_starts_again(tmp_path: Path, cipher: MultiFernet) -> None:
    from aiohttp import ClientSession

    async with ClientSession() as session:
        async with PlaygroundServer(tmp_path, cipher) as first, make_bot(first) as bot:
            client = Client(first, session)
            await client.write(PERSON, "confirmed", name="Ada")
            (seen,) = await bot.get_updates()
            last = await client.write(PERSON, "unseen")
            await bot.get_updates(offset=seen.update_id + 1)
            await bot.delete_message(PERSON, last["message_id"])
        async with PlaygroundServer(tmp_path, cipher) as second, make_bot(second) as bot:
            client = Client(second, session)
            later = await client.write(PERSON, "later")
            assert later["message_id"] > last["message_id"]
            assert later["from"]["first_name"] == "Ada"
            updates = await bot.get_updates()
            assert texts(updates) == ["unseen", "later"]
            assert updates[0].update_id > seen.update_id
            assert [message["text"] for message in await client.read(PERSON)] == ["confirmed", "later"]


class Hook:
    """A bot's webhook that takes what it is told to take."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.seen: list[tuple[str, str | None]] = []

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.seen.append((update["message"]["text"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=self.status)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def until(condition: Any) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen within 4 s")


async def test_a_webhook_gets_updates_in_order_with_its_secret(bot: Bot, client: Client, hook: Hook) -> None:
    await client.write(PERSON, "before")
    assert await bot.set_webhook(hook.url, secret_token="s3cret")
    await client.write(PERSON, "after")
    await until(lambda: len(hook.seen) == 2)
    assert hook.seen == [("before", "s3cret"), ("after", "s3cret")]
    await asyncio.sleep(0.05)
    assert (await bot.get_webhook_info()).pending_update_count == 0
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    assert await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_that_fails_is_tried_again(bot: Bot, client: Client, hook: Hook) -> None:
    hook.status = 500
    await bot.set_webhook(hook.url)
    await client.write(PERSON, "a")
    await until(lambda: len(hook.seen) >= 2)
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    assert info.pending_update_count == 1
    hook.status = 204
    await until(lambda: len(client.server.board.bots[1000000001].updates) == 0)
    assert set(hook.seen) == {("a", None)}


async def test_a_webhook_elsewhere_or_with_a_bad_secret_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)bad webhook"):
        await bot.set_webhook("https://example.org/hook")
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/", secret_token="ü")


async def test_waiting_updates_can_be_dropped(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "a")
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_bot_that_vanished_in_a_poll_leaves_nothing_behind(server: PlaygroundServer, client: Client) -> None:
    poll = asyncio.create_task(client.session.get(f"{server.url}/bot{TOKEN}/getUpdates?timeout=30"))
    await asyncio.sleep(0.1)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await client.write(PERSON, "hi")
    async with client.session.get(f"{server.url}/bot{TOKEN}/getUpdates?timeout=1") as answer:
        assert len((await answer.json())["result"]) == 1
