"""What Heed says aloud: in place of the written answer or beside it, never twice, and never at the answer's cost."""

import asyncio
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from models.speech.audio import decode, spans
from models.speech.synthesise import synthesiser_from
from models.speech.synthesise.tone import ToneSynthesiser
from models.words import Language, say
from tests.conftest import OpenRig
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.scenarios.speaking import CAT, FAILED, HIM, TIRED, SlowTone, choose, kinds, later, until
from workers.journal import speeches
from workers.turn.context import TurnContext

# How answers come


async def test_an_answer_is_written_where_nobody_asked_for_a_voice(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.say(1, TIRED)
    assert kinds(await people.hears(1)) == ["text"]


async def test_an_answer_comes_aloud_and_not_in_writing(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    await people.say(1, TIRED)
    (note,) = await people.hears(1)
    assert text_of(note) == ""
    assert note["voice"]["mime_type"] == "audio/ogg"
    sound = decode(await people.download(1, note["voice"]["file_id"]), 300)
    assert note["voice"]["duration"] == max(1, round(sound.duration_s))
    assert rig.value("turn", "state") == "sent"
    assert rig.value("turn", "speech") == "made"


async def test_an_answer_comes_in_writing_and_then_aloud(rig: Rig, people: People) -> None:
    await choose(people, "both")
    await people.say(1, TIRED)
    written, note = await people.hears(1)
    assert kinds([written, note]) == ["text", "voice"]
    assert FAILED not in text_of(written)
    assert buttons(written) == []


async def test_messages_that_were_merged_are_answered_aloud_with_a_quote(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    rig.crew.rest()
    await people.say(1, TIRED)
    await people.say(1, "and my boss calls me every night")
    await rig.settle(turns=False)
    rig.crew.go_on()
    (note,) = await people.hears(1)
    assert kinds([note]) == ["voice"]
    assert note["reply_to_message"]["message_id"] == people.last[1]


async def test_answers_keep_their_order_whatever_the_voice_takes(rig: Rig, people: People) -> None:
    slow = SlowTone()
    rig.tongue = slow
    await choose(people, "voice")
    await people.say(1, TIRED)
    await until(slow.began.is_set)
    await people.say(1, CAT)
    slow.may.set()
    heard = await people.hears(1)
    assert kinds(heard) == ["voice", "voice"]
    assert rig.count("turn", "state = 'sent' AND speech = 'made'") == 2


@pytest.mark.parametrize("way", ["voice", "both"])
@pytest.mark.parametrize("language", ["ko", "tr"])
async def test_without_a_voice_for_the_language_that_is_said_once_a_conversation(
    rig: Rig, people: People, way: str, language: Language
) -> None:
    await people.say(1, "/start", language_code=language)
    await people.say(1, f"/voice {way}", language_code=language)
    await people.hears(1)
    sentence = say(language, "sound.no_voice")
    for told in (True, False):
        await people.say(1, HIM[language], language_code=language)
        (answer,) = await people.hears(1)
        assert (sentence in text_of(answer)) is told
        assert buttons(answer) == []
    await people.say(1, "/new")
    await people.hears(1)
    await people.say(1, HIM[language], language_code=language)
    assert sentence in text_of((await people.hears(1))[0])


@pytest.mark.parametrize("way", ["text", "voice", "both"])
async def test_danger_and_what_follows_are_written_and_have_no_button_of_the_voice(
    rig: Rig, people: People, way: str
) -> None:
    await choose(people, way)
    await people.say(1, "I want to kill myself tonight")
    heard = await people.hears(1)
    await people.say(1, "I am at home, the night is long")
    heard += await people.hears(1)
    assert len(heard) >= 2
    assert set(kinds(heard)) == {"text"}
    assert not [data for message in people.chat(1) for data in buttons(message) if data.startswith("speak:")]


async def test_where_help_may_be_needed_the_answer_is_written(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    await people.say(1, voice=("note.ogg", b"content of no sound"), duration=3)
    assert kinds(await people.hears(1)) == ["text"]


async def test_a_house_without_a_voice_writes_and_says_so(open_rig: OpenRig) -> None:
    async with open_rig(synthesiser="none") as rig:
        people = rig.people
        await people.say(1, "/start")
        await people.hears(1)
        await people.say(1, "/voice voice")
        (answer,) = await people.hears(1)
        assert text_of(answer) == say("en", "voice.none")
        await people.say(1, TIRED)
        (answer,) = await people.hears(1)
        assert (kinds([answer]), buttons(answer)) == (["text"], [])
        assert not [data for message in people.chat(1) for data in buttons(message) if "voice" in data]


# Failing


async def test_a_voice_that_fails_leaves_the_written_answer_and_says_so(rig: Rig, people: People) -> None:
    rig.tongue = ToneSynthesiser(failing=True)
    await choose(people, "voice")
    await people.say(1, TIRED)
    for attempt in range(1, speeches.ATTEMPTS):
        await until(lambda attempt=attempt: rig.count("turn", f"speech_attempts = {attempt} AND lease_token IS NULL"))
        assert people.unread(1) == []
        await later(rig, 3.1)
    (answer,) = await people.hears(1)
    assert text_of(answer).endswith("\n\n" + FAILED)
    assert rig.value("turn", "speech") == "failed"
    assert rig.value("turn", "state") == "sent"


async def test_a_voice_that_fails_beside_a_written_answer_is_said_to_be_missing(rig: Rig, people: People) -> None:
    rig.tongue = ToneSynthesiser(failing=True)
    await choose(people, "both")
    await people.say(1, TIRED)
    for attempt in range(1, speeches.ATTEMPTS):
        await until(lambda attempt=attempt: rig.count("turn", f"speech_attempts = {attempt} AND lease_token IS NULL"))
        await later(rig, 3.1)
    await until(lambda: rig.value("turn", "speech") == "failed")
    written, missing = await people.hears(1)
    assert FAILED not in text_of(written)
    assert text_of(missing) == FAILED


async def test_a_voice_that_takes_too_long_lets_the_written_answer_go_first(rig: Rig, people: People) -> None:
    slow = SlowTone()
    rig.tongue = slow
    await choose(people, "voice")
    await people.say(1, TIRED)
    await until(slow.began.is_set)
    assert people.unread(1) == []
    rig.pass_time(speeches.WRITTEN_AFTER)
    await until(lambda: rig.count("turn", "state = 'sent'"))
    slow.may.set()
    await until(lambda: rig.value("turn", "speech") == "failed")
    assert kinds(await people.hears(1)) == ["text"]


async def test_while_an_answer_is_spoken_the_chat_shows_that_a_voice_is_recorded(rig: Rig, people: People) -> None:
    slow = SlowTone()
    rig.tongue = slow
    await choose(people, "voice")
    await people.say(1, TIRED)
    await until(slow.began.is_set)
    await until(lambda: "record_voice" in [event["action"] for event in people.events(1, "action")])
    slow.may.set()
    assert kinds(await people.hears(1)) == ["voice"]


async def test_a_worker_that_never_comes_costs_the_voice_and_no_answer(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    rig.stages.always("deliver.", lambda _: rig.crew.rest())
    await people.say(1, TIRED)
    await until(lambda: rig.value("turn", "speech") == "instead")
    await later(rig, 10)
    (answer,) = await people.hears(1, turns=False)
    assert kinds([answer]) == ["text"]
    await later(rig, 60)
    rig.crew.go_on()
    assert await people.hears(1) == []
    assert rig.count("turn", "speech IN ('instead', 'beside')") == 0


async def test_a_lost_doorbell_is_rung_again(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    rig.stages.once("deliver.", lambda _: rig.crew.rest())
    await people.say(1, TIRED)
    await until(lambda: rig.value("turn", "speech") == "instead")
    while rig.bell.heard() is not None:
        pass
    rig.crew.go_on()
    await later(rig, 3)
    assert kinds(await people.hears(1)) == ["voice"]


@pytest.mark.parametrize("way", ["voice", "both"])
async def test_a_worker_killed_while_it_speaks_costs_no_answer_and_doubles_none(
    rig: Rig, people: People, way: str
) -> None:
    await choose(people, way)
    rig.stages.once("deliver.", lambda _: rig.crew.rest())
    await people.say(1, TIRED)
    await until(lambda: rig.count("turn", "speech IN ('instead', 'beside')"))
    while rig.bell.heard() is not None:
        pass
    assert rig.journal.transact(lambda session: speeches.claim(session, 1)) is not None  # and it is gone
    rig.crew.go_on()
    await later(rig, 21)
    heard = await people.hears(1)
    assert kinds(heard) == (["text"] if way == "voice" else ["text", "voice"])
    await later(rig, 61)
    assert await people.hears(1) == []


@pytest.mark.parametrize("way", ["voice", "both"])
async def test_an_answer_that_was_spoken_is_not_spoken_again(rig: Rig, people: People, way: str) -> None:
    await choose(people, way)
    rig.stages.always("post.", lambda context: rig.bell.ring(context.turn_id, speeches.RENDER))
    await people.say(1, TIRED)
    heard = await people.hears(1)
    await later(rig, 61)
    assert kinds(heard + await people.hears(1)).count("voice") == 1


@pytest.mark.parametrize("wish", [{"cut": "before"}, {"cut": "after"}, {"status": 400}, {"status": 502}])
async def test_a_voice_note_that_telegram_does_not_take_comes_in_writing(
    rig: Rig, people: People, wish: dict[str, Any]
) -> None:
    await choose(people, "voice")
    await people.fault(method="sendVoice", **wish)
    await people.say(1, TIRED)
    heard = await people.hears(1)
    arrived = ["voice"] if wish == {"cut": "after"} else []
    assert kinds(heard) == [*arrived, "text"], "whether a cut request arrived, nobody knows"
    assert rig.value("turn", "state") == "sent"


async def test_a_voice_note_that_has_to_wait_comes_as_a_voice_note(rig: Rig, people: People) -> None:
    await choose(people, "voice")
    await people.fault(method="sendVoice", status=429, retry_after=1)
    await people.say(1, TIRED)
    await until(lambda: rig.count("turn", "state = 'sent'"))
    assert kinds(await people.hears(1)) == ["voice"]


# Voided and forgotten


@pytest.mark.parametrize("way", ["voice", "both"])
@pytest.mark.parametrize("stage", ["script.", "voice.", "post"])
async def test_a_voice_of_a_conversation_that_was_left_is_not_sent(
    rig: Rig, people: People, way: str, stage: str
) -> None:
    await choose(people, way)
    loop = asyncio.get_running_loop()

    def leave(context: TurnContext) -> None:
        asyncio.run_coroutine_threadsafe(people.say(1, "/new"), loop).result(10)
        while rig.count("conversation") < 2:
            pass

    rig.stages.once(stage, leave)
    await people.say(1, TIRED)
    await until(lambda: rig.count("conversation") == 2)
    assert "voice" not in kinds(await people.hears(1))
    assert rig.count("turn", "speech IN ('instead', 'beside') AND lease_token IS NOT NULL") == 0


@pytest.mark.parametrize("way", ["voice", "both"])
@pytest.mark.parametrize("stage", ["script", "voice", "post", "post."])
async def test_forgetting_while_somebody_speaks_leaves_nothing(
    rig: Rig, people: People, way: str, stage: str
) -> None:
    await choose(people, way)
    await people.say(1, "/forget")
    await people.hears(1)
    loop = asyncio.get_running_loop()

    def forget(context: TurnContext) -> None:
        asyncio.run_coroutine_threadsafe(people.press(1, "forget:all:yes"), loop).result(10)
        while rig.count("person"):
            pass

    rig.stages.once(stage, forget)
    await people.say(1, TIRED)
    await until(lambda: rig.count("tombstone"))
    await rig.settle()
    for table in ("person", "turn", "turn_message", "conversation"):
        assert rig.count(table) == 0, table
    assert rig.count("outbox", "body IS NOT NULL OR person_id IS NOT NULL") == 0
    assert text_of(people.unread(1)[-1]) == say("en", "forget.done")


async def test_no_sound_of_an_answer_is_on_disk(rig: Rig, people: People) -> None:
    made: list[bytes] = []
    rig.stages.always("voice.", lambda context: made.append(context.spoken.data if context.spoken else b""))
    await choose(people, "both")
    await people.say(1, TIRED)
    await people.hears(1)
    (data,) = made
    forms = [data, b64encode(data)]
    pieces = [form[at : at + 40] for form in forms for at in range(200, len(form) - 40, 300)]
    pieces = [piece for piece in pieces if len(set(piece)) > 15]  # a stretch of one byte is in every file
    assert len(pieces) > 10
    files = [path for path in Path(rig.home).rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(piece in content for piece in pieces), path.name
    assert rig.count("outbox", "body IS NOT NULL") == 0


# With the real voice


async def test_an_answer_in_the_voice_of_the_house_holds_speech(rig: Rig, people: People) -> None:
    rig.tongue = synthesiser_from("hibari")
    await choose(people, "voice")
    await people.say(1, TIRED)
    (note,) = await people.hears(1)
    sound = decode(await people.download(1, note["voice"]["file_id"]), 300)
    assert sum(span.seconds for span in spans(sound)) > sound.duration_s / 2
