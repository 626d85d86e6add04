"""What is said aloud: heard, shown, screened before anything else, answered; or one sentence that says why not."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.speech.audio import encode_voice
from models.speech.recognise.scripted import ScriptedRecogniser
from models.speech.recognise.whisper import WhisperRecogniser
from models.words import LANGUAGES, Language, say, variants
from tests.models.speech.sounds import chords, film, noise, ogg_bomb, speech, wav
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.weights import FOLDER, weight
from tests.scenarios.expectation import pattern
from workers.turn.context import TurnContext

EXAM = "I failed my exam and I don't dare tell my parents"
DANGER: dict[Language, str] = {
    "en": "I want to kill myself tonight",
    "ko": "오늘 밤에 죽어버릴 거예요",
    "tr": "bu gece kendimi öldüreceğim",
}


async def send(people: People, content: bytes, who: int = 1, **form: Any) -> dict[str, Any]:
    return await people.say(who, voice=("note.ogg", content), duration=form.pop("duration", 4), **form)


def texts(heard: list[dict[str, Any]]) -> list[str]:
    return [text_of(message) for message in heard]


async def _until(happened: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(happened):
            await asyncio.sleep(0.02)


async def test_a_voice_note_is_heard_shown_and_answered(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    sent = await send(people, note)
    shown, reply, _ = await people.hears(1)  # then the question about feelings
    assert EXAM in text_of(shown)
    assert shown["reply_to_message"]["message_id"] == sent["message_id"]
    assert pattern("en", "turn.dead").search(text_of(reply)) is None
    assert rig.count("turn_message", "hearing = 'heard' AND media IS NULL AND words IS NOT NULL") == 1
    assert rig.count("turn", "state = 'sent' AND queue = 'compose'") == 1


async def test_a_sound_file_and_a_video_note_are_heard_too(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM, EXAM])
    await people.say(1, audio=("song.ogg", note), duration=4)
    assert EXAM in text_of((await people.hears(1))[0])
    await people.say(1, video_note=("note.mp4", note), duration=4)
    assert EXAM in text_of((await people.hears(1))[0])


async def test_sound_that_is_sent_as_a_plain_file_is_heard_too(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    sent = await people.say(1, document=("memo.wav", wav(speech())))
    assert sent["document"]["mime_type"].startswith("audio/")
    assert EXAM in text_of((await people.hears(1))[0])


async def test_what_was_heard_is_not_shown_to_who_switched_that_off(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "/settings")
    await people.hears(1)
    await people.press(1, "set:heard:flip")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    assert all(EXAM not in text for text in texts(await people.hears(1)))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_spoken_danger_is_answered_before_any_model_writes(
    rig: Rig, people: People, note: bytes, language: Language
) -> None:
    await people.say(1, "/start", language_code=language)
    await people.hears(1)
    rig.ears = ScriptedRecogniser([DANGER[language]], language=language)
    written: list[object] = []
    rig.stages.always("recall", written.append)
    await send(people, note, language_code=language)
    heard = texts(await people.hears(1))
    assert any(text.startswith(say(language, "danger.clear.suicide")) for text in heard), heard
    assert written == []
    assert rig.count("case") == 1
    assert rig.value("conversation", "mode") == "careful"
    assert rig.count("turn_message", "hearing = 'heard'") == 1


async def test_danger_is_heard_across_a_text_and_a_voice_note(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser(["kill myself"])
    await people.say(1, "I want to")
    await people.hears(1)
    await send(people, note)
    assert any(text.startswith(say("en", "danger.clear.suicide")) for text in texts(await people.hears(1)))


async def test_a_spoken_yes_to_the_question_brings_the_helplines(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "everyone would be better off without me")
    assert rig.value("conversation", "asked") or await people.hears(1)
    rig.ears = ScriptedRecogniser(["yes"])
    await send(people, note)
    assert any(text.startswith(say("en", "danger.clear.suicide")) for text in texts(await people.hears(1)))


async def test_a_second_note_is_heard_though_the_first_was_danger(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser([DANGER["en"], EXAM])
    rig.crew.rest()
    await send(people, note)
    await send(people, note)
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await rig.sweep(clean=False)
    heard = texts(await people.hears(1))
    assert any(text.startswith(say("en", "danger.clear.suicide")) for text in heard)
    assert any(EXAM in text for text in heard), heard
    assert rig.count("turn_message", "hearing = 'heard'") == 2


async def test_a_note_waiting_to_be_heard_outlives_written_danger(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    rig.crew.rest()
    await send(people, note)
    await people.hears(1, turns=False)
    await people.say(1, DANGER["en"])
    await people.hears(1, turns=False)
    rig.crew.go_on()
    await rig.sweep(clean=False)
    assert any(EXAM in text for text in texts(await people.hears(1)))


async def test_a_note_and_a_text_become_one_turn(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    rig.crew.rest()
    await people.say(1, "hello, I have something to tell you")
    await send(people, note)
    await people.hears(1, turns=False)
    rig.crew.go_on()
    heard = await people.hears(1)
    assert rig.count("turn") == 1
    assert sum(EXAM in text for text in texts(heard)) == 1


async def test_a_note_is_heard_while_a_reply_to_something_else_is_being_written(
    rig: Rig, people: People, note: bytes
) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    loop = asyncio.get_running_loop()
    heard_meanwhile: list[int] = []

    def speak(context: TurnContext) -> None:
        asyncio.run_coroutine_threadsafe(send(people, note), loop).result(20)
        heard = _until(lambda: rig.count("turn_message", "hearing = 'heard'") == 1)
        asyncio.run_coroutine_threadsafe(heard, loop).result(20)
        heard_meanwhile.append(rig.count("turn", "state = 'sent'"))

    rig.stages.once("compose", speak)
    written = await people.say(1, "my week was long")
    heard = await people.hears(1)
    assert heard_meanwhile == [0]
    assert rig.count("turn", "state = 'sent'") == 2
    answers = [message.get("reply_to_message", {}).get("message_id") for message in heard]
    assert answers.index(written["message_id"]) < len(heard) - 1  # in the order of the chat: the written one first


async def test_the_words_under_a_recording_are_read_with_it(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note, caption="this is about my brother")
    await people.hears(1)
    await people.say(1, "/export")
    assert rig.count("turn_message", "hearing = 'heard'") == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("wrong_type", b"content of no sound"),
        ("silence", wav(speech()[:16_000] * 0)),
        ("noise_only", wav(noise(3.0))),
        ("too_short", wav(speech()[:2_000])),
        ("truncated", None),
        ("music_only", wav(chords(8.0))),
        ("too_quiet", wav(speech() * np.float32(0.002), subtype="FLOAT")),
        ("clipped", wav(np.clip(speech() * np.float32(1000), -1, 1))),
        ("bomb", ogg_bomb(14)),
        ("nothing_heard", wav(speech())),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_cannot_be_heard_gets_its_own_sentence(
    rig: Rig, people: People, note: bytes, language: Language, kind: str, content: bytes | None
) -> None:
    await people.say(1, "/start", language_code=language)
    await people.hears(1)
    rig.ears = ScriptedRecogniser([""])
    await send(people, content if content is not None else note[: len(note) // 2], language_code=language)
    (answer,) = await people.hears(1)
    assert pattern(language, f"sound.{kind}").search(text_of(answer)), text_of(answer)
    assert rig.count("turn", "state = 'sent'") == 1


async def test_a_film_without_sound_gets_its_own_sentence(rig: Rig, people: People, tmp_path: Path) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, video_note=("note.mp4", film(tmp_path, sound=False)), duration=1)
    (answer,) = await people.hears(1)
    assert pattern("en", "sound.no_sound_track").search(text_of(answer)), text_of(answer)


async def test_a_file_that_is_too_big_is_not_even_fetched(rig: Rig, people: People) -> None:
    await people.say(
        1, raw='{"audio": {"file_id": "big", "file_unique_id": "big", "duration": 9, "file_size": 30000000}}'
    )
    heard = texts(await people.hears(1))
    assert pattern("en", "sound.too_big").search(heard[0]), heard
    assert rig.count("turn") == 0


async def test_a_note_that_is_longer_than_the_limit_is_not_even_fetched(
    rig: Rig, people: People, note: bytes
) -> None:
    voice = '{"voice": {"file_id": "long", "file_unique_id": "long", "duration": 302, "file_size": 900000}}'
    await people.say(1, raw=voice)
    heard = texts(await people.hears(1))
    assert pattern("en", "sound.too_long").search(heard[0])
    assert say("en", "danger.waiting") in heard[0]
    assert rig.count("turn") == 0


async def test_while_nothing_can_be_heard_the_person_is_told_where_help_is(
    rig: Rig, people: People, note: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.crew.rest()
    await send(people, note)
    await people.hears(1, turns=False)
    rig.pass_time(timedelta(seconds=21))
    await asyncio.sleep(1.2)  # the signs look twice a second
    heard = texts(await people.hears(1, turns=False))
    assert any(say("en", "danger.waiting") in text for text in heard), heard
    rig.ears = ScriptedRecogniser([EXAM])
    rig.crew.go_on()
    await rig.sweep(clean=False)
    assert any(EXAM in text for text in texts(await people.hears(1)))


async def test_a_recogniser_that_stays_away_costs_three_attempts_and_one_sentence(
    rig: Rig, people: People, note: bytes
) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser(failing=True)
    await send(people, note)
    for attempt in (1, 2):
        await _until(lambda number=attempt: rig.count("turn", f"attempts = {number} AND lease_token IS NULL") == 1)
        rig.pass_time(timedelta(seconds=30))
        await rig.sweep(clean=False)
    await _until(lambda: rig.count("turn", "state = 'dead'") == 1)
    await rig.settle()
    heard = texts(rig.people.unread(1))
    dead = [text for text in texts(people.chat(1)) if any(each in text for each in variants("en", "turn.dead"))]
    assert len(dead) == 1, heard
    assert say("en", "danger.waiting") in dead[0]
    assert rig.count("turn", "state = 'dead'") == 1


async def test_telegram_without_the_file_is_said(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, raw='{"voice": {"file_id": "gone", "file_unique_id": "gone", "duration": 3}}')
    (answer,) = await people.hears(1)
    assert pattern("en", "sound.damaged").search(text_of(answer)), text_of(answer)


async def test_a_reply_corrects_what_was_heard(rig: Rig, people: People, note: bytes) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser(["I sailed my exam"])
    loop = asyncio.get_running_loop()
    read: list[tuple[str, ...]] = []

    def correct(context: TurnContext) -> None:
        asyncio.run_coroutine_threadsafe(rig.settle(turns=False), loop).result(20)
        shown = rig.value("outbox", "sent_message_id", "purpose = 'heard'")
        coroutine = people.say(1, "I failed my exam", reply_to_message_id=shown)
        asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)
        asyncio.run_coroutine_threadsafe(rig.settle(turns=False), loop).result(20)

    rig.stages.once("compose", correct)
    rig.stages.always("compose.", lambda context: read.append(context.messages))
    await send(people, note)
    await people.hears(1)
    assert read[-1] == ("I failed my exam",)
    assert rig.count("turn") == 1


async def test_a_reply_after_the_answer_corrects_what_is_kept_and_is_answered(
    rig: Rig, people: People, note: bytes
) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser(["I sailed my exam"])
    read: list[tuple[str, ...]] = []
    rig.stages.always("compose.", lambda context: read.append(tuple(each.person for each in context.history)))
    await send(people, note)
    shown, *_ = await people.hears(1)
    await people.say(1, "I failed my exam", reply_to_message_id=shown["message_id"])
    assert await people.hears(1)
    assert read[-1] == ("I failed my exam",)
    assert rig.count("turn_message", "edited") == 1
    assert rig.count("turn", "state = 'sent'") == 2


async def test_what_is_replied_before_a_note_was_heard_stands_beside_it(
    rig: Rig, people: People, note: bytes
) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    rig.crew.rest()
    sent = await send(people, note)
    await people.say(1, "that was about school", reply_to_message_id=sent["message_id"])
    await people.hears(1, turns=False)
    read: list[tuple[str, ...]] = []
    rig.stages.always("compose.", lambda context: read.append(context.messages))
    rig.crew.go_on()
    await people.hears(1)
    assert read[-1] == (EXAM, "that was about school")


@pytest.mark.parametrize("how", ["caption", "correction"])
async def test_danger_beside_a_recording_is_answered_at_the_door(
    rig: Rig, people: People, note: bytes, how: str
) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    if how == "caption":
        await send(people, note, caption=DANGER["en"])
    else:
        await send(people, note)
        shown = next(message for message in await people.hears(1) if EXAM in text_of(message))
        await people.say(1, DANGER["en"], reply_to_message_id=shown["message_id"])
    heard = texts(await people.hears(1))
    assert any(text.startswith(say("en", "danger.clear.suicide")) for text in heard), heard
    assert rig.count("case") == 1


@pytest.mark.parametrize("stage", ["find", "fetch", "hear", "screen_heard", "feel_voice", "watch", "settle"])
async def test_forgetting_while_somebody_listens_leaves_nothing(
    rig: Rig, people: People, note: bytes, stage: str
) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    rig.ears = ScriptedRecogniser([EXAM])
    loop = asyncio.get_running_loop()

    def forget(context: TurnContext) -> None:
        async def ask() -> None:
            await people.say(1, "/forget")
            await rig.settle(turns=False)
            await people.press(1, "forget:all:yes")
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(ask(), loop).result(20)
        done.set()

    done = threading.Event()
    rig.stages.once(f"{stage}.", forget)
    await send(people, note)
    assert await asyncio.to_thread(done.wait, 40)  # the answer may be out before it is all forgotten
    await people.hears(1)
    assert rig.count("person") == rig.count("turn_message") == rig.count("turn") == 0
    assert all(EXAM not in text for text in texts(people.chat(1)))


async def test_no_sound_is_on_disk_afterwards(rig: Rig, people: People, note: bytes) -> None:
    rig.ears = ScriptedRecogniser([EXAM])
    await send(people, note)
    await people.hears(1)
    pieces = [note[at : at + 48] for at in range(200, len(note) - 48, 400)]
    pieces = [piece for piece in pieces if len(set(piece)) > 20]  # a stretch of one byte is in every file
    assert len(pieces) > 10
    files = [path for path in Path(rig.home).rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(piece in content for piece in pieces), path.name


async def test_words_that_were_hardly_understood_are_kept_apart_and_sealed(
    rig: Rig, people: People, note: bytes
) -> None:
    rig.ears = ScriptedRecogniser(["my canary-7f3a(?) died yesterday"])
    seen: list[tuple[str, ...]] = []
    rig.stages.always("recall.", lambda context: seen.append(context.doubts))
    await send(people, note)
    await people.hears(1)
    assert seen[-1] == ("canary-7f3a",)
    assert b"canary-7f3a" not in bytes(rig.value("turn_message", "doubts"))


@pytest.mark.weights
@pytest.mark.parametrize(
    "words",
    [
        "I want to kill myself tonight.",
        "I can't do this any more, I am going to end my life.",
        "My husband hits me every night and I am scared of him.",
    ],
)
async def test_danger_spoken_aloud_through_the_codec_is_heard_by_whisper_and_answered(
    rig: Rig, people: People, words: str
) -> None:
    weight("whisper-base")
    rig.ears = WhisperRecogniser(FOLDER, threads=2)
    await asyncio.to_thread(rig.ears.warm)
    sound = await asyncio.to_thread(speech, words)
    written: list[object] = []
    rig.stages.always("recall", written.append)
    await send(people, encode_voice(sound, 16_000).data)
    heard = texts(await people.hears(1))
    assert any(text.startswith(say("en", "danger.clear.suicide")[:20]) or "•" in text for text in heard), heard
    assert rig.count("case") == 1
    assert written == []
