"""A playground of one's own, a bot made with python-telegram-bot, and a person's client."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from cryptography.fernet import Fernet, MultiFernet
from telegram import Bot

from bot.playground.server import PlaygroundServer

TOKEN = "1000000001:the-playground-needs-no-account-00"


class Client:
    """What a person's program does with the playground."""

    def __init__(self, server: PlaygroundServer, session: ClientSession) -> None:
        self.server = server
        self.session = session

    async def ask(self, method: str, path: str, form: dict[str, Any] | None = None, **more: Any) -> tuple[int, Any]:
        data = FormData()
        for name, value in (form or {}).items():
            if isinstance(value, tuple):
                data.add_field(name, value[1], filename=value[0], content_type=value[2])
            else:
                data.add_field(name, str(value))
        headers = {"Authorization": f"Bearer {self.server.gate.token}"}
        body = {"data": data} if form is not None else {}
        async with self.session.request(method, self.server.url + path, headers=headers, **body, **more) as answer:
            return answer.status, await answer.json()

    async def write(self, person: int, text: str = "", **form: Any) -> dict[str, Any]:
        status, answer = await self.ask("POST", f"/people/{person}/messages", {"text": text, **form})
        assert status == 200, answer
        return dict(answer["message"])

    async def read(self, person: int, **query: Any) -> list[dict[str, Any]]:
        status, answer = await self.ask("GET", f"/people/{person}/messages", params=query)
        assert status == 200, answer
        return list(answer)

    async def fault(self, **wish: Any) -> None:
        status, answer = await self.ask("POST", "/faults", json=wish)
        assert status == 200, answer


@pytest.fixture
def cipher() -> MultiFernet:
    return MultiFernet([Fernet(Fernet.generate_key())])


@pytest.fixture
async def server(tmp_path: Path, cipher: MultiFernet) -> AsyncIterator[PlaygroundServer]:
    async with PlaygroundServer(tmp_path, cipher, faults=True) as running:
        yield running


@pytest.fixture
async def client(server: PlaygroundServer) -> AsyncIterator[Client]:
    async with ClientSession() as session:
        yield Client(server, session)


def make_bot(server: PlaygroundServer, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot")


@pytest.fixture
async def bot(server: PlaygroundServer) -> AsyncIterator[Bot]:
    async with make_bot(server) as made:
        yield made
