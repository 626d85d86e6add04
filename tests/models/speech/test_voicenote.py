"""A spoken answer is a voice note as Telegram draws and plays it."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from models.speech.audio import RATE, decode, encode_voice
from models.speech.audio.voicenote import GENERATED, drawn, packed, unpacked
from tests.models.speech.sounds import chords, noise, speech


def test_a_voice_note_is_opus_in_ogg_at_48_khz_with_one_channel() -> None:
    note = encode_voice(speech(), RATE)
    told = soundfile.info(io.BytesIO(note.data))
    assert (told.format, told.subtype, told.samplerate, told.channels) == ("OGG", "OPUS", 48_000, 1)
    assert note.duration_s == pytest.approx(len(speech()) / RATE)
    assert note.data[28:36] == b"OpusHead"


def test_a_voice_note_decodes_to_what_went_in() -> None:
    tone = chords(3.0)
    back = decode(encode_voice(tone, RATE).data)
    assert back.duration_s == pytest.approx(3.0, abs=0.02)
    assert np.corrcoef(back.waveform[: len(tone)], tone[: len(back.waveform)])[0, 1] > 0.95


def test_a_voice_note_says_that_it_was_generated() -> None:
    note = encode_voice(speech(), RATE)
    with soundfile.SoundFile(io.BytesIO(note.data)) as file:
        assert file.comment == GENERATED
        assert file.title == "Heed"


def test_a_voice_note_is_small() -> None:
    note = encode_voice(speech(), RATE)
    assert 16_000 < 8 * len(note.data) / note.duration_s < 48_000


def test_too_loud_a_waveform_is_turned_down_and_not_clipped() -> None:
    loud = decode(encode_voice(noise(2.0) * np.float32(20), RATE).data)
    assert loud.clipping < 0.01


def test_no_sound_makes_no_voice_note() -> None:
    with pytest.raises(ValueError, match="no sound"):
        encode_voice(np.zeros(0, np.float32), RATE)


def test_the_waveform_is_a_hundred_values_of_five_bits() -> None:
    note = encode_voice(speech(), RATE)
    assert len(note.waveform) == 63
    values = unpacked(note.waveform)
    assert len(values) == 100
    assert max(values) == 31
    assert min(values) < 6


def test_the_first_value_lies_in_the_lowest_bits_as_telegrams_clients_read_it() -> None:
    assert packed([31, 0, 0]) == b"\x1f\x00"
    assert packed([0, 31, 0]) == b"\xe0\x03"
    assert packed([1, 2, 3]) == bytes([1 | 2 << 5 & 0xFF, 2 >> 3 | 3 << 2])


@given(st.lists(st.integers(0, 31), min_size=100, max_size=100))
def test_packing_loses_nothing(values: list[int]) -> None:
    assert unpacked(packed(values)) == values


def test_a_value_of_more_than_five_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="31"):
        packed([32])


def test_the_drawing_follows_the_sound() -> None:
    rising = (np.linspace(0, 1, 4 * RATE) * np.sin(np.arange(4 * RATE))).astype(np.float32)
    values = unpacked(drawn(rising))
    assert values == sorted(values)
    assert values[0] == 0


@pytest.mark.parametrize("length", [1, 7, 99, 101])
def test_even_a_handful_of_samples_is_drawn(length: int) -> None:
    assert len(unpacked(drawn(np.ones(length, np.float32)))) == 100


def test_silence_is_drawn_flat() -> None:
    assert set(unpacked(drawn(np.zeros(RATE, np.float32)))) == {0}
