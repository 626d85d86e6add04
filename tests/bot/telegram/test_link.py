"""The library's requests over aiohttp: what goes out, and what an error may tell."""

from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, TimedOut

from tests.rig.house import Rig

ANNA = 7


async def test_a_message_with_quotation_marks_and_other_letters_arrives_as_it_was_written(rig: Rig) -> None:
    await rig.people.say(ANNA, "hello")
    await rig.telegram.bot.send_message(ANNA, 'say "no" — 안녕, ışık & 100 %')

    assert rig.people.chat(ANNA)[-1]["text"] == 'say "no" — 안녕, ışık & 100 %'


async def test_a_document_arrives_with_its_name_and_content(rig: Rig) -> None:
    await rig.people.say(ANNA, "hello")
    sent = await rig.telegram.bot.send_document(ANNA, b"{}", filename="export.json", caption="yours")

    document = rig.people.chat(ANNA)[-1]["document"]
    assert (document["file_name"], document["file_size"]) == ("export.json", 2)
    assert sent.document is not None
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"{}"


async def test_telegrams_refusals_keep_their_kind(rig: Rig) -> None:
    with pytest.raises(BadRequest):
        await rig.telegram.bot.send_message(424242, "nobody is there")


@pytest.mark.parametrize("fault", [{"cut": "before"}, {"cut": "after"}])
async def test_a_cut_connection_is_a_network_error_that_names_no_address(rig: Rig, fault: dict[str, Any]) -> None:
    await rig.people.say(ANNA, "hello")
    await rig.people.hears(ANNA)
    await rig.people.fault(method="sendMessage", **fault)

    with pytest.raises(NetworkError) as caught:
        await rig.telegram.bot.send_message(ANNA, "are you there?")

    assert rig.settings.token not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_server_that_does_not_answer_in_time_is_a_timeout(rig: Rig) -> None:
    await rig.people.say(ANNA, "hello")
    await rig.people.hears(ANNA)
    await rig.people.fault(method="sendMessage", delay_s=1.0)

    with pytest.raises(TimedOut):
        await rig.telegram.bot.send_message(ANNA, "quick!", read_timeout=0.1)
