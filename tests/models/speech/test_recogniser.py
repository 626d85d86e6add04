"""One contract for everything that hears words, and what is special about Whisper."""

from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from models.speech.audio import RATE, BadSound, MusicOnly, NoiseOnly, Silence, Span, measured
from models.speech.recognise import (
    Heard,
    Recogniser,
    RecogniserUnavailable,
    UnknownRecogniser,
    Word,
    recogniser_from,
)
from models.speech.recognise.ghosts import _ghosts, is_ghost
from models.speech.recognise.scripted import ScriptedRecogniser
from models.speech.recognise.whisper import PIECE_S, WhisperRecogniser, _window, pieces
from models.speech.wer import word_errors
from tests.models.speech.sounds import SENTENCE, chords, noise, speech, speech_sound
from tests.rig.weights import FOLDER, weight


def whisper() -> WhisperRecogniser:
    weight("whisper-base")
    return WhisperRecogniser(FOLDER, threads=2)


@pytest.fixture(scope="module", params=["scripted", pytest.param("whisper", marks=pytest.mark.weights)])
def recogniser(request: pytest.FixtureRequest) -> Iterator[Recogniser]:
    made: Recogniser = ScriptedRecogniser([SENTENCE]) if request.param == "scripted" else whisper()
    made.warm()
    yield made
    made.close()


def test_speech_is_heard_word_for_word(recogniser: Recogniser) -> None:
    heard = recogniser.recognise(speech_sound(), hint="en")
    assert word_errors(SENTENCE, heard.text, "en").rate <= 0.07
    assert heard.language == "en"
    assert not heard.no_speech


def test_every_word_has_its_place_and_its_confidence(recogniser: Recogniser) -> None:
    heard = recogniser.recognise(speech_sound(), hint="en")
    assert " ".join(word.text for word in heard.words) == heard.text
    assert all(0 <= word.confidence <= 1 for word in heard.words)
    starts = [word.start_s for word in heard.words]
    assert starts == sorted(starts)
    assert starts[0] >= 0
    assert heard.words[-1].end_s <= len(speech()) / RATE + 0.5
    assert 0.5 < heard.confidence <= 1


@pytest.mark.parametrize(
    ("waveform", "reason"),
    [(np.zeros(5 * RATE, np.float32), Silence), (noise(5.0), NoiseOnly), (chords(8.0), MusicOnly)],
    ids=["silence", "noise", "music"],
)
def test_nothing_is_heard_where_nobody_speaks(
    recogniser: Recogniser, waveform: np.ndarray, reason: type[BadSound]
) -> None:
    with pytest.raises(reason):
        recogniser.recognise(measured(waveform), hint="en")


def test_other_work_runs_between_the_pieces_of_a_long_recording(recogniser: Recogniser) -> None:
    pause = np.zeros(RATE, np.float32)
    long = measured(np.concatenate([np.concatenate([speech(), pause])] * 12))
    calls: list[int] = []
    recogniser.recognise(long, hint="en", between=lambda: calls.append(1))
    assert len(calls) >= long.duration_s // PIECE_S - 1 > 0


def test_what_runs_between_can_end_the_hearing(recogniser: Recogniser) -> None:
    class LeaseLost(Exception):
        pass

    def lost() -> None:
        raise LeaseLost

    long = measured(np.concatenate([speech()] * 10))
    with pytest.raises(LeaseLost):
        recogniser.recognise(long, hint="en", between=lost)


def test_neither_words_nor_sound_are_shown(recogniser: Recogniser) -> None:
    heard = recogniser.recognise(speech_sound(), hint="en")
    assert "sister" in heard.text
    assert "sister" not in repr(heard) + repr(heard.words)


@pytest.mark.weights
@pytest.mark.parametrize(
    "waveform",
    [np.zeros(6 * RATE, np.float32), noise(6.0, level=0.001), noise(6.0, 1), chords(6.0)],
    ids=["silence", "hiss", "noise", "music"],
)
def test_whisper_invents_nothing_even_where_speech_is_wrongly_said_to_be(waveform: np.ndarray) -> None:
    heard = whisper().recognise(measured(waveform), hint="en", spans=[Span(0.0, 6.0)])
    assert len(heard.text.split()) <= 1, "words where nobody spoke"


@pytest.mark.weights
def test_the_language_of_the_settings_gives_way_to_a_certain_other_one() -> None:
    heard = whisper().recognise(speech_sound(), hint="ko")
    assert heard.language == "en"
    assert heard.language_certainty > 0.8


@pytest.mark.weights
def test_without_settings_the_language_is_detected() -> None:
    assert whisper().recognise(speech_sound()).language == "en"


