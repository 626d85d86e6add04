"""The twin in the process: it hears what it was told it would hear. For tests of everything around it."""

import time
from collections.abc import Mapping, Sequence

from models.speech.audio.sound import Sound
from models.speech.audio.speech import Span, spans
from models.speech.recognise.heard import Heard, Word
from models.speech.recognise.recogniser import Between, RecogniserUnavailable

SURE = 0.95
UNSURE = 0.2
PIECE_S = 28.0


class ScriptedRecogniser:
    """Answers by the length of the recording in tenths of a second, or the next sentence of `script` in turn.

    A word written with a question mark in brackets behind it ("Prague(?)") is heard with little confidence.
    An empty sentence stands for a recording in which nothing could be made out. `takes_s`: seconds of each hearing.
    """

    name = "scripted"

    def __init__(
        self,
        script: Sequence[str] = ("hello there",),
        *,
        by_tenths: Mapping[int, str] | None = None,
        language: str = "en",
        failing: bool = False,
        takes_s: float = 0.0,
    ) -> None:
        self._script = list(script)
        self._by_tenths = dict(by_tenths or {})
        self._language = language
        self._takes_s = takes_s
        self._said = 0
        self.failing = failing

    def warm(self) -> None:
        """There is nothing to load."""

    def close(self) -> None:
        """There is nothing to give back."""

    def recognise(
        self,
        sound: Sound,
        *,
        hint: str | None = None,
        spans: Sequence[Span] | None = None,
        between: Between | None = None,
    ) -> Heard:
        if self.failing:
            raise RecogniserUnavailable("the scripted recogniser was told to fail")
        stretches = _found(sound) if spans is None else spans
        for _ in range(int(sound.duration_s // PIECE_S)):
            if between is not None:
                between()
        if self._takes_s:
            time.sleep(self._takes_s)
        sentence = self._by_tenths.get(round(sound.duration_s * 10))
        if sentence is None:
            sentence = self._script[self._said % len(self._script)]
            self._said += 1
        return _heard(sentence, stretches, hint or self._language)


def _found(sound: Sound) -> tuple[Span, ...]:
    return spans(sound)


def _heard(sentence: str, stretches: Sequence[Span], language: str) -> Heard:
    said = sentence.split()
    start, end = stretches[0].start_s, stretches[-1].end_s
    step = (end - start) / max(len(said), 1)
    words = tuple(
        Word(
            text=word.removesuffix("(?)"),
            start_s=start + place * step,
            end_s=start + (place + 1) * step,
            confidence=UNSURE if word.endswith("(?)") else SURE,
        )
        for place, word in enumerate(said)
    )
    return Heard(" ".join(word.text for word in words), language, 1.0, words, no_speech=not words)
