"""Nobody speaking has its reasons, and each reason its sentence."""

import numpy as np
import pytest

from models.speech.audio import (
    KINDS,
    RATE,
    BadSound,
    Clipped,
    MusicOnly,
    NoiseOnly,
    Silence,
    TooQuiet,
    Waveform,
    measured,
    spans,
)
from models.words import LANGUAGES, Language, say
from tests.models.speech.sounds import chords, noise, speech

TIME = np.arange(6 * RATE) / RATE


def test_speech_is_found_where_it_is() -> None:
    silence = np.zeros(3 * RATE, np.float32)
    found = spans(measured(np.concatenate([silence, speech(), silence])))
    assert found[0].start_s == pytest.approx(2.9, abs=0.4)
    assert found[-1].end_s == pytest.approx(3 + len(speech()) / RATE, abs=0.5)


@pytest.mark.parametrize("gain", [0.02, 0.3, 3.0])
def test_a_low_or_a_loud_voice_is_speech_all_the_same(gain: float) -> None:
    assert spans(measured(np.clip(speech() * np.float32(gain), -1, 1)))


def test_speech_with_music_or_noise_behind_it_is_speech() -> None:
    seconds = len(speech()) / RATE
    for behind in (chords(seconds + 1)[: len(speech())] * 0.2, noise(seconds + 1, 1)[: len(speech())] * 0.3):
        assert spans(measured(speech() + behind))


@pytest.mark.parametrize(
    ("waveform", "reason"),
    [
        (np.zeros(5 * RATE, np.float32), Silence),
        (noise(5.0, level=1e-5), Silence),
        (noise(5.0, level=4e-4), Silence),
        (noise(5.0, level=2e-3), Silence),
        (noise(5.0), NoiseOnly),
        (noise(5.0, 1), NoiseOnly),
        (noise(5.0, 2, level=0.05), NoiseOnly),
        (np.asarray(0.2 * np.sin(2 * np.pi * 50 * TIME), np.float32), NoiseOnly),
        (chords(8.0), MusicOnly),
        (chords(8.0, base=110, harmonics=6, decay=1), MusicOnly),
        (chords(8.0, base=440, harmonics=3, decay=4), MusicOnly),
        (np.asarray(0.3 * np.sin(2 * np.pi * 440 * TIME), np.float32), MusicOnly),
        (np.asarray(np.clip(40 * chords(8.0, decay=0.2), -1, 1), np.float32), Clipped),
    ],
    ids=[
        "zeros", "last-bits", "microphone", "quiet-room", "white", "pink", "brown", "mains",
        "chords", "low", "high", "tone", "overdriven",
    ],
)  # fmt: skip
def test_what_is_no_speech_is_told_apart(waveform: Waveform, reason: type[BadSound]) -> None:
    with pytest.raises(BadSound) as caught:
        spans(measured(waveform))
    assert type(caught.value) is reason


def test_a_voice_too_faint_to_understand_is_not_silence() -> None:
    with pytest.raises(TooQuiet):
        spans(measured(speech() * np.float32(0.002)))


def test_a_voice_that_is_overdriven_is_heard_until_hardly_a_word_is_left() -> None:
    assert spans(measured(np.clip(speech() * np.float32(15), -1, 1)))
    with pytest.raises(Clipped):
        spans(measured(np.clip(speech() * np.float32(1000), -1, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_has_a_sentence_of_its_own(kind: type[BadSound], language: Language) -> None:
    sentence = say(language, kind.key, minutes=5)
    assert len(sentence) > 15
    assert "{" not in sentence
    assert [other for other in KINDS if say(language, other.key, minutes=5) == sentence] == [kind]


def test_every_kind_of_refusal_is_listed() -> None:
    assert set(KINDS) == set(BadSound.__subclasses__())


def test_loudness_leaves_pauses_out() -> None:
    talk = measured(noise(4.0))
    with_pause = measured(np.concatenate([noise(4.0), np.zeros(8 * RATE, np.float32)]))
    assert talk.loudness_db == pytest.approx(-20, abs=0.2)
    assert with_pause.loudness_db == pytest.approx(talk.loudness_db, abs=0.5)


def test_the_share_of_clipping_is_counted() -> None:
    assert measured(noise(2.0)).clipping == 0
    assert measured(np.clip(noise(2.0) * 40, -1, 1)).clipping > 0.5
