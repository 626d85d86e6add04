"""`/mood`: the course of feelings as a picture, or what it takes to have one."""

import asyncio
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from models.emotion.labels import Feeling
from models.words import LANGUAGES, Language, say, variants
from tests.rig.crew import Killed
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import meet, minor, paused, said_no, undecided, watched, withdrawn
from workers.journal import drawings, errands
from workers.journal.tables import EmotionLog

SPANS = ["mood:span:day", "mood:span:week", "mood:span:month"]
PICTURE = b"\xff\xd8\xff\xe0 this stands for a picture \xff\xd9" * 40


async def talk(rig: Rig, people: People, *feelings: Feeling, every: timedelta = timedelta(hours=5)) -> None:
    """Somebody who keeps a diary writes once for each feeling, with `every` in between; the last one just now."""
    for number, feeling in enumerate(feelings):
        if number:
            rig.pass_time(every)
        rig.text_reader.says = estimate_of("text", feeling)
        await people.say(1, f"one more thing about work, number {number}")
        await people.hears(1)


async def diary(people: People, language: Language = "en") -> None:
    await meet(people, "readings", "diary", language=language)


async def ask(people: People, **form: Any) -> list[dict[str, Any]]:
    await people.say(1, "/mood", **form)
    return await people.hears(1)


async def opened(people: People, message: dict[str, Any]) -> Image.Image:
    """The picture of a message, as whoever gets it sees it."""
    content = await people.download(1, message["photo"][-1]["file_id"])
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


# The picture


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_week_comes_as_a_picture_with_a_sentence_and_three_buttons(
    rig: Rig, people: People, language: Language
) -> None:
    await diary(people, language)
    await talk(rig, people, "neutral", "neutral", "sadness", "neutral")
    (picture,) = await ask(people, language_code=language)
    image = await opened(people, picture)
    assert (image.format, image.size) == ("PNG", (1080, 1080))
    calm = say(language, "mood.mainly.neutral")
    assert calm in text_of(picture)
    assert say(language, "mood.some.sadness") in text_of(picture)
    assert say(language, "mood.clock.utc") in text_of(picture)
    assert buttons(picture) == SPANS
    (row,) = picture["reply_markup"]["inline_keyboard"]
    assert [button["text"] for button in row][1] == "✓ " + say(language, "mood.button_week")
    assert rig.count("drawing") == 0


async def test_another_span_takes_the_place_of_the_one_that_is_shown(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "happiness", "happiness", "happiness", "sadness", every=timedelta(days=3))
    (picture,) = await ask(people)
    assert "mostly" in text_of(picture)
    before = await opened(people, picture)
    await people.press(1, "mood:span:month")
    assert await people.hears(1) == []
    changed = next(each for each in people.chat(1) if each["message_id"] == picture["message_id"])
    assert say("en", "mood.some.sadness") in text_of(changed)
    assert (await opened(people, changed)).tobytes() != before.tobytes()
    (row,) = changed["reply_markup"]["inline_keyboard"]
    assert row[2]["text"].startswith("✓")


async def test_where_the_week_has_too_little_the_month_is_shown(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "fear", "fear", "fear", every=timedelta(days=6))
    (picture,) = await ask(people)
    (row,) = picture["reply_markup"]["inline_keyboard"]
    assert row[2]["text"].startswith("✓")


async def test_a_span_with_too_little_in_it_says_so_and_leaves_the_picture(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "fear", "fear", "fear", every=timedelta(days=2))
    (picture,) = await ask(people)
    people.events(1)
    await people.press(1, "mood:span:day")
    assert await people.hears(1) == []
    assert [event["text"] for event in people.events(1, "answer")] == [say("en", "mood.few_day")]
    assert next(each for each in people.chat(1) if each["message_id"] == picture["message_id"]) == picture


async def test_the_times_are_those_of_the_country_that_was_chosen(rig: Rig, people: People) -> None:
    await diary(people)
    await people.say(1, "/country")
    await people.hears(1)
    await people.press(1, "country:set:KR")
    await people.hears(1)
    await talk(rig, people, "neutral", "neutral", "neutral")
    (picture,) = await ask(people)
    assert say("en", "mood.clock.KR") in text_of(picture)


@pytest.mark.parametrize("data", ["mood:span:year", "mood:all:week", "mood:span:1"])
async def test_a_forged_button_draws_nothing(rig: Rig, people: People, data: str) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    people.events(1)
    await people.press(1, data, 1)
    await rig.settle()
    assert [event["text"] for event in people.events(1, "answer")] == [say("en", "settings.unknown")]
    assert rig.count("drawing") == 0


