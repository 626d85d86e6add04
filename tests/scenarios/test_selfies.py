"""What somebody shows: looked at only with their yes, dropped at once, answered even without words."""

import asyncio
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.face.refusal import BadPicture
from models.weights import MissingWeight
from models.words import LANGUAGES, Language, say, variants
from tests.models.face.pictures import scene, written
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import NO, YES, meet, minor, paused, said_no, undecided, watched, withdrawn
from workers.journal.tables import Consent
from workers.turn.context import TurnContext

PICTURE = b"\xff\xd8\xff\xe0 this stands for a picture \xff\xd9" * 40


async def show(people: People, who: int = 1, **form: Any) -> list[dict[str, Any]]:
    """Sends a photo. Returns what is said to it."""
    await people.say(who, photo=("selfie.jpg", PICTURE), **form)
    return await people.hears(who)


# Consent


@pytest.mark.parametrize(
    ("state", "why"),
    [(undecided, "undecided"), (withdrawn, "refused"), (said_no, "refused"), (paused, "paused"), (minor, "minor")],
)
async def test_without_a_standing_yes_a_photo_is_not_even_fetched(
    rig: Rig, people: People, state: Callable[[People], Any], why: str
) -> None:
    await state(people)
    fetched: list[object] = []
    rig.stages.always("fetch.", lambda context: fetched.append(context.looked and context.looked.data))
    (answer,) = await show(people)
    assert text_of(answer) == say("en", f"picture.{why}")
    assert (YES in buttons(answer), NO in buttons(answer)) == ((True, True) if why == "undecided" else (False, False))
    assert fetched == [None]
    assert rig.face_reader.looked == []
    assert rig.count("reading") == 0


