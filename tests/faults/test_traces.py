"""A sound is found wherever a piece of it lies; and where there is none, none is found."""

import os
from base64 import b64encode

import numpy as np
import pytest

from infra.rigs.faults.traces import Sounds
from infra.rigs.lines import LINES
from infra.rigs.notes import Note, pieces_of, spoken
from models.speech.audio import decode


@pytest.fixture(scope="module")
def note() -> Note:
    return spoken(LINES[:1])


@pytest.fixture(scope="module")
def sounds(note: Note) -> Sounds:
    return Sounds([note.data], [spoken(LINES[1:2]).data])


@pytest.mark.parametrize("before", range(9))
def test_a_piece_is_found_wherever_it_begins(note: Note, sounds: Sounds, before: int) -> None:
    half = note.data[len(note.data) // 2 :]
    assert sounds.heard_in(os.urandom(100 + before) + half + os.urandom(7))


def test_a_sound_is_found_in_base64_and_as_a_temporary_file_would_hold_it(note: Note, sounds: Sounds) -> None:
    waveform = decode(note.data).waveform
    assert sounds.heard_in(b"RIFF....WAVE" + (waveform * 32767).astype(np.int16).tobytes())
    assert sounds.heard_in(waveform.tobytes())
    assert sounds.heard_in(b'{"voice_b64": "' + b64encode(note.data) + b'"}')


def test_what_was_said_to_people_is_found_too(sounds: Sounds) -> None:
    assert sounds.heard_in(spoken(LINES[1:2]).data)


def test_other_bytes_are_no_sound(sounds: Sounds) -> None:
    assert sounds.count == 2
    assert sounds.pieces > 40
    assert not sounds.heard_in(os.urandom(2_000_000))
    assert not sounds.heard_in(spoken(LINES[2:3]).data)
    assert not sounds.heard_in(b"")
    assert not sounds.heard_in(b"short")
    assert not Sounds([]).heard_in(os.urandom(1_000))


def test_a_cut_off_piece_is_not_enough(note: Note, sounds: Sounds) -> None:
    piece = pieces_of(note.data)[0]
    assert not sounds.heard_in(piece[:-1])
    assert sounds.heard_in(piece)
