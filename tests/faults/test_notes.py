"""What the rigs send as voice notes, and how a run is judged that holds some."""

import time

import pytest
from pydantic import ValidationError

from infra.rigs.faults.verdict import judge
from infra.rigs.lines import LINES
from infra.rigs.notes import pieces_of, spoken
from infra.rigs.people import shows
from models.speech.audio import decode
from models.speech.recognise import recogniser_from
from models.speech.synthesise import synthesiser_from
from workers.journal.database import Journal
from workers.settings import Settings


def test_a_note_is_a_recording_that_can_be_heard_and_found_again() -> None:
    note = spoken(LINES, 4.0, 12.0)
    assert 4.0 <= note.seconds <= 12.0
    assert abs(decode(note.data).duration_s - note.seconds) < 0.2
    pieces = pieces_of(note.data)
    assert len(pieces) > 10
    assert all(piece in note.data for piece in pieces)


def test_hearing_takes_as_long_as_a_rig_wants(tmp_path: object) -> None:
    settings = Settings(_env_file=None, recogniser="scripted:0.2")  # type: ignore[call-arg]
    recogniser = recogniser_from(settings.recogniser, weights=settings.weights_folder)
    sound = decode(spoken(LINES[:1]).data)
    began = time.monotonic()
    assert recogniser.recognise(sound).text == "hello there"
    assert time.monotonic() - began >= 0.2


def test_speaking_takes_as_long_as_a_rig_wants() -> None:
    settings = Settings(_env_file=None, synthesiser="tone:0.2")  # type: ignore[call-arg]
    voice = synthesiser_from(settings.synthesiser)
    began = time.monotonic()
    assert voice.synthesise("hello there").duration_s > 0
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("name", ["tone:", "tone:soon", "hibari:0.2", "robot"])
def test_a_voice_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, synthesiser=name)  # type: ignore[call-arg]


def test_the_line_that_shows_what_was_heard_is_no_answer(sqlite_journal: Journal) -> None:
    bot, person = {"is_bot": True}, 600_000_001
    shown = {"message_id": 2, "from": bot, "date": 0, "reply_to_message": {"message_id": 1},
             "entities": [{"type": "expandable_blockquote", "offset": 3, "length": 5}]}  # fmt: skip
    answer = {"message_id": 3, "from": bot, "date": 0, "reply_to_message": {"message_id": 1}}
    assert shows(shown)
    assert not shows(answer)

    verdict = judge({person: [1]}, {person: [shown, answer]}, [], [], sqlite_journal, 0.0)
    assert (verdict.answers, verdict.doubles) == (1, [])
    assert verdict.kept

    without = judge({person: [1]}, {person: [shown]}, [], [], sqlite_journal, 0.0)
    assert len(without.lost) == 1
