"""How a run is judged in which people send recordings and ask for spoken answers."""

from typing import Any

import pytest

from infra.rigs.faults.storm import Blow
from infra.rigs.faults.verdict import CUT, Verdict, judge
from infra.rigs.faults.voices import Voices, Way
from infra.rigs.people import shows
from models.speech.audio import encode_voice
from models.words import say
from tests.conftest import OpenRig
from tests.models.speech.sounds import speech
from workers.journal.database import Journal

PERSON = 600_000_001
FAILED = say("en", "sound.voice_failed")
WORDS, MISSING = {"text": "I hear you"}, {"text": FAILED}
NOTE = {"voice": {"file_id": "a"}}


def message(number: int, about: int, content: dict[str, Any]) -> dict[str, Any]:
    """One of the bot, which quotes the message `about`."""
    quote = {"reply_to_message": {"message_id": about}}
    return {"message_id": number, "from": {"is_bot": True}, "date": number, **quote, **content}


def judged(journal: Journal, way: Way, *history: dict[str, Any], blows: tuple[Blow, ...] = ()) -> Verdict:
    """Somebody wrote the message 1, and this came."""
    return judge({PERSON: [1]}, {PERSON: list(history)}, [], list(blows), journal, 0.0, {PERSON: way})


def counts(voices: Voices) -> tuple[int, int, int, int, int]:
    return voices.wanted, voices.spoken, voices.missing, voices.unsure, voices.instead


def test_a_voice_beside_its_written_answer_is_as_it_should_be(sqlite_journal: Journal) -> None:
    for quotes in (2, 1):  # the written answer, or what it answers
        verdict = judged(sqlite_journal, "both", message(2, 1, WORDS), message(3, quotes, NOTE))
        assert verdict.kept
        assert (verdict.answers, counts(verdict.voices)) == (1, (1, 1, 0, 0, 0))


def test_a_voice_that_is_said_to_be_missing_is_known(sqlite_journal: Journal) -> None:
    verdict = judged(sqlite_journal, "both", message(2, 1, WORDS), message(3, 2, MISSING))
    assert verdict.kept
    assert counts(verdict.voices) == (1, 0, 1, 0, 0)
    verdict = judged(sqlite_journal, "both", message(2, 1, WORDS), message(3, 2, NOTE), message(4, 2, MISSING))
    assert verdict.kept
    assert counts(verdict.voices) == (1, 1, 0, 1, 0)


def test_a_voice_that_is_missing_without_a_word_breaks_a_promise(sqlite_journal: Journal) -> None:
    verdict = judged(sqlite_journal, "both", message(2, 1, WORDS))
    assert not verdict.kept
    assert len(verdict.voices.silent) == 1


def test_a_voice_that_comes_twice_breaks_a_promise_whatever_befell(sqlite_journal: Journal) -> None:
    blows = (Blow(3.0, "kill -9", "bot"), Blow(3.0, "cut half-way", "sendVoice"))
    history = [message(2, 1, WORDS), message(3, 2, NOTE), message(4, 2, NOTE)]
    verdict = judged(sqlite_journal, "both", *history, blows=blows)
    assert not verdict.kept
    assert len(verdict.voices.twice) == 1
    verdict = judged(sqlite_journal, "voice", message(2, 1, NOTE), message(3, 1, NOTE), blows=blows)
    assert not verdict.kept
    assert len(verdict.voices.twice) == 1


def test_a_voice_before_its_words_breaks_a_promise(sqlite_journal: Journal) -> None:
    verdict = judged(sqlite_journal, "both", message(2, 1, NOTE), message(3, 1, WORDS))
    assert not verdict.kept
    assert len(verdict.voices.early) == 1


def test_a_voice_that_nobody_asked_for_breaks_a_promise(sqlite_journal: Journal) -> None:
    verdict = judged(sqlite_journal, "text", message(2, 1, WORDS), message(3, 2, NOTE))
    assert not verdict.kept
    assert len(verdict.voices.unasked) == 1


@pytest.mark.parametrize(("content", "instead"), [(NOTE, 0), (WORDS, 1)])
def test_in_place_of_the_written_answer_one_of_the_two_is_the_answer(
    sqlite_journal: Journal, content: dict[str, Any], instead: int
) -> None:
    verdict = judged(sqlite_journal, "voice", message(2, 1, content))
    assert verdict.kept
    assert (verdict.answers, verdict.voices.instead) == (1, instead)
    assert len(judged(sqlite_journal, "voice").lost) == 1


def test_both_in_place_of_one_are_a_double_that_only_a_kill_or_a_cut_excuses(sqlite_journal: Journal) -> None:
    history = [message(2, 1, NOTE), message(3, 1, WORDS)]
    assert not judged(sqlite_journal, "voice", *history).kept
    for blow, cause in ((Blow(2.1, "kill -9", "bot"), "kill -9 bot"), (Blow(1.9, "cut half-way", "sendVoice"), CUT)):
        verdict = judged(sqlite_journal, "voice", *history, blows=(blow,))
        assert verdict.kept
        assert verdict.doubles[0].cause.startswith(cause)


def test_what_is_about_nothing_that_was_written_is_found(sqlite_journal: Journal) -> None:
    verdict = judged(sqlite_journal, "both", message(2, 1, WORDS), message(3, 2, NOTE), message(4, 9, MISSING))
    assert not verdict.kept
    assert len(verdict.strange) == 1


async def test_a_recording_whose_words_are_not_shown_breaks_a_promise(open_rig: OpenRig) -> None:
    async with open_rig(reply_quote="always") as rig:
        people = rig.people
        await people.say(1, "/start")
        await people.say(1, "/voice both")
        await people.hears(1)
        sent = await people.say(1, voice=("note.ogg", encode_voice(speech(), 16_000).data), duration=4)
        await people.hears(1)
        history = people.chat(1)
        written = {1: [sent["message_id"]]}
        verdict = judge(written, {1: history}, [], [], rig.journal, 0.0, {1: "both"})
        assert verdict.kept
        assert (verdict.voices.heard, verdict.voices.shown, counts(verdict.voices)) == (1, 1, (1, 1, 0, 0, 0))
        without = [each for each in history if not shows(each)]
        verdict = judge(written, {1: without}, [], [], rig.journal, 0.0, {1: "both"})
        assert not verdict.kept
        assert len(verdict.voices.silent) == 1
