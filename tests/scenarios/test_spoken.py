"""What Heed says aloud: in place of the written answer or beside it, never twice, and never at the answer's cost."""

import asyncio
import io
import json
import threading
import zipfile
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.speech.audio import decode, spans
from models.speech.synthesise import Mood, Speech, synthesiser_from
from models.speech.synthesise.mood import Name
from models.speech.synthesise.tone import ToneSynthesiser
from models.words import LANGUAGES, Language, say
from tests.conftest import OpenRig
from tests.rig.house import PATIENCE_S, Rig
from tests.rig.people import People, buttons, text_of
from workers.journal import speeches
from workers.turn.context import TurnContext

TIRED = "I am worn out from work"
CAT = "My cat is ill"
FAILED = say("en", "sound.voice_failed")
HIM: dict[Language, str] = {"en": TIRED, "ko": "회사 일 때문에 너무 지쳤어요", "tr": "İşten çok yoruldum"}


class SlowTone(ToneSynthesiser):
    """Speaks when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may = threading.Event(), threading.Event()

    def synthesise(self, text: str, *, language: str = "en", mood: Mood | Name = "neutral") -> Speech:
        self.began.set()
        assert self.may.wait(PATIENCE_S)
        return super().synthesise(text, language=language, mood=mood)


async def choose(people: People, way: str, who: int = 1) -> None:
    await people.say(who, "/start")
    await people.say(who, f"/voice {way}")
    await people.hears(who)


def kinds(heard: list[dict[str, Any]]) -> list[str]:
    return ["voice" if "voice" in message else "text" for message in heard]


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(happened):
            await asyncio.sleep(0.01)


async def later(rig: Rig, seconds: float) -> None:
    """Time passes, and the sweeper looks."""
    rig.pass_time(timedelta(seconds=seconds))
    await rig.sweep(clean=False)


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


# With the real voice


async def test_an_answer_in_the_voice_of_the_house_holds_speech(rig: Rig, people: People) -> None:
    rig.tongue = synthesiser_from("hibari")
    await choose(people, "voice")
    await people.say(1, TIRED)
    (note,) = await people.hears(1)
    sound = decode(await people.download(1, note["voice"]["file_id"]), 300)
    assert sum(span.seconds for span in spans(sound)) > sound.duration_s / 2
