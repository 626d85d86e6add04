"""Whisper through faster-whisper (ctranslate2): the recogniser of the house.

A recording is cut at its pauses into pieces of at most 28 s, because Whisper hears windows of 30 s, and each
piece is heard on its own: nothing said in one leads the next astray, and other work may run in between.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel

from models.speech.audio.sound import RATE, Sound, Waveform
from models.speech.audio.speech import Span, levelled, spans
from models.speech.recognise.ghosts import is_ghost
from models.speech.recognise.heard import Heard, Word
from models.speech.recognise.recogniser import Between, Device, RecogniserUnavailable
from models.weights import WeightsError, find
from models.words import LANGUAGES

FILES = ("whisper-base", "whisper-base-config", "whisper-base-tokenizer", "whisper-base-vocabulary")
PIECE_S = 28.0
COMPUTE: dict[Device, str] = {"cpu": "int8", "cuda": "float16"}
OVERRULED = 0.8
OVERRULED_FOREIGN = 0.95
OVERRULED_S = 2.0
"""Certainty from which detection overrules the language of the settings with another one of the house's three, or
with any other, and the least speech that it takes: of 50 Turkish words of a second 47 were taken for another
language, and of 50 Korean sentences two for Japanese, with 0.9."""
GUESSED = 0.5
"""Certainty from which a detected language is believed where no settings name one; English below it."""
FALLBACK = "en"

LEAST_FRAMES = 1_500
SILENT_FRAMES = 400
"""Frames of 10 ms. Whisper was trained on windows of 30 s; in one of 15 s, or 4 s longer than the speech, it hears
as well and takes less than half the time (measured in CARD.md); in one of 5 s it invents words."""
NO_SPEECH = 0.6
LEAST_LOGPROB = -1.0
MOST_COMPRESSION = 2.4
"""The thresholds of Whisper's authors (Radford et al. 2022, section 4.5): no speech, too unlikely, repeating."""
BEAM = 3
"""Half a point less of word error rate than 1, for a seventh more time; 5 brought nothing more."""
REPEATED = 3
"""Words that may be repeated in a row when a piece is heard again because it repeated itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Speech of at most 28 s, joined over short pauses, beginning at `start_s` of the recording."""

    start_s: float
    end_s: float

    def of(self, waveform: Waveform) -> Waveform:
        return waveform[int(self.start_s * RATE) : int(self.end_s * RATE)]


def pieces(found: Sequence[Span], most_s: float = PIECE_S) -> tuple[Piece, ...]:
    """`found` joined into pieces of at most `most_s`; a stretch without a pause is cut where it gets too long."""
    joined: list[Piece] = []
    for span in found:
        start = span.start_s
        if joined and span.end_s - joined[-1].start_s <= most_s:
            joined[-1] = Piece(joined[-1].start_s, span.end_s)
            continue
        while span.end_s - start > most_s:
            joined.append(Piece(start, start + most_s))
            start += most_s
        joined.append(Piece(start, span.end_s))
    return tuple(joined)


class _Once(WhisperModel):  # type: ignore[misc]
    """Whisper that encodes a piece once, though its language is detected first and its words are heard then, and
    that does not encode half a minute of nothing behind a short piece."""

    _last: tuple[bytes, ctranslate2.StorageView] | None = None

    def encode(self, features: np.ndarray) -> ctranslate2.StorageView:
        key = features.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = (key, super().encode(features[:, : _window(features)]))
        return self._last[1]

    def forget(self) -> None:
        """Keep nothing of a recording."""
        self._last = None


def _window(features: np.ndarray) -> int:
    """Frames of `features` (bands, frames) to encode: those before the padding, and some silence behind them."""
    filled = np.flatnonzero(features.any(axis=0))
    frames = int(filled[-1]) + 1 if len(filled) else 0
    return min(max(frames + SILENT_FRAMES, LEAST_FRAMES), int(features.shape[1]))


@dataclass(slots=True)
class _Spoken:
    """The words of one piece, and whether they can be believed at all."""

    text: str = field(repr=False)
    words: list[Word] = field(repr=False)


