"""Music: asked for, chosen toward a goal, played, kept; and what is said where it cannot be had."""

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.words import LANGUAGES, Language, say
from tests.rig.crew import Killed
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.rig.records import shop
from tests.scenarios.consenting import meet
from workers.catalogue.shelf import NoSuchTrack, Shelf
from workers.journal import errands, leases, tracks, wishes
from workers.journal.tables import Outbox
from workers.media.folder import FolderStore
from workers.media.store import StoreDenied, StoreUnavailable

DANGER = "I want to kill myself"


async def goals(people: People, **form: Any) -> dict[str, Any]:
    await people.say(1, "/music", **form)
    return (await people.hears(1))[0]


async def music(people: People, goal: str = "lift", feeling: str = "sadness") -> list[dict[str, Any]]:
    """What somebody gets who asks for music and says how they feel."""
    await goals(people)
    return await wish(people, f"music:goal:{goal}", f"music:go:{goal}.{feeling}")


async def wish(people: People, *presses: str) -> list[dict[str, Any]]:
    for data in presses[:-1]:
        await people.press(1, data)
        await people.hears(1)
    await people.press(1, presses[-1])
    return await people.hears(1)


def pieces(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in heard if "audio" in message]


def titles(heard: list[dict[str, Any]]) -> list[str]:
    return [message["audio"]["title"] for message in pieces(heard)]


def track_of(message: dict[str, Any]) -> int:
    return int(next(data for data in buttons(message) if data.startswith("music:like:")).rpartition(":")[2])


def forbid(monkeypatch: pytest.MonkeyPatch, rig: Rig, error: Exception, *names: str) -> list[str]:
    """From now on the store answers with an error, the worker and the sender alike; what was asked of it."""
    asked: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def ask(self: FolderStore, key: str, *more: object) -> Any:
            asked.append(name)
            raise error

        return ask

    for name in names:
        monkeypatch.setattr(FolderStore, name, refuse(name))
    return asked


# Asking and getting


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_goal_and_a_feeling_bring_five_pieces(rig: Rig, people: People, language: Language) -> None:
    shop(rig.journal, rig.store)
    asking = await goals(people, language_code=language)
    assert text_of(asking) == say(language, "music.goals")
    assert buttons(asking) == ["music:goal:sit", "music:goal:lift", "music:goal:calm"]
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    asked = people.chat(1)[-1]
    shown = next(message for message in people.chat(1) if "music:go:lift.sadness" in buttons(message))
    assert text_of(shown) == say(language, "music.ask")
    assert asked is not None
    heard = await wish(people, "music:go:lift.sadness")
    assert text_of(heard[0]) == say(language, "music.felt.lift")
    assert len(pieces(heard)) == 5
    for message in pieces(heard):
        assert message["audio"]["performer"].startswith("Artist")
        assert message["audio"]["duration"] == 1
        assert "CC0-1.0" in text_of(message)
    assert "music:go:lift.sadness" in buttons(heard[-1])
    assert (rig.count("pick"), rig.count("wish")) == (5, 0)


async def test_who_would_rather_not_say_gets_music_all_the_same(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people, "calm", "none")
    assert text_of(heard[0]) == say("en", "music.open.calm")
    assert len(pieces(heard)) == 5