@pytest.mark.weights
def test_a_piece_is_encoded_once_and_nothing_of_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from faster_whisper import WhisperModel

    encoded: list[int] = []
    encode = WhisperModel.encode
    monkeypatch.setattr(
        WhisperModel, "encode", lambda self, features: encoded.append(features.shape[-1]) or encode(self, features)
    )
    made = whisper()
    made.recognise(speech_sound(), hint="en")
    assert encoded == [1500]
    assert made._loaded()._last is None


@pytest.mark.weights
def test_a_mumbled_word_is_marked_as_doubtful() -> None:
    waveform = speech().copy()
    middle = len(waveform) // 2
    waveform[middle : middle + RATE] = 0.5 * waveform[middle : middle + RATE] + noise(1.0, 1, level=0.15)
    heard = whisper().recognise(measured(waveform), hint="en")
    assert min(word.confidence for word in heard.words) < heard.confidence


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    made = recogniser_from("whisper", weights=tmp_path)
    with pytest.raises(RecogniserUnavailable, match="heed models pull"):
        made.warm()
    with pytest.raises(RecogniserUnavailable, match="cannot be loaded"):
        recogniser_from("whisper:nowhere", weights=tmp_path).warm()


@pytest.mark.weights
@pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_named() -> None:
    weight("whisper-base")
    made = recogniser_from("whisper", weights=FOLDER, device="cuda")
    assert made.name == "whisper-base-float16"
    with pytest.raises(RecogniserUnavailable, match="CUDA"):
        made.warm()


def test_an_unknown_recogniser_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownRecogniser, match="parrot"):
        recogniser_from("parrot", weights=tmp_path)


def test_the_scripted_recogniser_hears_what_it_is_told() -> None:
    made = ScriptedRecogniser(["I live in Prague(?)", ""], by_tenths={10: "by length"})
    assert made.recognise(speech_sound()).doubtful == ("Prague",)
    assert made.recognise(speech_sound()).no_speech
    assert made.recognise(measured(speech()[:RATE]), spans=[Span(0, 1)]).text == "by length"
    made.failing = True
    with pytest.raises(RecogniserUnavailable):
        made.recognise(speech_sound())


def test_speech_is_joined_over_pauses_into_pieces_that_whisper_can_hear() -> None:
    talk = [Span(0, 10), Span(11, 20), Span(21, 27), Span(30, 40), Span(60, 130)]
    found = pieces(talk)
    assert [(piece.start_s, piece.end_s) for piece in found] == [
        (0, 27), (30, 40), (60, 88), (88, 116), (116, 130),
    ]  # fmt: skip
    assert pieces([]) == ()


def test_the_window_holds_the_speech_and_some_silence_and_no_more() -> None:
    features = np.zeros((80, 3000), np.float32)
    assert _window(features) == 1500
    features[:, :1800] = 1
    assert _window(features) == 2200
    features[:, :2900] = 1
    assert _window(features) == 3000


@pytest.mark.parametrize(
    ("language", "kind"), [(language, kind) for language in ("en", "ko", "tr") for kind in ("never", "faint")]
)
def test_ghosts_are_known_in_every_language(language: str, kind: str) -> None:
    assert len(_ghosts()[language][kind]) >= 5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks for watching!", "en"), (" Subtitles by the Amara.org community", "en"), ("[Music]", "en"),
        ("♪♪", "tr"), ("시청해주셔서 감사합니다.", "ko"), ("İZLEDİĞİNİZ İÇİN TEŞEKKÜR EDERİM", "tr"),
        ("Altyazı M.K.", "tr"), ("Thank you for watching", "ko"), ("...", "en"), ("(sighs)", "en"),
    ],
)  # fmt: skip
def test_credits_and_sounds_are_never_words(text: str, language: str) -> None:
    assert is_ghost(text, language, no_speech=0.0, logprob=-0.1)


def test_thanks_are_heard_when_they_are_said_and_not_when_nobody_speaks() -> None:
    for text, language in (("Thank you.", "en"), ("감사합니다.", "ko"), ("Teşekkürler.", "tr")):
        assert not is_ghost(text, language, no_speech=0.05, logprob=-0.3)
        assert is_ghost(text, language, no_speech=0.6, logprob=-0.3)
        assert is_ghost(text, language, no_speech=0.05, logprob=-1.2)


@pytest.mark.parametrize(
    "text", ["I want to die", "죽고 싶어요", "ölmek istiyorum", "Thank you for watching over me"]
)
def test_what_a_person_may_say_is_never_a_ghost(text: str) -> None:
    for language in ("en", "ko", "tr"):
        assert not is_ghost(text, language, no_speech=0.9, logprob=-2.0)


def test_no_word_that_was_heard_is_shown() -> None:
    heard = Heard("a secret", "en", 1.0, (Word("secret", 0.0, 0.5, 0.1),))
    assert "secret" not in repr(heard)
    assert heard.doubtful == ("secret",)