class WhisperRecogniser:
    """One model in memory; one recording at a time."""

    def __init__(self, weights: Path, *, folder: str = "", threads: int = 2, device: Device = "cpu") -> None:
        self._weights = weights
        self._folder = folder
        self._settings: dict[str, Any] = {"device": device, "compute_type": COMPUTE[device], "cpu_threads": threads}
        self._model: _Once | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return f"{self._folder or 'whisper-base'}-{self._settings['compute_type']}"

    def warm(self) -> None:
        with self._lock:
            self._loaded()

    def close(self) -> None:
        with self._lock:
            self._model = None

    def recognise(
        self,
        sound: Sound,
        *,
        hint: str | None = None,
        spans: Sequence[Span] | None = None,
        between: Between | None = None,
    ) -> Heard:
        stretches = pieces(_found(sound) if spans is None else spans)
        waveform = levelled(sound)
        language, certainty, heard = "", 0.0, []
        for place, piece in enumerate(stretches):
            if place and between is not None:
                between()
            with self._lock:
                model = self._loaded()
                try:
                    if not language:
                        language, certainty = self._language(model, piece.of(waveform), hint)
                    heard.append(self._heard(model, piece, piece.of(waveform), language))
                except RuntimeError as error:  # what ctranslate2 raises, its message without words
                    raise RecogniserUnavailable(f"whisper failed ({type(error).__name__})") from None
                finally:
                    model.forget()
        said = [spoken for spoken in heard if spoken is not None]
        return Heard(
            text=" ".join(spoken.text for spoken in said),
            language=language,
            language_certainty=certainty,
            words=tuple(word for spoken in said for word in spoken.words),
            no_speech=not said,
        )

    def _loaded(self) -> _Once:
        if self._model is None:
            try:
                folder = self._weights / self._folder if self._folder else find(FILES[0], self._weights).parent
                for name in () if self._folder else FILES:
                    find(name, self._weights)
                self._model = _Once(str(folder), local_files_only=True, **self._settings)
            except (WeightsError, RuntimeError, ValueError) as error:
                raise RecogniserUnavailable(f"whisper cannot be loaded: {error}") from error
        return self._model

    def _language(self, model: _Once, waveform: Waveform, hint: str | None) -> tuple[str, float]:
        """The language to hear, and how certain detection is of it."""
        features = model.feature_extractor(waveform)
        likeliest, probability, every = model.detect_language(features=features[..., :-1])
        certainty = dict(every)
        if hint is None:
            chosen = likeliest if probability >= GUESSED else FALLBACK
        else:
            needed = OVERRULED if likeliest in LANGUAGES else OVERRULED_FOREIGN
            certain = probability >= needed and len(waveform) >= OVERRULED_S * RATE
            chosen = likeliest if certain else hint
        return chosen, float(certainty.get(chosen, 0.0))

    def _heard(self, model: _Once, piece: Piece, waveform: Waveform, language: str) -> _Spoken | None:
        """The words of one piece, or None where they are Whisper's own invention."""
        segments = self._segments(model, waveform, language)
        if any(segment.compression_ratio > MOST_COMPRESSION for segment in segments):
            segments = self._segments(model, waveform, language, no_repeat_ngram_size=REPEATED)
        kept = [segment for segment in segments if not self._invented(segment, language)]
        words = [
            Word(word.word.strip(), piece.start_s + word.start, piece.start_s + word.end, word.probability)
            for segment in kept
            for word in segment.words or ()
        ]
        text = " ".join(segment.text.strip() for segment in kept)
        return _Spoken(text, words) if text else None

    def _segments(self, model: _Once, waveform: Waveform, language: str, **changed: Any) -> list[Any]:
        segments, _ = model.transcribe(
            waveform,
            language=language,
            beam_size=BEAM,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
            no_speech_threshold=NO_SPEECH,
            log_prob_threshold=LEAST_LOGPROB,
            compression_ratio_threshold=MOST_COMPRESSION,
            **changed,
        )
        return list(segments)

    def _invented(self, segment: Any, language: str) -> bool:
        if segment.compression_ratio > MOST_COMPRESSION:
            return True
        if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < LEAST_LOGPROB:
            return True
        return is_ghost(segment.text, language, segment.no_speech_prob, segment.avg_logprob)


def _found(sound: Sound) -> tuple[Span, ...]:
    return spans(sound)
