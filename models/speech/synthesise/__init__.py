"""A written answer spoken aloud, in the mood that fits it."""

from models.speech.synthesise.mood import MOODS, Mood
from models.speech.synthesise.synthesiser import (
    NothingToSay,
    NotSpoken,
    NoVoice,
    Speech,
    Synthesiser,
    SynthesiserUnavailable,
    UnknownSynthesiser,
    synthesiser_from,
)

__all__ = [
    "MOODS",
    "Mood",
    "NoVoice",
    "NotSpoken",
    "NothingToSay",
    "Speech",
    "Synthesiser",
    "SynthesiserUnavailable",
    "UnknownSynthesiser",
    "synthesiser_from",
]
