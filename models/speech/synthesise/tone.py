"""The twin in the process: a beep for every word. For tests of everything around a voice."""

import time

import numpy as np

from models.speech.synthesise.mood import Mood, Name, mood_of
from models.speech.synthesise.script import script
from models.speech.synthesise.synthesiser import Speech, SynthesiserUnavailable

RATE = 24_000
HERTZ = 220.0
WORD_S = 0.16
GAP_S = 0.06


class ToneSynthesiser:
    """The same text in the same mood is the same sound. `takes_s`: seconds of each speaking."""

    name = "tone"

    def __init__(self, *, languages: tuple[str, ...] = ("en",), failing: bool = False, takes_s: float = 0.0) -> None:
        self.languages = frozenset(languages)
        self.failing = failing
        self._takes_s = takes_s

    def warm(self) -> None:
        """There is nothing to load."""

    def close(self) -> None:
        """There is nothing to give back."""

    def synthesise(self, text: str, *, language: str = "en", mood: Mood | Name = "neutral") -> Speech:
        said = script(text, language, self.languages)
        if self.failing:
            raise SynthesiserUnavailable("the tone was told to fail")
        if self._takes_s:
            time.sleep(self._takes_s)
        feel = mood_of(mood)
        at = np.arange(int(RATE * WORD_S / feel.pace)) / RATE
        beep = 0.3 * np.sin(2 * np.pi * HERTZ * feel.pitch * at) * np.hanning(len(at))
        gap, pause = np.zeros(int(RATE * GAP_S)), np.zeros(int(RATE * feel.pause_s))
        sound = [part for sentence in said for part in [*[beep, gap] * len(sentence.split()), pause]]
        return Speech(np.concatenate(sound).astype(np.float32), RATE)
