"""However a face comes in, without a standing yes nothing is read of it and no row says how anybody felt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.words import say
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import meet, minor, paused, said_no, undecided, withdrawn
from tests.scenarios.test_selfies import PICTURE

STATES = [undecided, withdrawn, said_no, paused, minor]


async def photo(people: People, note: bytes) -> None:
    await people.say(1, photo=("selfie.jpg", PICTURE), caption="this is how my day was")


async def edited(people: People, note: bytes) -> None:
    sent = await people.say(1, photo=("selfie.jpg", PICTURE), caption="this is how my dya was")
    await people.say(1, caption="this is how my day was", edit_message_id=sent["message_id"])


async def file(people: People, note: bytes) -> None:
    await people.say(1, document=("selfie.png", PICTURE), caption="this is how my day was")


async def album(people: People, note: bytes) -> None:
    for number in range(3):
        await people.say(1, photo=(f"{number}.jpg", PICTURE), media_group_id="seven")


async def video_note(people: People, note: bytes) -> None:
    await people.say(1, video_note=("note.mp4", note), duration=4)


async def voice_and_photo(people: People, note: bytes) -> None:
    await people.say(1, voice=("note.ogg", note), duration=4)
    await people.say(1, photo=("selfie.jpg", PICTURE))


WAYS = [photo, edited, file, album, video_note, voice_and_photo]


def speaking(rig: Rig) -> None:
    """Readers that would say something of anybody."""
    for modality in ("text", "voice", "face"):
        getattr(rig, f"{modality}_reader").says = estimate_of(modality, "sadness", 0.9)


async def sent(rig: Rig, people: People, way: Callable[[People, bytes], Any], note: bytes) -> list[dict[str, Any]]:
    """What is said to it, all of it being one turn."""
    rig.crew.rest()
    await way(people, note)
    await people.hears(1, turns=False)
    rig.pass_time(timedelta(seconds=1))
    rig.crew.go_on()
    await rig.sweep(clean=False)
    return await people.hears(1)


def nothing_was_read(rig: Rig) -> bool:
    return (rig.count("reading"), rig.count("emotion_log"), rig.count("face_choice")) == (0, 0, 0) and not (
        rig.face_reader.looked or rig.face_reader.watched or rig.voice_reader.read_seconds
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", STATES)
async def test_without_a_standing_yes_no_way_in_leads_to_a_row(
    rig: Rig, people: People, note: bytes, state: Callable[[People], Any], way: Callable[[People, bytes], Any]
) -> None:
    await state(people)
    newest = people.chat(1)[-1]["message_id"]
    await people.press(1, "set:consent:diary.yes", newest)  # the diary alone allows no reading
    await people.hears(1)
    speaking(rig)
    assert await sent(rig, people, way, note)
    assert nothing_was_read(rig)


@pytest.mark.parametrize("way", WAYS)
async def test_in_careful_mode_nobody_is_looked_at_without_the_diary(
    rig: Rig, people: People, note: bytes, way: Callable[[People, bytes], Any]
) -> None:
    await meet(people, "readings")
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    speaking(rig)
    heard = await sent(rig, people, way, note)
    assert nothing_was_read(rig)
    if way is file:
        assert say("en", "picture.not_now") in text_of(heard[-1])


async def test_of_several_faces_nobody_is_asked_in_careful_mode(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings")
    await people.say(1, "I want to kill myself")
    await people.hears(1)
    heard = await sent(rig, people, album, note)
    assert not any(say("en", "picture.which") in text_of(message) for message in heard)
    assert rig.count("face_choice") == 0
