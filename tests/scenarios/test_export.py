"""What a person takes with them, and what they can see of the team."""

import io
import json
import zipfile

import pytest
from sqlalchemy import inspect

from models.words import say
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from workers.journal import cases

CANARY = "the zebra ate my homework 7f3a"


async def test_the_export_comes_as_a_file_and_holds_what_was_said(rig: Rig, people: People) -> None:
    await people.say(1, CANARY)
    heard = await people.hears(1)
    await people.say(1, "/export")
    (file,) = await people.hears(1)
    assert file["caption"] == say("en", "export.caption")
    packed = zipfile.ZipFile(io.BytesIO(await people.download(1, file["document"]["file_id"])))
    assert CANARY in packed.read("conversation.txt").decode()
    held = json.loads(packed.read("everything.json"))
    assert held["turns"][0]["you"][0]["words"] == CANARY
    assert held["turns"][0]["heed"] == text_of(heard[0])


async def test_the_export_of_an_empty_house_is_a_file_too(rig: Rig, people: People) -> None:
    await people.say(1, "/export")
    heard = await people.hears(1)
    assert "document" in heard[0]


@pytest.mark.parametrize("reason", ["to call her back", "quality & {care}"])
async def test_privacy_shows_who_read_what_and_why(rig: Rig, people: People, reason: str) -> None:
    await people.say(1, "I want to kill myself")
    await rig.settle()
    await people.press(1, f"danger:share:{rig.value('turn', 'id')}")
    await rig.settle()
    words = rig.journal.transact(
        lambda session: cases.read_words(session, int(rig.value("case", "id")), "ada", reason)
    )
    assert words == "I want to kill myself"
    people.unread(1)
    await people.say(1, "/privacy")
    heard = await people.hears(1)
    assert reason in text_of(heard[0])
    assert say("en", "privacy.read_log_empty") not in text_of(heard[0])


async def test_words_that_were_not_shared_cannot_be_read(rig: Rig, people: People) -> None:
    await people.say(1, "I want to kill myself")
    await rig.settle()
    assert rig.journal.transact(lambda session: cases.read_words(session, 1, "ada", "curious")) is None
    assert rig.count("audit") == 0


@pytest.mark.parametrize("consent", ["readings", "improve"])
async def test_without_a_consent_no_row_of_what_it_governs_is_written(rig: Rig, people: People, consent: str) -> None:
    await people.say(1, CANARY)
    await people.hears(1)
    governed = {"readings": ("reading", "emotion_log"), "improve": ("training_use", "ledger")}[consent]
    with rig.journal.read() as session:
        tables = [name for name in inspect(session.connection()).get_table_names() if name in governed]
    assert [rig.count(table) for table in tables] == [0] * len(tables)
    assert rig.count("consent", f"kind = '{consent}' and granted") == 0
