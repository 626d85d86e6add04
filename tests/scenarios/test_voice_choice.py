"""Written, spoken, or both: `/voice`, the settings, and the button that has the latest answer spoken."""

import io
import json
import zipfile

import pytest

from models.words import LANGUAGES, Language, say
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.scenarios.speaking import CAT, TIRED, choose, kinds

# The command


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_command_says_how_answers_come_and_changes_it(rig: Rig, people: People, language: Language) -> None:
    code = {"language_code": language}
    await people.say(1, "/start", **code)
    await people.hears(1)
    await people.say(1, "/voice", **code)
    (answer,) = await people.hears(1)
    assert text_of(answer) == say(language, "voice.now.text")
    assert buttons(answer) == ["voice:set:text", "voice:set:voice", "voice:set:both"]
    await people.press(1, "voice:set:voice")
    await rig.settle()
    assert rig.value("person", "voice") == "voice"
    changed = next(message for message in people.chat(1) if message["message_id"] == answer["message_id"])
    assert say(language, "voice.set.voice") in text_of(changed)
    assert (say(language, "voice.not_in_this_language") in text_of(changed)) is (language != "en")
    await people.say(1, "/voice Both", **code)
    (answer,) = await people.hears(1)
    assert text_of(answer).startswith(say(language, "voice.set.both"))
    await people.say(1, "/voice loud", **code)
    (answer,) = await people.hears(1)
    assert text_of(answer).startswith(say(language, "voice.now.both"))
    assert rig.value("person", "voice") == "both"


async def test_the_settings_turn_through_the_three_ways(rig: Rig, people: People) -> None:
    await people.say(1, "/settings")
    await people.hears(1)
    for way in ("voice", "both", "text"):
        await people.press(1, "set:voice:next")
        await rig.settle()
        assert rig.value("person", "voice") == way


async def test_the_export_holds_the_choice(rig: Rig, people: People) -> None:
    await choose(people, "both")
    await people.say(1, "/export")
    (file,) = await people.hears(1)
    packed = zipfile.ZipFile(io.BytesIO(await people.download(1, file["document"]["file_id"])))
    assert json.loads(packed.read("everything.json"))["person"]["answers_as"] == "both"


# The button


async def pressed(rig: Rig, people: People, data: str, message_id: int | None = None) -> str:
    """Presses and returns what is shown for a moment."""
    people.events(1)
    await people.press(1, data, message_id)
    await rig.settle()
    return str([event.get("text") or "" for event in people.events(1, "answer")][-1])


async def test_the_button_has_the_latest_answer_spoken_once(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, TIRED)
    (answer,) = await people.hears(1)
    (data,) = buttons(answer)
    assert await pressed(rig, people, data) == say("en", "voice.asked")
    assert kinds(await people.hears(1)) == ["voice"]
    assert await pressed(rig, people, data, answer["message_id"]) == say("en", "voice.already")
    assert await people.hears(1) == []
    shown = next(message for message in people.chat(1) if message["message_id"] == answer["message_id"])
    assert buttons(shown) == []
    assert text_of(shown) == text_of(answer)


async def test_the_button_stands_under_the_latest_answer_alone(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, TIRED)
    (first,) = await people.hears(1)
    await people.say(1, CAT)
    (second,) = await people.hears(1)
    under = [m["message_id"] for m in people.chat(1) if any(data.startswith("speak:") for data in buttons(m))]
    assert under == [second["message_id"]]
    assert await pressed(rig, people, buttons(first)[0], first["message_id"]) == say("en", "voice.stale")
    assert await people.hears(1) == []


async def test_the_button_goes_when_danger_comes(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, TIRED)
    (answer,) = await people.hears(1)
    await people.say(1, "I want to kill myself tonight")
    await people.hears(1)
    assert not [data for message in people.chat(1) for data in buttons(message) if data.startswith("speak:")]
    assert await pressed(rig, people, buttons(answer)[0], answer["message_id"]) == say("en", "voice.stale")
    assert await people.hears(1) == []


async def test_no_button_stands_under_an_answer_to_a_loss(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, "My grandmother passed away last week")
    (answer,) = await people.hears(1)
    assert buttons(answer) == []


@pytest.mark.parametrize("data", ["speak:reply:1", "speak:reply:99", "speak:reply:99999999999999999999", "speak:x:1"])
async def test_nobody_has_the_answers_of_others_spoken(rig: Rig, people: People, data: str) -> None:
    await people.say(2, TIRED)
    await people.hears(2)
    await people.say(1, "/start")
    (welcome,) = await people.hears(1)
    told = await pressed(rig, people, data, welcome["message_id"])
    assert told in {say("en", "voice.stale"), say("en", "settings.unknown")}
    assert await people.hears(1) == []
    assert rig.value("turn", "speech") == "offered"
