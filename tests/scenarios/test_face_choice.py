"""Of several faces in a photo Heed asks which is the person's: kept for an hour, answered once, by nobody else."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.face.refusal import SeveralFaces
from models.words import say, variants
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import meet
from tests.scenarios.test_selfies import PICTURE, show
from workers.journal import export, faces
from workers.journal.tables import FaceChoice, Person

TWO = [(0.6, 0.2, 0.2, 0.3), (0.1, 0.2, 0.2, 0.3)]
WHICH = say("en", "picture.which")


def offered(heard: list[dict[str, Any]]) -> list[str]:
    """The faces that the newest message offers, as the buttons carry them."""
    return [data for data in buttons(heard[-1]) if data.startswith("face:")]


async def several(rig: Rig, people: People) -> list[dict[str, Any]]:
    await meet(people, "readings")
    rig.face_reader.trouble = SeveralFaces(TWO)
    return await show(people)


async def test_of_several_faces_heed_asks_which_and_looks_again_at_the_one_that_was_chosen(
    rig: Rig, people: People
) -> None:
    heard = await several(rig, people)
    assert text_of(heard[-1]) == WHICH
    first, second, none = offered(heard)
    assert none.endswith(".none")
    rig.face_reader.says = estimate_of("face", "anger")
    await people.press(1, second)
    (answer,) = await people.hears(1)
    assert rig.face_reader.looked[-1] == (len(PICTURE), TWO[0])  # counted from the left
    assert any(sentence in text_of(answer) for sentence in variants("en", "reply.seen.anger"))
    assert rig.count("face_choice") == 0
    assert [data for message in people.chat(1) for data in buttons(message) if data.startswith("face:")] == []
    assert first != second


async def test_a_face_is_chosen_once(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    chosen = offered(heard)[0]
    await people.press(1, chosen)
    await people.press(1, chosen, heard[-1]["message_id"])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 2
    assert say("en", "picture.gone") in [event.get("text") for event in people.events(1, "answer")]


async def test_none_of_them_forgets_the_photo(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    await people.press(1, offered(heard)[-1])
    assert [text_of(message) for message in await people.hears(1)] == [say("en", "picture.not_mine")]
    assert rig.count("face_choice") == 0
    assert len(rig.face_reader.looked) == 1


async def test_after_an_hour_heed_asks_for_the_photo_again(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    rig.pass_time(faces.KEPT + timedelta(seconds=1))
    await people.press(1, offered(heard)[0])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1
    assert say("en", "picture.gone") in [event.get("text") for event in people.events(1, "answer")]


async def test_where_a_photo_is_is_forgotten_after_an_hour_without_an_answer(rig: Rig, people: People) -> None:
    await several(rig, people)
    assert rig.count("face_choice") == 1
    rig.pass_time(faces.KEPT + timedelta(seconds=1))
    await rig.sweep()
    assert rig.count("face_choice") == 0


async def test_nobody_chooses_in_the_photo_of_another(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    await people.say(2, "/start")
    theirs = (await people.hears(2))[-1]
    await people.press(2, offered(heard)[0], theirs["message_id"])
    await people.hears(2)
    assert rig.count("face_choice") == 1
    assert len(rig.face_reader.looked) == 1


@pytest.mark.parametrize("data", ["face:pick:1", "face:pick:x.1", "face:pick:1.x", "face:pick:1.99", "face:look:1.1"])
async def test_a_forged_choice_does_nothing(rig: Rig, people: People, data: str) -> None:
    heard = await several(rig, people)
    await people.press(1, data, heard[-1]["message_id"])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1


@pytest.mark.parametrize(("way", "why"), [("readings.off", "refused"), ("/pause", "paused")])
async def test_a_yes_that_is_taken_back_while_faces_are_found_leaves_no_question(
    rig: Rig, people: People, way: str, why: str
) -> None:
    await meet(people, "readings")
    rig.face_reader.trouble = SeveralFaces(TWO)
    loop = asyncio.get_running_loop()

    def withdraw() -> None:
        async def take_back() -> None:
            await (people.say(1, way) if way.startswith("/") else people.press(1, f"set:consent:{way}"))
            await rig.settle(turns=False)

        asyncio.run_coroutine_threadsafe(take_back(), loop).result(20)

    rig.face_reader.meanwhile = withdraw
    heard = await show(people)
    assert rig.count("face_choice") == 0
    assert say("en", f"picture.{why}") in [text_of(message) for message in heard]
    assert WHICH not in [text_of(message) for message in heard]


@pytest.mark.parametrize("leave", ["set:consent:readings.off", "I am 15 years old"])
async def test_who_takes_the_yes_back_is_not_asked_any_more_which_face_is_theirs(
    rig: Rig, people: People, leave: str
) -> None:
    heard = await several(rig, people)
    await (people.press(1, leave) if leave.startswith("set:") else people.say(1, leave))
    await people.hears(1)
    assert rig.count("face_choice") == 0
    await people.press(1, offered(heard)[0], heard[-1]["message_id"])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1


async def test_of_several_photos_in_one_turn_only_the_one_that_is_asked_about_stays_known(
    rig: Rig, people: People
) -> None:
    await meet(people, "readings")
    rig.face_reader.trouble = SeveralFaces(TWO)
    rig.crew.rest()
    for number in range(3):
        await people.say(1, photo=(f"{number}.jpg", PICTURE + bytes(number)), media_group_id="seven")
    await people.hears(1, turns=False)
    rig.pass_time(timedelta(seconds=1))
    rig.crew.go_on()
    await rig.sweep(clean=False)
    (question,) = await people.hears(1)
    assert (text_of(question), rig.count("face_choice")) == (WHICH, 1)
    await people.press(1, offered([question])[0])
    await people.hears(1)
    assert rig.face_reader.looked[-1] == (len(PICTURE) + 2, TWO[1])


async def test_a_second_group_while_the_first_is_asked_about_is_a_question_of_its_own(
    rig: Rig, people: People
) -> None:
    first = await several(rig, people)
    second = await show(people)
    assert rig.count("face_choice") == 2
    for heard in (second, first):
        await people.press(1, offered(heard)[0], heard[-1]["message_id"])
        await people.hears(1)
    assert rig.count("face_choice") == 0
    assert [box for _, box in rig.face_reader.looked] == [None, None, TWO[1], TWO[1]]


async def test_after_everything_was_forgotten_a_choice_says_nothing_of_the_photo(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    await people.say(1, "/forget")
    await people.hears(1)
    await people.press(1, "forget:all:yes")
    await people.hears(1)
    assert rig.count("face_choice") == 0
    await people.say(1, "/start")
    after = (await people.hears(1))[-1]
    await people.press(1, offered(heard)[0], after["message_id"])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1
    assert rig.count("turn_message", "hearing IS NOT NULL") == 0


async def test_the_export_does_not_say_where_a_photo_is(rig: Rig, people: People) -> None:
    await several(rig, people)
    with rig.journal.read() as session:
        person = session.scalars(select(Person)).one()
        held = json.dumps(export.everything(session, person))
        assert b"file_id" not in session.scalars(select(FaceChoice)).one().held
    assert "file_id" not in held
    assert "box" not in held


async def test_a_choice_that_is_made_after_danger_looks_at_nobody(rig: Rig, people: People) -> None:
    """In careful mode no estimate is of use without the diary."""
    heard = await several(rig, people)
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    await people.press(1, offered(heard)[0], heard[-1]["message_id"])
    await people.hears(1)
    assert len(rig.face_reader.looked) == 1
    assert (rig.count("face_choice"), rig.count("reading")) == (0, 0)


async def test_a_choice_that_is_made_during_a_pause_looks_at_nobody(rig: Rig, people: People) -> None:
    heard = await several(rig, people)
    await people.say(1, "/pause")
    await people.hears(1)
    await people.press(1, offered(heard)[0], heard[-1]["message_id"])
    assert say("en", "picture.paused") in [text_of(message) for message in await people.hears(1)]
    assert len(rig.face_reader.looked) == 1