# Where there is none


@pytest.mark.parametrize("language", LANGUAGES)
async def test_without_the_diary_it_is_said_how_to_begin(rig: Rig, people: People, language: Language) -> None:
    await meet(people, "readings", language=language)
    await talk(rig, people, "sadness", "sadness", "sadness")
    (answer,) = await ask(people, language_code=language)
    assert text_of(answer) == say(language, "mood.begin")
    assert buttons(answer) == ["set:consent:diary.on"]
    await people.press(1, "set:consent:diary.on")
    await people.hears(1)
    await people.press(1, "set:consent:diary.yes")
    await people.hears(1)
    (answer,) = await ask(people, language_code=language)
    assert text_of(answer) == say(language, "mood.none")


async def test_somebody_new_is_offered_both_switches(rig: Rig, people: People) -> None:
    await people.say(1, "/mood")
    heard = await people.hears(1)
    assert text_of(heard[0]) == say("en", "mood.begin")
    assert buttons(heard[0]) == ["set:consent:readings.on", "set:consent:diary.on"]


async def test_two_moments_are_too_little_for_a_picture(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "fear", "fear")
    (answer,) = await ask(people)
    assert text_of(answer) == say("en", "mood.few")
    assert "photo" not in answer


async def test_who_paused_estimates_is_told_that_nothing_is_added(rig: Rig, people: People) -> None:
    await diary(people)
    await people.say(1, "/pause")
    await people.hears(1)
    await talk(rig, people, "fear", "fear", "fear")
    (answer,) = await ask(people)
    assert text_of(answer) == say("en", "mood.none") + "\n\n" + say("en", "mood.paused")
    assert rig.count("emotion_log") == 0


async def test_a_minor_is_told_why_there_is_no_picture(rig: Rig, people: People) -> None:
    await minor(people)
    (answer,) = await ask(people)
    assert text_of(answer) == say("en", "settings.minor")
    assert rig.count("emotion_log") == 0


# What goes wrong


