"""The English voice of the house: hibari, 8 MB, a hundred times faster than it speaks."""

import threading
from typing import Any

import numpy as np
from hibari import SAMPLE_RATE, Hibari, dsp

from models.speech.audio.sound import Waveform
from models.speech.synthesise.mood import Mood, Name, mood_of
from models.speech.synthesise.script import script
from models.speech.synthesise.synthesiser import NothingToSay, Speech, SynthesiserUnavailable

SEED = 0
"""Of the breath in the voice: the same text in the same mood is the same sound."""
VOICED_HZ = 40.0
"""Below it a frame of hibari has no pitch."""


class _Moved(Hibari):  # type: ignore[misc]
    """Hibari with a hand on its melody: the network says the pitch of each frame, and that is what is changed,
    so the voice stays the same person's."""

    def moved(self, ids: list[int], mood: Mood) -> Waveform:
        """Phoneme ids (with their pads) as float32 [samples], 24 kHz."""
        if len(ids) < 3:
            return np.zeros(0, np.float32)
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([mood.pace], np.float32)}
        *spectrum, pitch = (output[0] for output in self.sess.run(None, given))
        sound: Waveform = dsp.synth(*spectrum, _melody(pitch, mood), np.random.default_rng(SEED))
        return sound


class HibariSynthesiser:
    """One model in memory; one text at a time."""

    languages = frozenset({"en"})

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._voice: _Moved | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return "hibari-heart"

    def warm(self) -> None:
        with self._lock:
            self._loaded().phonemize("Warm.")

    def close(self) -> None:
        with self._lock:
            self._voice = None

    def synthesise(self, text: str, *, language: str = "en", mood: Mood | Name = "neutral") -> Speech:
        said, feel = script(text, language, self.languages), mood_of(mood)
        pause = np.zeros(int(SAMPLE_RATE * feel.pause_s), np.float32)
        parts: list[Any] = []
        for sentence in said:
            with self._lock:
                voice = self._loaded()
                spoken = [voice.moved(voice.ids(sounds), feel) for sounds in voice.phonemize(sentence)]
            if any(len(part) for part in spoken):
                parts += [*([pause] if parts else []), *spoken]
        if not parts:
            raise NothingToSay
        return Speech(np.concatenate(parts), SAMPLE_RATE)

    def _loaded(self) -> _Moved:
        if self._voice is None:
            try:
                self._voice = _Moved(threads=self._threads)
            except (OSError, RuntimeError, ValueError) as error:
                raise SynthesiserUnavailable(f"hibari cannot be loaded ({type(error).__name__})") from error
        return self._voice


def _melody(pitch: Waveform, mood: Mood) -> Waveform:
    """`pitch` in Hz by frame, its mean and its movement around it changed as `mood` asks, in octaves."""
    voiced = pitch > VOICED_HZ
    if not voiced.any():
        return pitch
    octaves = np.log2(pitch[voiced])
    mean = octaves.mean()
    moved = pitch.copy()
    moved[voiced] = np.exp2(mean + np.log2(mood.pitch) + mood.movement * (octaves - mean))
    return moved
