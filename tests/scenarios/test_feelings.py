"""Feelings: estimated of who agreed to it, from their voice and their words; asked about once; never waited for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from models.emotion.text.predict import ENCODER, Text
from models.emotion.voice.predict import WHISPER, Voice
from models.speech.recognise.scripted import ScriptedRecogniser
from models.weights import MissingWeight
from models.words import Language, variants
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.readers import estimate_of
from tests.rig.weights import FOLDER, weight
from tests.scenarios.consenting import (
    EXAM,
    meet,
    minor,
    paused,
    said_no,
    send,
    undecided,
    watched,
    withdrawn,
)
from workers.turn.context import TurnContext

# Consent


@pytest.mark.parametrize("state", [undecided, withdrawn, said_no, paused, minor])
async def test_without_a_standing_yes_nothing_is_read_and_no_model_of_feelings_runs(
    rig: Rig, people: People, note: bytes, state: Callable[[People], Any]
) -> None:
    await state(people)
    rig.text_reader.read_words.clear()
    rows: list[int] = []
    sounds: list[object] = []
    rig.stages.always("hear.", lambda context: sounds.append(context.listened and context.listened.sound))
    rig.stages.always("deliver.", lambda context: rows.append(rig.count("reading")))
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    await people.say(1, "and nobody knows yet")
    await people.hears(1)
    assert rows == [0, 0]
    assert sounds == [None]
    assert rig.voice_reader.read_seconds == rig.text_reader.read_words == []


async def test_with_a_yes_voice_and_words_are_read_until_the_answer_was_sent(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings")
    rig.voice_reader.says, rig.text_reader.says = estimate_of("voice", "fear"), estimate_of("text", "sadness", 0.5)
    seen, rows = watched(rig), []
    rig.stages.always("compose", lambda context: rows.append(rig.value("reading", "modality")))
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert rows == ["voice"]
    assert rig.text_reader.read_words == [(EXAM, "en")]
    assert seen[0].fused is not None
    assert seen[0].fused.of == ("text", "voice")
    assert seen[0].estimate == seen[0].fused.estimate
    assert (rig.count("reading"), rig.count("emotion_log")) == (0, 0), "the answer was sent, and there is no diary"


async def test_with_the_diary_both_readings_stay_and_are_in_the_export(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings", "diary")
    rig.voice_reader.says = estimate_of("voice", "fear")
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert rig.count("reading", "modality = 'voice' AND abstained IS NULL AND estimate IS NOT NULL") == 1
    assert rig.count("reading", "modality = 'text' AND abstained = 'unsure' AND estimate IS NULL") == 1
    await rig.sweep()
    assert rig.count("reading") == 2
    await people.press(1, "set:consent:diary.off")
    await people.hears(1)
    await rig.sweep()
    assert rig.count("reading") == 0


async def test_a_yes_that_is_taken_back_while_a_voice_is_read_leaves_no_row(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings", "diary")
    loop = asyncio.get_running_loop()

    def take_back() -> None:
        async def press() -> None:
            await people.press(1, "set:consent:readings.off")
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(press(), loop).result(10)

    rig.voice_reader.meanwhile, rig.voice_reader.says = take_back, estimate_of("voice", "fear")
    seen = watched(rig)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert rig.voice_reader.read_seconds
    assert rig.count("reading") == 0
    assert seen[0].estimate is None


async def test_a_yes_that_is_taken_back_while_the_answer_is_written_takes_the_reading_along(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings", "diary")
    loop = asyncio.get_running_loop()
    before: list[int] = []

    def take_back(context: TurnContext) -> None:
        async def press() -> None:
            await people.press(1, "set:consent:readings.off")
            await rig.settle(turns=False)

        before.append(rig.count("reading"))
        asyncio.run_coroutine_threadsafe(press(), loop).result(10)

    rig.stages.once("compose", take_back)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert before == [1]
    assert rig.count("reading") == 0


async def test_pausing_while_words_are_read_leaves_no_row(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    loop = asyncio.get_running_loop()

    def pause() -> None:
        async def ask() -> None:
            await people.say(1, "/pause")
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(ask(), loop).result(10)

    rig.text_reader.meanwhile = pause
    await people.say(1, EXAM)
    await people.hears(1)
    assert rig.text_reader.read_words
    assert rig.count("reading") == 0


async def test_who_says_that_they_are_too_young_is_not_read_even_in_that_message(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings", "diary")
    await people.say(1, "my week was long")
    await people.hears(1)
    assert rig.count("reading") == 1
    rig.text_reader.read_words.clear()
    rig.ears = ScriptedRecogniser(["I am 15 years old and school is hard"])
    await send(people, note)
    assert rig.voice_reader.read_seconds == rig.text_reader.read_words == []
    assert rig.count("person", "minor") == 1
    assert rig.count("reading") == 0, "what was kept in the diary before goes, too"


# What the estimate does


async def test_the_same_words_said_tensely_and_calmly_are_answered_differently(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings")
    seen = watched(rig)
    rig.ears = ScriptedRecogniser([EXAM])
    rig.voice_reader.says = estimate_of("voice", "fear")
    tense = text_of((await send(people, note))[-1])
    rig.voice_reader.says = estimate_of("voice", "neutral")
    calm = text_of((await send(people, note))[-1])
    guesses = variants("en", "reply.heard.fear")
    assert any(guess in tense for guess in guesses), tense
    assert not any(guess in calm for guess in guesses), calm
    assert len(seen) == 2


async def test_where_nothing_is_sure_no_feeling_is_named(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings")
    seen = watched(rig)
    rig.ears = ScriptedRecogniser([EXAM])
    heard = text_of((await send(people, note))[-1])
    assert seen[0].estimate is not None
    assert (seen[0].estimate.modality, seen[0].estimate.abstained) == ("fused", "unsure")
    for kind in ("heard", "feel"):
        for feeling in ("anger", "disgust", "fear", "happiness", "sadness", "surprise"):
            assert not any(guess in heard for guess in variants("en", f"reply.{kind}.{feeling}"))


@pytest.mark.parametrize(
    "error", [MissingWeight("whisper-base is not there"), RuntimeError(EXAM)], ids=["missing", "broken"]
)
async def test_a_reader_that_breaks_holds_no_answer_up(
    rig: Rig, people: People, note: bytes, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    await meet(people, "readings")
    rig.voice_reader.breaks = rig.text_reader.breaks = error
    rig.ears = ScriptedRecogniser([EXAM])
    heard = await send(people, note)
    assert len(heard) == 2
    assert rig.count("turn", "state = 'sent' AND attempts = 1") == 1
    assert "no estimate" in caplog.text
    assert EXAM not in "".join(record.getMessage() for record in caplog.records)


async def test_the_sound_of_a_note_is_dropped_as_soon_as_it_was_read(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings")
    held: list[tuple[bool, bool]] = []

    def look(context: TurnContext) -> None:
        assert context.listened is not None
        held.append((context.listened.data is not None, context.listened.sound is not None))

    rig.stages.always("hear.", look)
    rig.stages.always("feel_voice.", look)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert held == [(False, True), (False, False)]
    assert 3 < rig.voice_reader.read_seconds[0] < 7


async def test_spoken_danger_is_answered_and_never_read_for_feelings(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings", "diary")
    rig.ears = ScriptedRecogniser(["I want to kill myself tonight"])
    await send(people, note)
    assert rig.voice_reader.read_seconds == rig.text_reader.read_words == []
    assert rig.count("case") == 1


@pytest.mark.parametrize("diary", [True, False])
async def test_in_careful_mode_feelings_are_read_for_the_diary_alone(
    rig: Rig, people: People, note: bytes, diary: bool
) -> None:
    await meet(people, "readings", *(["diary"] if diary else []))
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    rig.ears = ScriptedRecogniser(["my brother is here now"])
    await send(people, note)
    assert len(rig.voice_reader.read_seconds) == len(rig.text_reader.read_words) == int(diary)
    assert rig.count("reading") == (2 if diary else 0)


async def test_what_was_read_before_danger_moves_with_its_message(rig: Rig, people: People, note: bytes) -> None:
    """So that "forget my last message" reaches it."""
    await meet(people, "readings", "diary")
    rig.ears = ScriptedRecogniser(["my week was long", "I want to kill myself"])
    rig.crew.rest()
    await people.say(1, voice=("note.ogg", note), duration=4)
    await people.say(1, voice=("note.ogg", note), duration=4)
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await people.hears(1)
    assert rig.count("reading") == 1
    assert rig.value("reading", "turn_id") == rig.value("turn", "id", "kind = 'danger'")


@pytest.mark.parametrize("stage", ["feel_voice", "settle", "feel", "deliver"])
async def test_forgetting_while_a_feeling_is_read_leaves_nothing(
    rig: Rig, people: People, note: bytes, stage: str
) -> None:
    await meet(people, "readings", "diary")
    rig.voice_reader.says = estimate_of("voice", "fear")
    loop = asyncio.get_running_loop()
    forgotten = asyncio.Event()

    def forget(context: TurnContext) -> None:
        async def ask() -> None:
            await people.say(1, "/forget")
            await rig.settle(turns=False)
            await people.press(1, "forget:all:yes")
            await rig.settle(turns=False)
            forgotten.set()

        asyncio.run_coroutine_threadsafe(ask(), loop).result(10)

    rig.stages.once(stage, forget)
    rig.ears = ScriptedRecogniser([EXAM])
    await people.say(1, voice=("note.ogg", note), duration=4)
    await asyncio.wait_for(forgotten.wait(), 10)
    await people.hears(1)
    assert rig.count("person") == rig.count("reading") == rig.count("turn") == 0


# The real heads


@pytest.mark.weights
@pytest.mark.parametrize(
    ("language", "words", "feeling"),
    [
        ("en", "I am so happy, she said yes and we are getting married!", "happiness"),
        ("ko", "너무 무서워서 밤에 혼자 있을 수가 없어요", "fear"),
        ("tr", "çok üzgünüm, köpeğimi dün kaybettik", "sadness"),
    ],
)
async def test_the_text_heads_that_come_with_heed_reach_the_answer(
    rig: Rig, people: People, language: Language, words: str, feeling: str
) -> None:
    weight(ENCODER)
    await meet(people, "readings", "diary", language=language)
    rig.text_reader = Text(FOLDER, "open")  # type: ignore[assignment]
    await people.say(1, words, language_code=language)
    answer = text_of((await people.hears(1))[-1])
    assert any(guess in answer for guess in variants(language, f"reply.feel.{feeling}")), answer
    assert rig.count("reading", "modality = 'text' AND model LIKE 'text-%-2' AND abstained IS NULL") == 1


@pytest.mark.weights
async def test_the_voice_head_that_comes_with_heed_reads_a_note_as_telegram_sends_it(
    rig: Rig, people: People, note: bytes
) -> None:
    weight(WHISPER)
    await meet(people, "readings", "diary")
    rig.voice_reader = Voice(FOLDER)  # type: ignore[assignment]
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert rig.count("reading", "modality = 'voice' AND model = 'voice-eight-3'") == 1
