"""Sound in and sound out: decode whatever was recorded, find the speech in it, encode a voice note."""

from models.speech.audio.decode import decode
from models.speech.audio.refusal import (
    KINDS,
    BadSound,
    Bomb,
    Clipped,
    Damaged,
    MusicOnly,
    NoiseOnly,
    NoSoundTrack,
    Silence,
    TooLong,
    TooQuiet,
    TooShort,
    Truncated,
    WrongType,
)
from models.speech.audio.sound import RATE, Sound, Waveform, measured
from models.speech.audio.speech import Span, spans
from models.speech.audio.voicenote import VoiceNote, encode_voice

__all__ = [
    "KINDS", "RATE", "BadSound", "Bomb", "Clipped", "Damaged", "MusicOnly", "NoSoundTrack", "NoiseOnly",
    "Silence", "Sound", "Span", "TooLong", "TooQuiet", "TooShort", "Truncated", "VoiceNote", "Waveform",
    "WrongType", "decode", "encode_voice", "measured", "spans",
]  # fmt: skip
