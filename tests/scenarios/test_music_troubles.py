"""What is said where music cannot be had, and what a kill costs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.words import say
from tests.rig.crew import Killed
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.records import shop
from tests.scenarios.listening import forbid, goals, music, pieces, track_of, wish
from workers.catalogue.shelf import NoSuchTrack, Shelf
from workers.journal import errands, leases, tracks, wishes
from workers.journal.tables import Outbox
from workers.media.store import StoreDenied, StoreUnavailable


async def test_without_music_one_sentence_says_so_and_while_it_is_composed_another(rig: Rig, people: People) -> None:
    assert text_of(await goals(people)) == say("en", "music.none")
    rig.journal.transact(lambda session: leases.hold(session, leases.STARTER, "somebody", 60))
    assert text_of(await goals(people)) == say("en", "music.making")


async def test_a_sound_that_is_missing_is_left_out_for_another(
    rig: Rig, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    ids = shop(rig.journal, rig.store, 12)
    with rig.journal.read() as session:
        missing = {track_id: track.key for track_id, track in tracks.some(session, ids[:4]).items()}
    for key in missing.values():
        rig.store.delete(key)
    heard = [*await music(people), *await wish(people, "music:go:lift.sadness")]
    assert len(pieces(heard)) >= 8
    assert {track_of(message) for message in pieces(heard)}.isdisjoint(missing)


async def test_a_store_that_denies_is_said_at_once(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop(rig.journal, rig.store)
    forbid(monkeypatch, rig, StoreDenied("denied"), "has")
    assert [text_of(each) for each in await music(people)] == [say("en", "music.unavailable")]
    assert "StoreDenied" in caplog.text


async def test_a_store_that_is_away_is_said_once_after_three_tries(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop(rig.journal, rig.store)
    forbid(monkeypatch, rig, StoreUnavailable("away"), "has")
    await goals(people)
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    await people.press(1, "music:go:lift.sadness")
    for number in range(errands.ATTEMPTS):
        async with asyncio.timeout(30):
            while caplog.text.count("music not fetched") <= number:
                await asyncio.sleep(0.01)
        await rig.settle()
        rig.pass_time(timedelta(seconds=5))
        await rig.sweep(clean=False)
    heard = await people.hears(1)
    assert [text_of(each) for each in heard] == [say("en", "music.unavailable")]
    assert (rig.count("wish"), rig.count("pick")) == (0, 0)
    assert "StoreUnavailable" in caplog.text


async def test_a_sound_that_cannot_be_fetched_any_more_is_said_by_its_title(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(rig.journal, rig.store, 1)
    forbid(monkeypatch, rig, StoreUnavailable("away"), "get")
    heard = await music(people)
    assert pieces(heard) == []
    assert text_of(heard[-1]) == say("en", "music.piece_failed", title="joyful 0")


async def test_a_piece_that_is_taken_away_between_choosing_and_sending_is_said(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    (track_id,) = shop(rig.journal, rig.store, 1)
    real = wishes.keep

    def keep(session: Any, *more: Any) -> bool:
        kept = real(session, *more)
        tracks.remove(session, [track_id])
        return kept

    monkeypatch.setattr(wishes, "keep", keep)
    heard = await music(people)
    assert pieces(heard) == []
    assert text_of(heard[-1]) == say("en", "music.piece_failed", title="joyful 0")


async def test_a_piece_that_is_taken_away_between_asking_and_choosing_is_like_nothing_and_that_is_said_at_once(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(rig.journal, rig.store)
    heard = pieces(await music(people))

    def gone(*asked: object, **named: object) -> None:
        raise NoSuchTrack("there is no piece")

    monkeypatch.setattr(Shelf, "similar", gone)
    answer = await wish(people, f"music:like:{track_of(heard[0])}")
    assert [text_of(each) for each in answer] == [say("en", "music.nothing_like")]


async def test_a_piece_that_is_gone_is_not_like_anything(rig: Rig, people: People) -> None:
    ids = shop(rig.journal, rig.store)
    heard = await music(people)
    chosen = track_of(pieces(heard)[0])
    rig.journal.transact(lambda session: tracks.remove(session, ids))
    await people.press(1, f"music:like:{chosen}")
    assert await people.hears(1) == []
    toasts = [event["text"] for event in people.events(1, "answer") if event.get("text")]
    assert toasts[-1] == say("en", "music.piece_gone")


@pytest.mark.parametrize(
    "data",
    [
        "music:go:lift.rage", "music:go:up.sadness", "music:goal:up", "music:like:0x1", "music:keep:-1",
        "music:out:x",
        f"music:play:{'9' * 19}", "music:dance:1", "music:like:999999",
    ],
)  # fmt: skip
async def test_a_forged_button_brings_a_word_and_nothing_else(rig: Rig, people: People, data: str) -> None:
    shop(rig.journal, rig.store, 5)
    asking = await goals(people)
    await people.press(1, data, asking["message_id"])
    assert pieces(await people.hears(1)) == []
    assert rig.count("wish") == rig.count("pick") == rig.count("playlist_entry") == 0


async def test_a_worker_that_is_killed_while_it_chooses_costs_time_and_no_music(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(rig.journal, rig.store)
    deaths = [0]
    real = wishes.known

    def known(*arguments: Any) -> Any:
        if not deaths[0]:
            deaths[0] += 1
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(wishes, "known", known)
    await goals(people)
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    await people.press(1, "music:go:lift.sadness")
    assert await people.hears(1, turns=False) == []
    async with asyncio.timeout(30):
        while not deaths[0]:
            await asyncio.sleep(0.01)
    rig.pass_time(errands.LEASE + timedelta(seconds=3))
    await rig.sweep(clean=False)
    assert len(pieces(await people.hears(1))) == 5
    assert rig.count("pick") == 5


async def test_a_bot_that_was_killed_while_it_uploaded_sends_no_piece_twice_and_says_which_is_missing(
    rig: Rig, people: People
) -> None:
    """Nobody knows whether that piece arrived; the others do."""
    shop(rig.journal, rig.store)
    await goals(people)
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    rig.crew.rest()
    await people.press(1, "music:go:lift.sadness")
    await people.hears(1, turns=False)
    await rig.stop_bot()
    rig.crew.go_on()
    async with asyncio.timeout(30):
        while rig.count("wish"):
            await asyncio.sleep(0.01)
    begun = update(Outbox).where(Outbox.part == "music1").values(state="sending", attempts=1)
    rig.journal.transact(lambda session: session.execute(begun))
    await rig.start_bot()
    heard = await people.hears(1)
    assert len(pieces(heard)) == 4
    missing = say("en", "music.piece_failed", title="…").partition("…")[2]
    assert sum(text_of(message).endswith(missing) for message in heard) == 1
