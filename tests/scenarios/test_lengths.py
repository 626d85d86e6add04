"""Messages longer than Telegram lets anybody write, and those it splits."""

from models.words import say
from tests.rig.house import Rig
from tests.rig.people import text_of

LONG = "The flat is cold and the landlord does not answer. " * 100


async def test_what_telegram_splits_gets_one_answer(rig: Rig) -> None:
    assert len(LONG) > 4096
    rig.crew.rest()
    await rig.people.say(1, LONG)
    await rig.settle(turns=False)
    rig.crew.go_on()
    await rig.people.hears(1)
    assert rig.count("turn_message") == 2
    assert rig.count("turn", "state = 'sent'") == 1


async def test_a_message_longer_than_telegram_allows_is_asked_for_in_parts_and_not_kept(rig: Rig) -> None:
    await rig.people.say(1, "/start")
    await rig.people.hears(1)
    person = {"id": 1, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 900, "date": 1_800_000_000, "text": LONG, "chat": {"id": 1, "type": "private"}}
    await rig.people.fault(raw_update={"message": {**message, "from": person}})
    heard = [text_of(each) for each in await rig.people.hears(1)]
    assert heard == [say("en", "input.too_long", limit=4096)]
    assert rig.count("turn") == 0
    assert rig.count("inbox", "payload IS NOT NULL") == 0