async def test_without_a_worker_the_picture_comes_later_and_once(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    rig.crew.rest()
    await people.say(1, "/mood")
    assert await people.hears(1, turns=False) == []
    assert rig.count("drawing") == 1
    while rig.bell.heard() is not None:  # the broker lost it
        pass
    rig.crew.go_on()
    rig.pass_time(timedelta(seconds=3))
    await rig.sweep(clean=False)
    (picture,) = await people.hears(1)
    assert "photo" in picture
    await rig.sweep(clean=False)
    assert await people.hears(1) == []


async def test_a_worker_that_is_killed_while_it_draws_costs_time_and_no_picture(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    deaths = [0]
    real = drawings.wanted

    def wanted(*arguments: Any) -> Any:
        if not deaths[0]:
            deaths[0] += 1
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(drawings, "wanted", wanted)
    await people.say(1, "/mood")
    assert await people.hears(1, turns=False) == []
    async with asyncio.timeout(30):
        while not deaths[0]:
            await asyncio.sleep(0.01)
    rig.pass_time(errands.LEASE + timedelta(seconds=3))
    await rig.sweep(clean=False)
    (picture,) = await people.hears(1)
    assert "photo" in picture
    assert deaths == [1]


async def test_a_picture_that_cannot_be_drawn_is_said_after_three_tries(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    tries = []

    def drawn(wanted: object) -> Any:
        tries.append(wanted)
        raise RuntimeError("no paper")

    monkeypatch.setattr("workers.turn.drawing.drawn", drawn)
    await people.say(1, "/mood")
    for number in range(errands.ATTEMPTS):
        while len(tries) <= number:
            await asyncio.sleep(0.01)
        await rig.settle()
        rig.pass_time(timedelta(seconds=5))
        await rig.sweep(clean=False)
    heard = await people.hears(1)
    assert [text_of(each) for each in heard] == [say("en", "mood.failed")]
    assert (len(tries), rig.count("drawing")) == (3, 0)


async def test_a_diary_that_is_switched_off_meanwhile_is_not_drawn(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    rig.crew.rest()
    await people.say(1, "/mood")
    await people.hears(1, turns=False)
    await people.press(1, "set:consent:diary.off")
    await people.hears(1, turns=False)
    rig.crew.go_on()
    heard = await people.hears(1)
    assert [text_of(each) for each in heard] == [say("en", "mood.gone")]


async def test_nobody_draws_for_who_was_forgotten(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    rig.crew.rest()
    await people.say(1, "/mood")
    await people.say(1, "/forget")
    await people.hears(1, turns=False)
    await people.press(1, "forget:all:yes")
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await rig.settle()
    assert (rig.count("drawing"), rig.count("emotion_log"), rig.count("reading")) == (0, 0, 0)
    assert not any("photo" in message for message in people.chat(1))


async def test_a_talk_goes_on_while_a_picture_is_awaited(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "neutral", "neutral", "neutral")
    await people.say(1, "/mood")
    await people.say(1, "and something else")
    heard = await people.hears(1)
    assert sorted("photo" in message for message in heard) == [False, True]


# What is kept


@pytest.mark.parametrize("state", [undecided, withdrawn, said_no, paused, minor])
async def test_without_a_standing_yes_there_is_no_course(
    rig: Rig, people: People, state: Callable[[People], Any]
) -> None:
    await state(people)
    await talk(rig, people, "sadness")
    assert rig.count("emotion_log") == 0


async def test_without_the_diary_a_turn_is_fused_and_nothing_stays(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    seen = watched(rig)
    await talk(rig, people, "sadness")
    assert seen[-1].estimate is not None
    assert (rig.count("reading"), rig.count("emotion_log")) == (0, 0)


async def test_written_words_alone_are_a_turn_of_the_course(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "sadness")
    assert rig.count("emotion_log", "modalities = 'text'") == 1


async def test_a_voice_and_a_selfie_in_one_turn_are_fused_once_with_the_words(
    rig: Rig, people: People, note: bytes
) -> None:
    await diary(people)
    rig.voice_reader.says = estimate_of("voice", "sadness")
    rig.face_reader.says = estimate_of("face", "sadness")
    rig.text_reader.says = estimate_of("text", "sadness")
    seen = watched(rig)
    rig.crew.rest()
    await people.say(1, voice=("note.ogg", note), duration=4)
    await people.say(1, photo=("selfie.jpg", PICTURE))
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await people.hears(1)
    assert len(seen) == 1
    assert seen[0].fused is not None
    assert seen[0].fused.of == ("text", "voice", "face")
    assert seen[0].estimate is not None
    assert (seen[0].estimate.modality, seen[0].estimate.feeling) == ("fused", "sadness")
    assert rig.count("reading") == 3
    assert rig.count("emotion_log", "modalities = 'text,voice,face'") == rig.count("emotion_log") == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_smile_over_sad_words_is_asked_about_and_named_by_nobody(
    rig: Rig, people: People, language: Language
) -> None:
    await diary(people, language)
    rig.face_reader.says = estimate_of("face", "happiness", 0.95)
    rig.text_reader.says = estimate_of("text", "sadness", 0.95)
    seen = watched(rig)
    caption = {"en": "my cat died today", "ko": "오늘 고양이가 죽었어요", "tr": "bugün kedim öldü"}[language]
    await people.say(1, photo=("selfie.jpg", PICTURE), caption=caption, language_code=language)
    (answer,) = await people.hears(1)
    assert seen[-1].estimate is not None
    assert seen[-1].estimate.abstained == "disagreement"
    assert any(sentence in text_of(answer) for sentence in variants(language, "reply.torn.text_face"))
    with rig.journal.read() as session:
        (row,) = session.scalars(select(EmotionLog))
        assert (row.estimate, row.abstained, row.modalities) == (None, "disagreement", "text,face")


async def test_an_edit_before_the_answer_leaves_one_row_of_what_was_meant(rig: Rig, people: People) -> None:
    await diary(people)
    rig.crew.rest()
    rig.text_reader.says = estimate_of("text", "anger")
    await people.say(1, "I hate this")
    await people.edit(1, "I hate that I have to leave this")
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await people.hears(1)
    assert rig.count("emotion_log") == 1


async def test_the_last_message_takes_its_moment_with_it(rig: Rig, people: People) -> None:
    await diary(people)
    await talk(rig, people, "sadness", "fear")
    assert rig.count("emotion_log") == 2
    await people.say(1, "forget my last message")
    await people.hears(1)
    assert rig.count("emotion_log") == 1


async def test_what_is_logged_of_the_fusion_are_names_and_numbers(
    rig: Rig, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "workers")
    await diary(people)
    await talk(rig, people, "sadness")
    (line,) = [record.getMessage() for record in caplog.records if "feelings fused" in record.getMessage()]
    assert "text sadness 0.70" in line
    assert "work" not in line.split("turn=")[1]


# Careful times


async def test_danger_leaves_no_moment_of_its_own(rig: Rig, people: People) -> None:
    await diary(people)
    rig.text_reader.says = estimate_of("text", "sadness")
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    assert rig.count("emotion_log") == 0
