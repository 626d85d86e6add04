"""A video note is heard, and with a yes its face is looked at over some moments: one answer, and no film is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.face.refusal import BadPicture, NoFace
from models.speech.recognise.scripted import ScriptedRecogniser
from models.weights import MissingWeight
from models.words import say
from tests.models.face.films import shown as film
from tests.models.speech.sounds import speech, wav
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from tests.rig.readers import estimate_of
from tests.scenarios.consenting import EXAM, meet, minor, paused, said_no, undecided, watched, withdrawn
from workers.journal.tables import Consent


@pytest.fixture(scope="module")
def note(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A video note in which somebody speaks."""
    folder = tmp_path_factory.mktemp("films")
    (folder / "speech.wav").write_bytes(wav(speech()))
    return film(folder, "red", "blue", each_s=2.5, sound=folder / "speech.wav")


async def send(rig: Rig, people: People, note: bytes, words: str = EXAM) -> list[dict[str, Any]]:
    rig.ears = ScriptedRecogniser([words])
    await people.say(1, video_note=("note.mp4", note), duration=2)
    return await people.hears(1)


async def test_voice_and_face_of_a_video_note_are_read_within_one_turn(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "happiness", 0.9)
    rig.voice_reader.says = estimate_of("voice", "sadness", 0.6)
    seen = watched(rig)
    _, answer = await send(rig, people, note)
    assert rig.face_reader.watched == [5]
    assert {rig.count("reading", f"modality = '{kind}'") for kind in ("face", "voice", "text")} == {1}
    assert rig.count("turn", "state = 'sent'") == 1
    assert seen[-1].messages == (EXAM,)
    assert {felt.modality for felt in seen[-1].readings} >= {"face", "voice"}
    assert text_of(answer)


@pytest.mark.parametrize("state", [undecided, withdrawn, said_no, paused, minor])
async def test_without_a_standing_yes_a_video_note_is_only_heard(
    rig: Rig, people: People, note: bytes, state: Callable[[People], Any]
) -> None:
    await state(people)
    films: list[object] = []
    rig.stages.always("watch.", lambda context: films.append(context.listened and context.listened.film))
    heard = await send(rig, people, note)
    assert EXAM in text_of(heard[0])
    assert films == [None]
    assert rig.face_reader.watched == []
    assert rig.count("reading") == 0


async def test_a_yes_to_words_that_spoke_of_voices_alone_leaves_the_film_closed(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings")
    rig.journal.transact(lambda session: session.execute(update(Consent).values(version="2026-11.2")))
    await send(rig, people, note)
    assert rig.face_reader.watched == []
    assert len(rig.voice_reader.read_seconds) == 1


async def test_of_a_plain_voice_note_nothing_is_looked_at(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings")
    rig.ears = ScriptedRecogniser([EXAM])
    await people.say(1, voice=("note.ogg", note), duration=2)
    await people.hears(1)
    assert rig.face_reader.watched == []


async def test_danger_that_was_said_in_a_video_note_is_answered_before_any_face_is_looked_at(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings")
    heard = await send(rig, people, note, "I want to kill myself tonight")
    assert any(text_of(message).startswith(say("en", "danger.clear.suicide")) for message in heard)
    assert rig.face_reader.watched == []


@pytest.mark.parametrize(
    "trouble", [NoFace(), BadPicture(), MissingWeight("the detector is not there"), RuntimeError("broken")]
)
async def test_where_no_face_can_be_read_what_was_said_is_answered_all_the_same(
    rig: Rig, people: People, note: bytes, trouble: Exception
) -> None:
    await meet(people, "readings")
    rig.face_reader.trouble = trouble
    shown, answer = await send(rig, people, note)
    assert EXAM in text_of(shown)
    assert text_of(answer) != say("en", "picture.no_face")
    assert rig.count("turn", "state = 'sent'") == 1


async def test_nothing_of_a_video_note_is_kept(rig: Rig, people: People, note: bytes) -> None:
    await meet(people, "readings", "diary")
    films: list[object] = []
    rig.stages.always("settle", lambda context: films.append(context.listened and context.listened.film))
    await send(rig, people, note)
    assert films == [None]
    assert rig.count("turn_message", "media IS NOT NULL") == 0
    piece = note[len(note) // 2 :][:64]
    kept = [
        path
        for path in rig.home.rglob("*")
        if path.is_file() and "playground" not in path.parts and piece in path.read_bytes()
    ]
    assert kept == []


async def test_a_voice_note_and_a_selfie_are_one_turn_with_a_reading_of_each(
    rig: Rig, people: People, note: bytes
) -> None:
    await meet(people, "readings", "diary")
    rig.face_reader.says = estimate_of("face", "happiness", 0.8)
    rig.voice_reader.says = estimate_of("voice", "sadness", 0.7)
    rig.ears = ScriptedRecogniser([EXAM])
    rig.crew.rest()
    await people.say(1, voice=("note.ogg", note), duration=2)
    await people.say(1, photo=("selfie.jpg", b"\xff\xd8\xff\xe0 this stands for a picture \xff\xd9"))
    await people.hears(1, turns=False)
    rig.pass_time(timedelta(seconds=1))
    rig.crew.go_on()
    await rig.sweep(clean=False)
    heard = await people.hears(1)
    assert rig.count("turn", "state = 'sent'") == 1
    assert rig.count("outbox", "purpose = 'reply'") == 1
    assert EXAM in text_of(heard[0])
    assert {rig.count("reading", f"modality = '{kind}'") for kind in ("face", "voice", "text")} == {1}