async def test_where_the_diary_knows_how_somebody_feels_nobody_asks(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await meet(people, "readings", "diary")
    rig.text_reader.says = estimate_of("text", "sadness")
    await people.say(1, "it was a hard week at work")
    await people.hears(1)
    await goals(people)
    heard = await wish(people, "music:goal:sit")
    assert text_of(heard[0]) == say("en", "music.felt.sit")
    assert len(pieces(heard)) == 5


async def test_another_five_are_others_until_all_were_heard_and_then_that_is_said(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store, 12)
    heard = [await music(people)]
    for _ in range(2):
        heard.append(await wish(people, "music:go:lift.sadness"))
    one, two, three = (titles(each) for each in heard)
    assert set(one).isdisjoint(two)
    assert say("en", "music.again") not in text_of(heard[0][0]) + text_of(heard[1][0])
    assert say("en", "music.again") in text_of(heard[2][0])
    assert len(three) == 5
    assert sum(title.startswith("dark") for title in three) <= 1
    four = await wish(people, "music:go:lift.sadness")  # everything counts as unheard again
    assert say("en", "music.again") not in text_of(four[0])
    assert set(titles(four)).isdisjoint(three)


async def test_in_a_new_conversation_everything_may_come_again(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store, 6)
    await music(people)
    await people.say(1, "/new")
    await people.hears(1)
    heard = await music(people)
    assert say("en", "music.again") not in text_of(heard[0])


async def test_choosing_one_brings_five_like_it(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people)
    chosen = pieces(heard)[2]
    similar = await wish(people, f"music:like:{track_of(chosen)}")
    assert text_of(similar[0]) == say("en", "music.like", title=chosen["audio"]["title"])
    assert len(pieces(similar)) == 5
    assert set(titles(similar)).isdisjoint(titles(heard))
    assert rig.count("pick", "chosen_at IS NOT NULL") == 1


async def test_a_piece_is_uploaded_once_and_then_sent_to_everybody_by_what_telegram_has(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(rig.journal, rig.store, 5, moods={"calm": 1.0})
    await music(people)
    assert rig.count("track_upload") == 5
    asked = forbid(monkeypatch, rig, StoreUnavailable("away"), "get", "has")
    await people.say(2, "/music")
    await people.hears(2)
    await people.press(2, "music:goal:calm")
    await people.hears(2)
    await people.press(2, "music:go:calm.none")
    assert len(pieces(await people.hears(2))) == 5
    assert asked == []


async def test_a_file_id_that_telegram_does_not_know_any_more_costs_one_more_upload(rig: Rig, people: People) -> None:
    (track_id,) = shop(rig.journal, rig.store, 1)
    rig.journal.transact(lambda session: tracks.keep_upload(session, rig.bot_id, track_id, "AAAforgotten"))
    heard = await music(people)
    assert len(pieces(heard)) == 1
    assert rig.value("track_upload", "file_id") != "AAAforgotten"


# The playlist


async def test_a_playlist_is_filled_shown_played_and_emptied(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await people.say(1, "/playlist")
    assert text_of((await people.hears(1))[0]) == say("en", "music.playlist.empty")
    heard = await music(people)
    kept = [track_of(message) for message in pieces(heard)[:2]]
    for track_id in kept:
        await people.press(1, f"music:keep:{track_id}")
        await people.hears(1)
        assert f"music:drop:{track_id}" in buttons(people.chat(1)[people_index(people, track_id)])
    await people.say(1, "/playlist")
    (shown,) = await people.hears(1)
    for message in pieces(heard)[:2]:
        assert message["audio"]["title"] in text_of(shown)
    assert buttons(shown) == ["music:play:0", *(f"music:out:{track_id}" for track_id in kept)]
    played = await wish(people, "music:play:0")
    assert text_of(played[0]) == say("en", "music.mine")
    assert titles(played) == titles(heard)[:2]
    await people.press(1, f"music:out:{kept[0]}", shown["message_id"])
    await people.hears(1)
    assert rig.count("playlist_entry") == 1
    asking = await goals(people)
    assert "music:list:0" in buttons(asking)


def people_index(people: People, track_id: int) -> int:
    """Where in the chat the piece stands."""
    return next(
        number for number, message in enumerate(people.chat(1)) if f"music:like:{track_id}" in buttons(message)
    )


async def test_a_long_playlist_is_played_five_at_a_time(rig: Rig, people: People) -> None:
    ids = shop(rig.journal, rig.store, 12)
    await goals(people)
    for track_id in ids:
        await people.press(1, f"music:keep:{track_id}", 1)
    await people.say(1, "/playlist")
    shown = (await people.hears(1))[-1]
    assert "music:list:1" in buttons(shown)
    heard = await wish(people, "music:play:0")
    assert titles(heard) == [
        f"{mood} {n}" for n, mood in enumerate(["joyful", "energetic", "calm", "tender", "melancholy"])
    ]
    assert "music:play:5" in buttons(heard[-1])
    assert len(pieces(await wish(people, "music:play:5"))) == 5
    last = await wish(people, "music:play:10")
    assert len(pieces(last)) == 2
    assert not any(data.startswith("music:play") for data in buttons(last[-1]))


# What does not go well


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
        async with asyncio.timeout(10):
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
    async with asyncio.timeout(10):
        while rig.count("wish"):
            await asyncio.sleep(0.01)
    begun = update(Outbox).where(Outbox.part == "music1").values(state="sending", attempts=1)
    rig.journal.transact(lambda session: session.execute(begun))
    await rig.start_bot()
    heard = await people.hears(1)
    assert len(pieces(heard)) == 4
    missing = say("en", "music.piece_failed", title="…").partition("…")[2]
    assert sum(text_of(message).endswith(missing) for message in heard) == 1


# Care


async def test_after_danger_music_that_was_asked_for_before_does_not_come(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await goals(people)
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    rig.crew.rest()
    await people.press(1, "music:go:lift.sadness")
    await people.hears(1, turns=False)
    await people.say(1, DANGER)
    await people.hears(1, turns=False)
    rig.crew.go_on()
    assert pieces(await people.hears(1)) == []
    assert rig.count("wish") == 0


async def test_where_care_is_needed_nothing_dark_is_played_not_even_when_asked_for(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await people.say(1, DANGER)
    await people.hears(1)
    for goal in ("sit", "lift", "calm"):
        heard = await music(people, goal, "fear")
        assert len(pieces(heard)) == 5
        assert not any(title.startswith("dark") for title in titles(heard))


async def sad_talk(rig: Rig, people: People, turns: int = 4, language: Language = "en") -> list[list[str]]:
    """Somebody who allows readings tells of a hard time; the buttons under each answer."""
    await meet(people, "readings", language=language)
    rig.text_reader.says = estimate_of("text", "sadness")
    seen = []
    for number in range(turns):
        await people.say(1, f"work was heavy again today, for the {number}. time", language_code=language)
        heard = await people.hears(1)
        seen.append([data for message in heard for data in buttons(message)])
    return seen


async def test_music_is_offered_once_when_somebody_feels_low_and_not_at_once(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    seen = await sad_talk(rig, people)
    assert ["music:open:now" in each for each in seen] == [False, False, True, False]
    shown = [data for message in people.chat(1) for data in buttons(message)]
    assert "music:open:now" not in shown  # under an older answer stands none
    assert sum(data.startswith("speak:") for data in shown) == 1


async def test_the_offer_opens_the_goals_and_survives_the_voice(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    seen = await sad_talk(rig, people, 3)
    speak = next(data for data in seen[-1] if data.startswith("speak:"))
    await people.press(1, speak)
    await people.hears(1)
    shown = [data for message in people.chat(1) for data in buttons(message)]
    assert "music:open:now" in shown
    assert speak not in shown
    heard = await wish(people, "music:open:now")
    assert text_of(heard[0]) == say("en", "music.goals")


async def test_music_is_not_offered_where_there_is_none_nor_to_who_is_glad(rig: Rig, people: People) -> None:
    assert not any("music:open:now" in each for each in await sad_talk(rig, people))
    shop(rig.journal, rig.store)
    rig.text_reader.says = estimate_of("text", "happiness")
    await people.say(1, "and then something lovely happened at work")
    assert not any("music:open:now" in buttons(message) for message in await people.hears(1))


async def test_after_danger_no_button_for_music_is_left(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await sad_talk(rig, people, 3)
    await people.say(1, DANGER)
    await people.hears(1)
    assert "music:open:now" not in [data for message in people.chat(1) for data in buttons(message)]


# What is kept


async def test_what_was_sent_and_kept_is_exported_and_erased(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people)
    await people.press(1, f"music:keep:{track_of(pieces(heard)[0])}")
    await people.hears(1)
    await people.say(1, "/export")
    (message,) = [m for m in await people.hears(1) if "document" in m]
    archive = zipfile.ZipFile(io.BytesIO(await people.download(1, message["document"]["file_id"])))
    held = json.loads(archive.read("everything.json"))
    assert [row["title"] for row in held["music_sent"]] == titles(heard)
    assert [row["title"] for row in held["playlist"]] == titles(heard)[:1]
    await people.say(1, "/forget")
    await people.hears(1)
    await people.press(1, "forget:all:yes")
    await people.hears(1)
    assert rig.count("pick") == rig.count("playlist_entry") == rig.count("wish") == 0


async def test_what_was_sent_is_forgotten_a_day_after_the_conversation_and_the_playlist_is_not(
    rig: Rig, people: People
) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people)
    await people.press(1, f"music:keep:{track_of(pieces(heard)[0])}")
    await people.hears(1)
    await rig.sweep()
    assert rig.count("pick") == 5
    rig.pass_time(timedelta(hours=25))
    await rig.sweep()
    assert (rig.count("pick"), rig.count("playlist_entry")) == (0, 1)


async def test_how_somebody_feels_is_in_no_log_when_they_ask_for_music(
    rig: Rig, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop(rig.journal, rig.store)
    await music(people, "lift", "sadness")
    ours = [r for r in caplog.records if r.name.split(".")[0] in {"bot", "workers", "models", "heed"}]
    assert not any("sadness" in record.getMessage() or "lift" in record.getMessage() for record in ours)
