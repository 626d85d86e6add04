"""The process itself: what it accepted survives kill -9, and it stops cleanly when asked."""

import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.bot.playground.conftest import TOKEN


async def start(home: Path, *more: str) -> tuple[asyncio.subprocess.Process, str, str]:
    """(process, address, token)."""
    command = ["-m", "bot.playground", "--port", "0", "--home", str(home), "--token-file", str(home / "token"), *more]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    said, _, url = (await process.stdout.readline()).decode().strip().rpartition(" ")
    assert said == "playground ready at"
    return process, url, (home / "token").read_text().strip()


async def test_no_accepted_message_is_lost_and_no_id_given_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    accepted: dict[str, int] = {}
    for run in range(3):
        process, url, token = await start(tmp_path)
        async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            async with session.get(f"{url}/bot{TOKEN}/getMe") as answer:
                assert answer.status == 200

            async def write(person: int, url: str = url, session: ClientSession = session, run: int = run) -> None:
                for number in range(1000):
                    text = f"{run} {person} {number}"
                    try:
                        async with session.post(f"{url}/people/{person}/messages", data={"text": text}) as answer:
                            accepted[text] = (await answer.json())["message"]["message_id"]
                    except ClientError:
                        return

            writers = asyncio.gather(*(write(person) for person in (1, 2, 3)))
            await asyncio.sleep(0.4)
            process.send_signal(signal.SIGKILL)
            await writers
        await process.wait()
    assert len(accepted) > 10
    assert len(set(accepted.values())) == len(accepted)

    process, url, _ = await start(tmp_path)
    found: dict[str, int] = {}
    offset = 0
    async with ClientSession() as session:
        while True:
            async with session.get(f"{url}/bot{TOKEN}/getUpdates?offset={offset}") as answer:
                updates = (await answer.json())["result"]
            if not updates:
                break
            assert all(update["update_id"] >= offset for update in updates)
            found |= {update["message"]["text"]: update["message"]["message_id"] for update in updates}
            offset = updates[-1]["update_id"] + 1
    process.terminate()
    assert await process.wait() == 0
    assert accepted.items() <= found.items()


async def test_a_home_in_use_is_refused_with_one_line_and_exit_code_2(tmp_path: Path) -> None:
    first, _, _ = await start(tmp_path)
    command = [
        "-m",
        "bot.playground",
        "--port",
        "0",
        "--home",
        str(tmp_path),
        "--token-file",
        str(tmp_path / "other"),
    ]
    second = await asyncio.create_subprocess_exec(sys.executable, *command, stderr=asyncio.subprocess.PIPE)
    _, complaint = await second.communicate()
    assert second.returncode == 2
    assert len(complaint.splitlines()) == 1
    first.terminate()
    assert await first.wait() == 0
