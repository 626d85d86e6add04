"""The HTTP API: the choosing of the chat, for whoever shows the token, and a clear answer to everything else."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from models.music import features
from models.music.moods import MOODS
from tests.rig.records import put
from workers.catalogue.api import Counter, application
from workers.catalogue.keeping import Archive
from workers.catalogue.shelf import Shelf
from workers.errors import Transient
from workers.journal import tracks
from workers.journal.database import Journal, JournalUnavailable

TOKEN = "a-token-of-sixteen-letters"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
PIECES = 20


@pytest.fixture
def filled(archive: Archive) -> Archive:
    chance = np.random.default_rng(5)
    for number in range(PIECES):
        raw = chance.normal(size=features.SIZE).astype("<f4")
        values = {"features": raw.tobytes(), "features_version": features.VERSION, "artist": f"A{number}"}
        mood = MOODS[number % len(MOODS)]
        place = {"valence": float(chance.uniform(-1, 1)), "arousal": float(chance.uniform(-1, 1))}
        put(archive.journal, number, moods={mood: 1.0}, **values, **place)
        archive.store.put(f"tracks/{number:064x}.mp3", f"sound {number}".encode(), "audio/mpeg")
    return archive


@pytest.fixture
async def client(filled: Archive, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    shelf = Shelf(filled.journal, tmp_path / "music", scaled=lambda raw: raw)
    api = application(Counter(shelf, filled.journal, filled.store), TOKEN)
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://heed", headers=SHOWN) as opened:
        yield opened


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer ", f"Bearer {TOKEN}x", "Bearer ü"]
)
async def test_without_the_token_nothing_is_answered(client: httpx.AsyncClient, header: str | None) -> None:
    del client.headers["Authorization"]
    headers = [(b"Authorization", header.encode())] if header else []
    for path in ("/api/music/picks?goal=calm", "/api/music/similar?track_id=1", "/api/music/tracks/1/sound"):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert set(answer.json()) == {"detail"}


async def test_picks_lead_from_a_feeling_toward_a_goal_by_address_and_by_body(client: httpx.AsyncClient) -> None:
    by_address = await client.get("/api/music/picks?goal=calm&feeling=anger&heard=3&heard=4")
    body = {"goal": "calm", "valence": -0.5, "arousal": 0.6, "heard": [3, 4], "careful": True, "size": 3}
    by_body = await client.post("/api/music/picks", json=body)
    assert by_address.status_code == by_body.status_code == 200
    ids = [track["id"] for track in by_address.json()["tracks"]]
    assert len(ids) == 5
    assert not {3, 4} & set(ids)
    assert not by_address.json()["began_again"]
    assert len(by_body.json()["tracks"]) == 3
    assert all("dark" not in track["moods"] for track in by_body.json()["tracks"])


async def test_what_sounds_alike_comes_with_everything_a_player_needs(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/music/similar", json={"track_id": 1})
    first = answer.json()["tracks"][0]
    assert first["id"] != 1
    assert (first["licence"], first["title"]) == ("CC0-1.0", f"Piece {first['id'] - 1}")
    sound = await client.get(first["sound"])
    assert (sound.status_code, sound.headers["Content-Type"]) == (200, "audio/mpeg")
    assert sound.content == f"sound {first['id'] - 1}".encode()
    assert (await client.get(f"/api/music/tracks/{first['id']}")).json() == first
    assert (await client.get("/api/music/similar?track_id=1")).json() == answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {}, {"goal": "sleep"}, {"goal": "calm", "valence": 0.5}, {"goal": "calm", "valence": 2, "arousal": 0},
        {"goal": "calm", "feeling": "bored"}, {"goal": "calm", "feeling": "anger", "valence": 0, "arousal": 0},
        {"goal": "calm", "size": 0}, {"goal": "calm", "heard": "all"}, {"goal": "calm", "mood": "canary"},
    ],
)  # fmt: skip
async def test_a_question_that_cannot_be_understood_is_422_and_says_where(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post("/api/music/picks", json=body)
    assert answer.status_code == 422
    assert all(set(wrong) == {"where", "why"} for wrong in answer.json()["detail"])
    assert "canary" not in answer.text
    assert (await client.get("/api/music/picks", params={"goal": "sleep"})).status_code == 422


async def test_a_piece_that_is_not_there_is_404(client: httpx.AsyncClient, filled: Archive) -> None:
    filled.store.delete(f"tracks/{1:064x}.mp3")
    for path in ("similar?track_id=999", "tracks/999", "tracks/999/sound", "tracks/2/sound"):
        answer = await client.get(f"/api/music/{path}")
        assert answer.status_code == 404
        assert "piece" in answer.json()["detail"]


async def test_a_piece_that_was_just_taken_away_is_not_among_the_picks(
    client: httpx.AsyncClient, filled: Archive
) -> None:
    ids = [track["id"] for track in (await client.post("/api/music/similar", json={"track_id": 1})).json()["tracks"]]
    filled.remove(ids[:2])
    again = (await client.post("/api/music/similar", json={"track_id": 1})).json()["tracks"]
    assert len(again) == 5
    assert not set(ids[:2]) & {track["id"] for track in again}


async def test_while_database_or_store_are_away_it_says_so_and_when_to_ask_again(
    client: httpx.AsyncClient, filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_database() -> None:
        raise JournalUnavailable("the database cannot be used: gone")

    def no_store(key: str) -> bytes:
        raise Transient("the store is away")

    with monkeypatch.context() as broken:
        broken.setattr(filled.journal, "read", no_database)
        picks = await client.get("/api/music/picks?goal=lift")
    with monkeypatch.context() as broken:
        broken.setattr(filled.store, "get", no_store)
        sound = await client.get("/api/music/tracks/1/sound")
    for answer in (picks, sound):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "later" in answer.json()["detail"]
    assert (await client.get("/api/music/picks?goal=lift")).status_code == 200


async def test_a_store_that_gives_links_is_linked_to(
    client: httpx.AsyncClient, filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled.store, "link", lambda key, seconds: f"https://store.example/{key}?for={seconds}")
    told = (await client.get("/api/music/tracks/1")).json()
    assert told["sound"] == f"https://store.example/tracks/{0:064x}.mp3?for=3600"
    sound = await client.get("/api/music/tracks/1/sound")
    assert (sound.status_code, sound.headers["Location"]) == (307, told["sound"])


async def test_it_documents_itself_and_what_was_asked_is_in_no_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await client.get("/api/music/picks?goal=sit&feeling=fear")
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not any("fear" in line for line in own)
    api = (await client.get("/openapi.json")).json()
    assert set(api["paths"]) == {
        "/api/music/picks",
        "/api/music/similar",
        "/api/music/tracks/{track_id}",
        "/api/music/tracks/{track_id}/sound",
    }
    page = await client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded, "the page loads its script from this server and from nowhere else"
    for address in loaded:
        assert address.startswith("/")
        assert (await client.get(address)).status_code == 200


async def test_an_empty_catalogue_has_no_picks(sqlite_journal: Journal, archive: Archive, tmp_path: Path) -> None:
    shelf = Shelf(sqlite_journal, tmp_path / "music", scaled=lambda raw: raw)
    counter = Counter(shelf, sqlite_journal, archive.store)
    transport = httpx.ASGITransport(application(counter, TOKEN))
    async with httpx.AsyncClient(transport=transport, base_url="http://heed", headers=SHOWN) as opened:
        answer = await opened.get("/api/music/picks?goal=calm")
    assert answer.json() == {"tracks": [], "began_again": False}
    with sqlite_journal.read() as session:
        assert tracks.count(session) == 0
