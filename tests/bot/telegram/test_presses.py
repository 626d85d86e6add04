"""Whatever a button is said to carry, it is answered and changes nothing it must not."""

import random
import string

from bot.telegram.press import SHAPE
from tests.rig.house import Rig
from tests.rig.people import People

NOUNS = ("set", "country", "forget", "danger", "music", "")
VERBS = ("lang", "keep", "show", "consent", "page", "set", "all", "share", "checkin", "x", "")
ARGUMENTS = (
    "en",
    "flip",
    "all",
    "diary.on",
    "diary.maybe",
    "0",
    "99",
    "999",
    "-1",
    "٣",
    "²",
    "KR",
    "xx",
    "no",
    "1e9",
    "",
)


async def test_forged_data_is_answered_and_the_house_stands(rig: Rig, people: People) -> None:
    await people.say(1, "/settings")
    await rig.settle()
    dice = random.Random(7)
    forged = [":".join((dice.choice(NOUNS), dice.choice(VERBS), dice.choice(ARGUMENTS))) for _ in range(80)]
    forged += ["".join(dice.choices(string.printable, k=dice.randint(1, 64))) for _ in range(20)]
    forged = [data for data in forged if data != "forget:all:yes"]
    people.events(1)
    asked = {await people.press(1, data, dice.choice([1, 2, 3, 4711])): data for data in forged}
    await rig.settle()
    answers = {event["callback_query_id"] for event in people.events(1, "answer")}
    assert [data for query, data in asked.items() if query not in answers] == [], "a button spins for ever"
    assert rig.count("inbox", "state <> 'handled'") == 0
    assert rig.count("person") == 1
    assert rig.count("consent", "granted") == 0
    assert rig.count("case") == 0


def test_data_has_one_shape_and_nothing_else_passes() -> None:
    assert SHAPE.fullmatch("set:consent:diary.yes")
    for wrong in ("", "a:b", "a:b:", ":b:c", "A:b:c", "a:b:c\n", "a:b:c d", "a:b:" + "c" * 33, "set:lang:é"):
        assert not SHAPE.fullmatch(wrong), wrong
