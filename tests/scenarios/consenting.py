"""People who agreed, refused, have not decided: who may be read for feelings, and who may not."""

from typing import Any

from models.words import Language
from tests.rig.house import Rig
from tests.rig.people import People, buttons
from workers.turn.context import TurnContext

EXAM = "I failed my exam and I don't dare tell my parents"
YES, NO = "set:consent:readings.yes", "set:consent:readings.no"


async def send(people: People, content: bytes, who: int = 1) -> list[dict[str, Any]]:
    """Sends a voice note. Returns what is said to it."""
    await people.say(who, voice=("note.ogg", content), duration=4)
    return await people.hears(who)


async def meet(people: People, *consents: str, language: Language = "en") -> None:
    """Somebody who has been introduced, and who agrees to these."""
    await people.say(1, "/start", language_code=language)
    await people.hears(1)
    for kind in consents:
        await people.press(1, f"set:consent:{kind}.on")
        await people.hears(1)
        await people.press(1, f"set:consent:{kind}.yes")
        await people.hears(1)


def watched(rig: Rig) -> list[TurnContext]:
    """The contexts of turns, as they were when their reply was written."""
    seen: list[TurnContext] = []
    rig.stages.always("compose.", seen.append)
    return seen


def asked(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in heard if NO in buttons(message)]


async def press_pause(people: People) -> None:
    await people.say(1, "/pause")
    await people.hears(1)


async def undecided(people: People) -> None:
    await meet(people)


async def withdrawn(people: People) -> None:
    await meet(people, "readings")
    await people.press(1, "set:consent:readings.off")
    await people.hears(1)


async def said_no(people: People) -> None:
    await meet(people)
    await people.press(1, NO, people.button(1, "set:consent:readings.on"))
    await people.hears(1)


async def paused(people: People) -> None:
    await meet(people, "readings")
    await press_pause(people)


async def minor(people: People) -> None:
    await meet(people, "readings")
    await people.say(1, "I am 15 years old")
    await people.hears(1)
