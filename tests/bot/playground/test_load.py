"""How many turns a second the playground carries: it must not be what limits a load test."""

import asyncio
import sys
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from tests.bot.playground.conftest import TOKEN

PEOPLE = 100
TURNS_EACH = 20
WANTED = 60  # turns a second, with the client's own work on the same two cores


async def person(session: ClientSession, url: str, headers: dict[str, str], number: int) -> None:
    after = 0
    for turn in range(TURNS_EACH):
        form = {"text": f"message {turn} of somebody who has something to say"}
        async with session.post(f"{url}/people/{number}/messages", data=form, headers=headers) as answer:
            after = (await answer.json())["message"]["message_id"]
        address = f"{url}/people/{number}/messages?after={after}&wait=30"
        async with session.get(address, headers=headers) as answer:
            assert [message["reply_to_message"]["message_id"] for message in await answer.json()] == [after]


async def answering_bot(session: ClientSession, url: str) -> None:
    offset = answered = 0
    while answered < PEOPLE * TURNS_EACH:
        async with session.post(f"{url}/bot{TOKEN}/getUpdates", data={"offset": offset, "timeout": 10}) as answer:
            updates = (await answer.json())["result"]

        async def reply(update: dict[str, dict[str, dict[str, int]]]) -> None:
            message = update["message"]
            chat = {"chat_id": message["chat"]["id"]}
            async with session.post(f"{url}/bot{TOKEN}/sendChatAction", data={**chat, "action": "typing"}) as done:
                assert done.status == 200
            body = {
                **chat,
                "text": "I hear you. " * 10,
                "reply_parameters": f'{{"message_id": {message["message_id"]}}}',
            }
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", data=body) as done:
                assert done.status == 200

        await asyncio.gather(*(reply(update) for update in updates))
        answered += len(updates)
        offset = updates[-1]["update_id"] + 1 if updates else offset


@pytest.mark.slow
async def test_more_turns_a_second_pass_than_the_house_makes(tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    command = ["-m", "bot.playground", "--port", "0", "--home", str(tmp_path), "--token-file", str(token_file)]
    server = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None
        said, _, url = (await server.stdout.readline()).decode().strip().rpartition(" ")
        assert said == "playground ready at"
        headers = {"Authorization": f"Bearer {token_file.read_text().strip()}"}
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            async with session.get(f"{url}/bot{TOKEN}/getMe") as answer:
                assert answer.status == 200
            started = time.monotonic()
            bot = asyncio.create_task(answering_bot(session, url))
            await asyncio.gather(*(person(session, url, headers, number + 1) for number in range(PEOPLE)))
            seconds = time.monotonic() - started
            await bot
    finally:
        server.terminate()
        code = await server.wait()
    assert code == 0
    rate = PEOPLE * TURNS_EACH / seconds
    print(f"{rate:.0f} turns/s, {5 * rate:.0f} requests/s")
    assert rate > WANTED