async def test_a_yes_to_words_that_did_not_speak_of_faces_does_not_count(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    rig.journal.transact(lambda session: session.execute(update(Consent).values(version="2026-11.2")))
    (answer,) = await show(people)
    assert text_of(answer) == say("en", "picture.undecided")
    assert rig.face_reader.looked == []


async def test_after_the_yes_the_photo_that_is_sent_once_more_is_looked_at(rig: Rig, people: People) -> None:
    await undecided(people)
    await show(people)
    await people.press(1, YES)
    await people.hears(1)
    assert rig.face_reader.looked == []
    await show(people)
    assert rig.face_reader.looked == [(len(PICTURE), None)]


async def test_a_yes_that_is_taken_back_while_a_face_is_read_leaves_no_row(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "sadness")
    loop = asyncio.get_running_loop()

    def withdraw() -> None:
        async def take_back() -> None:
            await people.press(1, "set:consent:readings.off")
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(take_back(), loop).result(20)

    rig.face_reader.meanwhile = withdraw
    await show(people)
    assert len(rig.face_reader.looked) == 1
    assert rig.count("reading") == 0


# What is read, and what becomes of it


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_photo_without_words_is_answered_and_its_feeling_named_as_a_guess(
    rig: Rig, people: People, language: Language
) -> None:
    await meet(people, "readings", language=language)
    rig.face_reader.says = estimate_of("face", "sadness")
    (answer,) = await show(people, language_code=language)
    words = text_of(answer)
    assert any(sentence in words for sentence in variants(language, "reply.photo.hear"))
    assert any(sentence in words for sentence in variants(language, "reply.seen.sadness"))
    assert rig.count("reading") == 0  # dropped when the answer was sent


async def test_where_a_face_is_unreadable_the_photo_is_answered_and_no_feeling_named(
    rig: Rig, people: People
) -> None:
    await meet(people, "readings")
    (answer,) = await show(people)
    words = text_of(answer)
    assert any(sentence in words for sentence in variants("en", "reply.photo.hear"))
    assert not any(s in words for feeling in ("sadness", "anger") for s in variants("en", f"reply.seen.{feeling}"))


async def test_words_under_a_photo_are_answered_with_what_the_face_says(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "fear", 0.8)
    seen = watched(rig)
    await show(people, caption="the interview is tomorrow")
    assert seen[-1].messages == ("the interview is tomorrow",)
    assert seen[-1].estimate is not None
    assert (seen[-1].estimate.modality, seen[-1].estimate.feeling) == ("face", "fear")
    assert {rig.count("reading", f"modality = '{kind}'") for kind in ("face", "text")} == {1}


async def test_an_album_of_three_is_one_turn_with_a_reading_of_each(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "happiness")
    rig.crew.rest()
    for number in range(3):
        caption = {"caption": "us at the lake"} if number == 0 else {}
        await people.say(1, photo=(f"{number}.jpg", PICTURE), media_group_id="seven", **caption)
    await people.hears(1, turns=False)
    rig.pass_time(timedelta(seconds=1))
    rig.crew.go_on()
    await rig.sweep(clean=False)
    assert len(await people.hears(1)) == 1
    assert rig.count("turn", "state = 'sent'") == 1
    assert rig.count("reading", "modality = 'face'") == 3


async def test_danger_in_a_caption_is_answered_at_the_door_and_the_photo_stays_closed(
    rig: Rig, people: People
) -> None:
    await meet(people, "readings")
    heard = await show(people, caption="I want to kill myself tonight")
    assert any(text_of(message).startswith(say("en", "danger.clear.suicide")) for message in heard)
    assert rig.face_reader.looked == []


async def test_a_picture_that_is_sent_as_a_file_is_looked_at_too(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    sent = await people.say(1, document=("selfie.png", PICTURE))
    assert sent["document"]["mime_type"] == "image/png"
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1


async def test_a_heic_picture_that_is_sent_as_a_file_is_looked_at_too(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    sent = await people.say(1, document=("IMG_0001.HEIC", written(scene(), "HEIF")))
    assert sent["document"]["mime_type"] in ("image/heic", "image/heif")
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1


@pytest.mark.parametrize(("name", "is_picture"), [("IMG_0001.HEIC", True), ("a.heif", True), ("heic.pdf", False)])
async def test_a_picture_of_a_phone_is_known_by_its_name_where_its_kind_was_not_told(
    rig: Rig, people: People, name: str, is_picture: bool
) -> None:
    await meet(people, "readings")
    document = {"file_id": "b", "file_unique_id": "b", "file_name": name, "mime_type": "application/octet-stream"}
    await people.say(1, raw=json.dumps({"document": document}))
    await people.hears(1)
    assert rig.count("turn_message", "kind = 'picture'") == int(is_picture)


async def test_a_caption_that_is_edited_before_the_answer_is_answered_as_it_is_then(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    seen = watched(rig)
    rig.crew.rest()
    sent = await people.say(1, photo=("selfie.jpg", PICTURE), caption="I am worn out from wrok")
    await people.hears(1, turns=False)
    await people.say(1, caption="I am worn out from work", edit_message_id=sent["message_id"])
    await rig.settle(turns=False)
    rig.crew.go_on()
    await rig.sweep(clean=False)
    assert len(await people.hears(1)) == 1
    assert seen[-1].messages == ("I am worn out from work",)
    assert len(rig.face_reader.looked) == 1


async def test_danger_in_a_caption_that_is_edited_is_answered_too(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    sent = await people.say(1, photo=("selfie.jpg", PICTURE), caption="a long day")
    await people.hears(1)
    await people.say(1, caption="I want to kill myself tonight", edit_message_id=sent["message_id"])
    heard = await people.hears(1)
    assert any(text_of(message).startswith(say("en", "danger.clear.suicide")) for message in heard)


@pytest.mark.parametrize("answered", [False, True])
async def test_a_reply_to_a_photo_is_words_of_its_own_and_replaces_no_caption(
    rig: Rig, people: People, answered: bool
) -> None:
    """To a recording a reply corrects what was heard; a caption was written by the person themselves."""
    await meet(people, "readings")
    seen = watched(rig)
    loop = asyncio.get_running_loop()
    form = {"words": "that was last year, today I am worn out"}

    def reply(context: TurnContext) -> None:
        async def ask() -> None:
            await people.say(1, **form, reply_to_message_id=context.newest_message)
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(ask(), loop).result(20)

    if not answered:
        rig.stages.once("compose", reply)
    sent = await people.say(1, photo=("selfie.jpg", PICTURE), caption="me at my desk")
    await people.hears(1)
    if answered:
        await people.say(1, **form, reply_to_message_id=sent["message_id"])
        await people.hears(1)
    assert seen[-1].messages == ((form["words"],) if answered else ("me at my desk", form["words"]))
    assert rig.count("turn_message", "edited") == 0
    assert rig.count("turn_message", "words IS NOT NULL") == 2


async def test_words_and_a_face_that_contradict_each_other_are_both_kept_and_answered_once(
    rig: Rig, people: People
) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "happiness", 0.8)
    rig.text_reader.says = estimate_of("text", "sadness", 0.8)
    (answer,) = await show(people, caption="my grandmother died and I cannot stop crying")
    assert {rig.count("reading", f"modality = '{kind}'") for kind in ("face", "text")} == {1}
    assert not any(sentence in text_of(answer) for sentence in variants("en", "reply.seen.happiness"))


async def test_nothing_of_a_photo_is_kept(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    await show(people, caption="this is me")
    assert rig.count("turn_message", "media IS NOT NULL") == 0
    kept = [
        path
        for path in rig.home.rglob("*")
        if path.is_file() and "playground" not in path.parts and PICTURE[:40] in path.read_bytes()
    ]
    assert kept == []


# What cannot be read


@pytest.mark.parametrize(
    "why",
    ["not_a_picture", "broken", "too_many_pixels", "too_small", "no_face", "tiny_face", "too_dark", "blurred",
     "turned_away"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_cannot_be_read_gets_its_own_sentence(
    rig: Rig, people: People, language: Language, why: str
) -> None:
    class Bad(BadPicture):
        key = f"picture.{why}"

    await meet(people, "readings", language=language)
    rig.face_reader.trouble = Bad()
    (answer,) = await show(people, language_code=language)
    assert text_of(answer) == say(language, f"picture.{why}")
    assert rig.count("turn", "state = 'sent'") == 1


async def test_words_under_a_photo_that_cannot_be_read_are_answered_and_the_rest_is_said(
    rig: Rig, people: People
) -> None:
    await meet(people, "readings")
    rig.face_reader.trouble = BadPicture()
    (answer,) = await show(people, caption="I am worn out from work")
    assert text_of(answer).endswith(say("en", "picture.broken"))
    assert len(text_of(answer)) > len(say("en", "picture.broken")) + 20


async def test_a_picture_that_is_too_big_is_not_even_fetched(rig: Rig, people: People) -> None:
    await meet(people, "readings")
    sizes = '[{"file_id": "b", "file_unique_id": "b", "width": 9000, "height": 9000, "file_size": 30000000}]'
    await people.say(1, raw=f'{{"photo": {sizes}}}')
    assert [text_of(message) for message in await people.hears(1)] == [say("en", "picture.too_big")]
    assert rig.count("turn") == 0


@pytest.mark.parametrize("trouble", [MissingWeight("the detector is not there"), RuntimeError("broken")])
async def test_a_reader_that_breaks_holds_no_answer_up(rig: Rig, people: People, trouble: Exception) -> None:
    await meet(people, "readings")
    rig.face_reader.trouble = trouble
    (answer,) = await show(people)
    assert text_of(answer) == say("en", "picture.failed")


# Leaving


@pytest.mark.parametrize("stage", ["find", "fetch", "see", "settle"])
async def test_forgetting_while_a_photo_is_looked_at_leaves_nothing(rig: Rig, people: People, stage: str) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "sadness")
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
    await people.say(1, photo=("selfie.jpg", PICTURE))
    assert await asyncio.to_thread(done.wait, 40)  # the answer may be out before it is all forgotten
    await people.hears(1)
    for table in ("person", "reading", "turn_message", "face_choice"):
        assert rig.count(table) == 0


async def test_a_selfie_without_words_can_be_the_last_message_that_is_forgotten(rig: Rig, people: People) -> None:
    await meet(people, "readings", "diary")
    rig.text_reader.says = estimate_of("text", "sadness")
    await people.say(1, "one more thing about work")
    await people.hears(1)
    rig.face_reader.says = estimate_of("face", "fear")
    sent = await people.say(1, photo=("selfie.jpg", PICTURE))
    await people.hears(1)
    assert rig.count("emotion_log", "modalities = 'face'") == rig.count("reading", "modality = 'face'") == 1
    await people.say(1, "forget my last message")
    assert text_of((await people.hears(1))[-1]) == say("en", "forget.last_done")
    assert rig.count("emotion_log", "modalities = 'face'") == rig.count("reading", "modality = 'face'") == 0
    assert rig.count("emotion_log", "modalities = 'text'") == 1
    assert sent["message_id"] not in [message["message_id"] for message in people.chat(1)]
