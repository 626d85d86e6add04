"""The question whether feelings may be read: after the first recording, once, and of nobody who must not be asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.speech.recognise.scripted import ScriptedRecogniser
from models.words import LANGUAGES, Language, say
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.scenarios.consenting import EXAM, NO, YES, asked, meet, minor, paused, said_no, send, withdrawn


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_the_first_voice_note_heed_asks_once_whether_it_may_read_feelings(
    rig: Rig, people: People, note: bytes, language: Language
) -> None:
    await meet(people, language=language)
    rig.ears = ScriptedRecogniser([EXAM], language=language)
    heard = await send(people, note)
    assert [text_of(message) for message in asked(heard)] == [say(language, "consent.readings.ask")]
    assert heard[-1] in asked(heard), "the answer comes first"
    assert buttons(heard[-1]) == [YES, NO]
    assert asked(await send(people, note)) == []
    rig.pass_time(timedelta(days=20))
    await rig.sweep()
    assert asked(await send(people, note)) == []
    assert rig.voice_reader.read_seconds == []


async def test_a_text_is_no_reason_to_ask(rig: Rig, people: People) -> None:
    await meet(people)
    await people.say(1, EXAM)
    assert asked(await people.hears(1)) == []


async def test_a_yes_to_the_question_has_the_next_note_read_and_not_the_last(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    await people.press(1, YES)
    await people.hears(1)
    assert rig.count("consent", "kind = 'readings' AND granted") == 1
    assert rig.voice_reader.read_seconds == []
    await send(people, note)
    assert len(rig.voice_reader.read_seconds) == 1


async def test_a_no_to_the_question_is_recorded_and_confirmed(rig: Rig, people: People, note: bytes) -> None:
    await meet(people)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    people.events(1)
    await people.press(1, NO)
    await people.hears(1)
    assert rig.count("consent", "kind = 'readings' AND NOT granted") == 1
    assert say("en", "consent.readings.off") in str(people.events(1))
    assert asked(await send(people, note)) == []


@pytest.mark.parametrize("state", [withdrawn, said_no, paused, minor])
async def test_who_decided_paused_or_is_a_minor_is_not_asked(
    rig: Rig, people: People, note: bytes, state: Callable[[People], Any]
) -> None:
    await state(people)
    rig.ears = ScriptedRecogniser([EXAM])
    assert asked(await send(people, note)) == []


async def test_after_danger_nobody_is_asked(rig: Rig, people: People, note: bytes) -> None:
    await meet(people)
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    assert asked(await send(people, note)) == []
    assert rig.value("person", "readings_asked_at") is None


async def test_a_note_that_could_not_be_heard_is_no_reason_to_ask(rig: Rig, people: People) -> None:
    await meet(people)
    assert asked(await send(people, b"content of no sound")) == []
