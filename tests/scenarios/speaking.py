"""People who want their answers aloud, and a voice that speaks when it is let."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from models.speech.synthesise import Mood, Speech
from models.speech.synthesise.mood import Name
from models.speech.synthesise.tone import ToneSynthesiser
from models.words import Language, say
from tests.rig.house import PATIENCE_S, Rig
from tests.rig.people import People

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
