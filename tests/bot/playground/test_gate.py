"""Who may speak with the server, and what stays unreadable."""

import logging
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar
from cryptography.fernet import Fernet, MultiFernet
from telegram import Bot

from bot.playground.gate import write_token
from bot.playground.server import HomeTaken, PlaygroundServer
from bot.playground.store import rewrap
from tests.bot.playground.conftest import TOKEN, Client, make_bot

PERSON = 7
CANARY = "the heron waits at dusk"


async def status_of(server: PlaygroundServer, method: str, path: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        address = f"http://127.0.0.1:{server.port}{path}"
        async with session.request(method, address, headers=named, allow_redirects=False) as answer:
            return answer.status


async def test_a_name_that_is_not_this_machines_is_refused_everywhere(server: PlaygroundServer) -> None:
    bearer = f"Bearer {server.gate.token}"
    for path in ("/", "/people", "/page/page.js", f"/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/x"):
        assert await status_of(server, "GET", path, Host=f"evil.example:{server.port}", Authorization=bearer) == 403
        assert await status_of(server, "GET", path, Host="127.0.0.1:1", Authorization=bearer) == 403
    assert await status_of(server, "GET", "/people", Host=f"localhost:{server.port}", Authorization=bearer) == 200


async def test_the_persons_side_needs_the_token_of_this_start(server: PlaygroundServer) -> None:
    for method, path in (("GET", "/people"), ("POST", "/people/1/messages"), ("GET", "/events"), ("POST", "/faults")):
        assert await status_of(server, method, path) == 401
        assert await status_of(server, method, path, Authorization="Bearer nonsense") == 401
    assert await status_of(server, "GET", "/people", Authorization=f"Bearer {server.gate.token}") == 200


async def test_the_page_opens_with_the_token_and_keeps_it_as_a_strict_cookie(server: PlaygroundServer) -> None:
    assert await status_of(server, "GET", "/") == 401
    assert await status_of(server, "GET", "/?t=nonsense") == 401
    async with ClientSession() as session, session.get(server.page_url, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    own = f"{server.gate.cookie}={server.gate.token}"
    assert await status_of(server, "GET", "/", Cookie=own) == 200


async def test_with_the_cookie_only_our_own_page_may_write(server: PlaygroundServer) -> None:
    own = f"{server.gate.cookie}={server.gate.token}"
    origin = f"http://127.0.0.1:{server.port}"
    assert await status_of(server, "POST", "/people", Cookie=own) == 401
    assert await status_of(server, "POST", "/people", Cookie=own, Origin="http://127.0.0.1:1") == 403
    assert await status_of(server, "POST", "/people", Cookie=own, Origin="null") == 403
    assert await status_of(server, "GET", "/people", Cookie=own, Sec_Fetch_Site="same-site") == 403
    assert await status_of(server, "POST", "/people", Cookie=own, Origin=origin) == 200
    assert await status_of(server, "POST", "/people", Cookie=own, Sec_Fetch_Site="same-origin") == 200


async def test_another_web_page_cannot_play_a_bot(server: PlaygroundServer) -> None:
    assert await status_of(server, "POST", f"/bot{TOKEN}/getMe", Origin="https://evil.example") == 403
    assert await status_of(server, "GET", f"/bot{TOKEN}/getMe", Sec_Fetch_Site="cross-site") == 403


async def test_the_page_allows_no_foreign_script(server: PlaygroundServer) -> None:
    async with ClientSession() as session, session.get(server.page_url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "media-src 'self' blob:;" in policy
        assert "microphone=(self), camera=(self), display-capture=()" in answer.headers["Permissions-Policy"]
        text = await answer.text()
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_the_token_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old")
    path.chmod(0o644)
    write_token(path, "new")
    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o600


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_what_was_said_is_on_disk_and_in_logs_only_sealed(
    tmp_path: Path, server: PlaygroundServer, client: Client, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for quiet in ("telegram", "httpcore", "httpx"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    await client.write(PERSON, CANARY, name=CANARY)
    await client.write(PERSON, document=(CANARY, CANARY.encode() * 3, "text/plain"), caption=CANARY)
    await bot.send_message(PERSON, CANARY)
    await bot.set_my_description(CANARY)
    status, _ = await client.ask("POST", f"/people/{PERSON}/messages", {"raw": CANARY})
    assert status == 400
    assert CANARY.encode() not in on_disk(tmp_path)
    assert CANARY not in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN.encode() not in on_disk(tmp_path)


async def test_a_person_who_is_erased_is_nowhere(
    tmp_path: Path, server: PlaygroundServer, client: Client, bot: Bot
) -> None:
    await client.write(PERSON, CANARY, name="Ada")
    await client.write(PERSON, document=("a.txt", b"x", "text/plain"))
    await client.write(8, "stays")
    assert (await client.ask("DELETE", f"/people/{PERSON}"))[1] == {"erased": True}
    assert await client.read(PERSON) == []
    assert [update.message.text for update in await bot.get_updates()] == ["stays"]
    for table in ("message", "waiting", "file", "chat"):
        column = "chat_id"
        assert server.board.store.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", PERSON).fetchone() == (
            0,
        )


async def test_an_unforeseen_error_tells_neither_words_nor_token(
    client: Client,
    server: PlaygroundServer,
    bot: Bot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await client.write(PERSON, "hi")
    monkeypatch.setattr(server.board.store, "seal", lambda content: (_ for _ in ()).throw(RuntimeError(CANARY)))
    status, answer = await client.ask("POST", f"/people/{PERSON}/messages", {"text": CANARY})
    assert status == 500
    assert CANARY not in str(answer)
    assert CANARY not in caplog.text
    assert "RuntimeError" in caplog.text
    monkeypatch.undo()
    assert (await client.write(PERSON, "again"))["message_id"] == 2


async def test_one_home_has_one_playground(tmp_path: Path, server: PlaygroundServer, cipher: MultiFernet) -> None:
    with pytest.raises(HomeTaken):
        await PlaygroundServer(tmp_path, cipher).start()


async def test_a_rotated_house_key_opens_the_history(tmp_path: Path) -> None:
    older, fresh = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    async with ClientSession() as session:
        async with PlaygroundServer(tmp_path, older) as first, make_bot(first):
            await Client(first, session).write(PERSON, CANARY)
        assert rewrap(tmp_path / "playground.sqlite", MultiFernet([fresh, older])) == 1
        async with PlaygroundServer(tmp_path, fresh) as second:
            (message,) = await Client(second, session).read(PERSON)
    assert message["text"] == CANARY
