"""A worker that is killed while it listens or speaks: the next one does the work, and nobody hears anything twice.

`make faults` does the same to real processes.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from infra.rigs.faults.traces import Sounds
from models.speech.audio import encode_voice
from models.speech.recognise.scripted import ScriptedRecogniser
from models.words import say
from tests.models.speech.sounds import speech
from tests.rig.crew import Killed
from tests.rig.house import PATIENCE_S, Rig
from tests.rig.people import People, text_of
from workers.journal import speeches, turns
from workers.journal.tables import Outbox, is_unsent
from workers.turn.context import TurnContext

TIRED = "I am worn out from work"
FAILED = say("en", "sound.voice_failed")
SPEAKERS_LEASE = speeches.LEASE + timedelta(seconds=1)
LISTENERS_LEASE = turns.LEASE + timedelta(seconds=1)
LONG_AFTER = speeches.BESIDE_WITHIN + timedelta(seconds=1)


class Death:
    """Kills the worker that meets it, and remembers the sounds that were made before."""

    def __init__(self) -> None:
        self.times = 0
        self.made: list[bytes] = []
        self._came = threading.Event()

    def __call__(self, context: TurnContext) -> None:
        self.times += 1
        if context.spoken is not None:
            self.made.append(context.spoken.data)
        self._came.set()
        raise Killed

    async def comes(self) -> None:
        assert await asyncio.to_thread(self._came.wait, PATIENCE_S)
        self._came.clear()


@pytest.fixture(scope="module")
def note() -> bytes:
    """A voice note in which somebody speaks, as Telegram keeps them."""
    return encode_voice(speech(), 16_000).data


def kinds(heard: list[dict[str, Any]]) -> list[str]:
    return ["voice" if "voice" in message else "text" for message in heard]


async def choose(people: People, way: str) -> None:
    await people.say(1, "/start")
    await people.say(1, f"/voice {way}")
    await people.hears(1)


async def later(rig: Rig, by: timedelta) -> None:
    """Time passes, and the sweeper looks."""
    rig.pass_time(by)
    await rig.sweep(clean=False)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(happened):
            await asyncio.sleep(0.01)


def nowhere(rig: Rig, sounds: Sounds) -> bool:
    files = [path for path in Path(rig.home).rglob("*") if path.is_file()]
    return bool(files) and not any(sounds.heard_in(path.read_bytes()) for path in files)


# While an answer is spoken


@pytest.mark.parametrize("where", ["script", "voice", "voice.", "post"])
async def test_an_answer_whose_speaker_was_killed_is_spoken_once_by_the_next(
    rig: Rig, people: People, where: str
) -> None:
    death = Death()
    rig.stages.once(where, death)
    await choose(people, "both")
    await people.say(1, TIRED)
    await death.comes()
    await until(lambda: rig.count("turn", "state = 'sent'"))
    assert kinds(people.unread(1)) == ["text"], "what is written waits for nobody"
    await later(rig, SPEAKERS_LEASE)
    assert kinds(await people.hears(1)) == ["voice"]
    assert (rig.value("turn", "speech"), rig.value("turn", "speech_attempts")) == ("made", 2)
    await later(rig, LONG_AFTER)
    assert await people.hears(1) == []


async def test_a_speaker_killed_after_it_was_done_has_lost_nothing(rig: Rig, people: People) -> None:
    death = Death()
    rig.stages.once("post.", death)
    await choose(people, "both")
    await people.say(1, TIRED)
    await death.comes()
    heard = await people.hears(1)
    await later(rig, LONG_AFTER)
    assert kinds(heard + await people.hears(1)) == ["text", "voice"]


async def test_three_speakers_killed_cost_the_voice_and_the_person_is_told_once(rig: Rig, people: People) -> None:
    death = Death()
    rig.stages.always("voice.", death)
    await choose(people, "both")
    await people.say(1, TIRED)
    for _ in range(speeches.ATTEMPTS):
        await death.comes()
        await later(rig, SPEAKERS_LEASE)
    written, missing = await people.hears(1)
    assert FAILED not in text_of(written)
    assert text_of(missing) == FAILED
    await later(rig, LONG_AFTER)
    assert await people.hears(1) == []
    assert death.times == speeches.ATTEMPTS


@pytest.mark.parametrize("where", ["script", "voice", "voice.", "post"])
async def test_an_answer_in_place_of_the_written_one_comes_in_writing_where_its_speaker_was_killed(
    rig: Rig, people: People, where: str
) -> None:
    death = Death()
    rig.stages.once(where, death)
    await choose(people, "voice")
    await people.say(1, TIRED)
    await death.comes()
    assert people.unread(1) == []
    await later(rig, speeches.WRITTEN_AFTER)
    assert kinds(await people.hears(1, turns=False)) == ["text"]
    await later(rig, LONG_AFTER)
    assert await people.hears(1) == []
    assert rig.value("turn", "speech") == "failed"


@pytest.mark.parametrize("way", ["voice", "both"])
async def test_nothing_of_a_voice_is_on_disk_when_its_speaker_was_killed(rig: Rig, people: People, way: str) -> None:
    death = Death()
    rig.stages.once("voice.", death)
    await choose(people, way)
    await people.say(1, TIRED)
    await death.comes()
    (made,) = death.made
    sounds = Sounds([made])
    assert sounds.pieces > 10
    assert nowhere(rig, sounds)
    await later(rig, LONG_AFTER)
    await people.hears(1)
    assert nowhere(rig, sounds)
    assert rig.count("outbox", "body IS NOT NULL") == 0


# While a recording is heard


@pytest.mark.parametrize(
    "where", ["find.", "fetch.", "hear", "hear.", "screen_heard.", "feel_voice.", "watch.", "settle"]
)
async def test_a_recording_whose_listener_was_killed_is_heard_shown_and_answered_once(
    rig: Rig, people: People, note: bytes, where: str
) -> None:
    rig.ears = ScriptedRecogniser([TIRED])
    death = Death()
    rig.stages.once(where, death)
    await choose(people, "text")
    sent = await people.say(1, voice=("note.ogg", note), duration=4)
    await death.comes()
    assert nowhere(rig, Sounds([note]))
    await later(rig, LISTENERS_LEASE)
    (shown,) = [message for message in await people.hears(1) if TIRED in text_of(message)]
    assert shown["reply_to_message"]["message_id"] == sent["message_id"]
    assert rig.count("outbox", "purpose IN ('reply', 'heard') AND state = 'sent'") == 2
    assert (rig.count("turn"), rig.value("turn", "state")) == (1, "sent")
    await later(rig, LISTENERS_LEASE)
    assert await people.hears(1) == []
    assert nowhere(rig, Sounds([note]))


async def test_three_listeners_killed_cost_the_answer_and_the_person_is_told_where_help_is(
    rig: Rig, people: People, note: bytes
) -> None:
    death = Death()
    rig.stages.always("hear", death)
    await choose(people, "text")
    await people.say(1, voice=("note.ogg", note), duration=4)
    for _ in range(turns.ATTEMPTS):
        await death.comes()
        await later(rig, LISTENERS_LEASE)
    told = await people.hears(1)
    assert rig.value("turn", "state") == "dead"
    assert any("112" in text_of(message) or "findahelpline" in text_of(message).lower() for message in told)
    assert nowhere(rig, Sounds([note]))


@pytest.mark.parametrize("wish", [{"status": 502}, {"cut": "before"}])
async def test_the_line_that_shows_what_was_heard_outlives_a_bad_connection(
    rig: Rig, people: People, note: bytes, wish: dict[str, Any]
) -> None:
    rig.ears = ScriptedRecogniser([TIRED])
    await choose(people, "text")
    await people.fault(method="sendMessage", times=1, **wish)
    await people.say(1, voice=("note.ogg", note), duration=4)
    await until(lambda: rig.count("outbox", "purpose = 'heard' AND state = 'sent'"))
    assert sum(TIRED in text_of(message) for message in await people.hears(1)) == 1


async def test_a_bot_killed_while_it_sends_shows_what_was_heard_answers_and_asks_all_the_same(
    rig: Rig, people: People, note: bytes
) -> None:
    rig.ears = ScriptedRecogniser([TIRED])
    await choose(people, "text")
    await people.fault(method="sendMessage", status=429, retry_after=60, times=1)
    await people.say(1, voice=("note.ogg", note), duration=4)
    await until(lambda: rig.count("outbox", "purpose = 'ask'"))
    await rig.stop_bot()
    begun = {"state": "sending", "attempts": 1, "not_before": None}
    rig.journal.transact(lambda session: session.execute(update(Outbox).where(is_unsent()).values(begun)))
    await rig.start_bot()
    texts = [text_of(message) for message in await people.hears(1)]
    assert sum(TIRED in text for text in texts) == 1
    assert texts.count(say("en", "consent.readings.ask")) == 1
    assert rig.count("outbox", "state = 'dead'") == 0
