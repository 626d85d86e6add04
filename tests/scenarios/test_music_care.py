"""Music where care is needed, when it is offered, and what is kept of it."""

import io
import json
import logging
import zipfile
from datetime import timedelta

import pytest

from models.words import Language, say
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.rig.records import shop
from tests.scenarios.consenting import meet
from tests.scenarios.listening import goals, music, pieces, titles, track_of, wish

DANGER = "I want to kill myself"


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
