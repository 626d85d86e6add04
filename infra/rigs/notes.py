"""Voice notes that the people of the rigs send: their lines, spoken by the voice of the house."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from models.speech.audio import encode_voice
from models.speech.synthesise import Synthesiser, synthesiser_from

PIECE = 64  # bytes that are searched for
EVERY = 400
KINDS = 20  # different bytes in a piece: a stretch of one byte is in every file


@dataclass(frozen=True)
class Note:
    """A recording as Telegram keeps it, and what is said in it."""

    data: bytes = field(repr=False)
    seconds: float
    words: str = field(repr=False)


def pieces_of(content: bytes) -> list[bytes]:
    """Parts from the middle of a recording by which it would be found again."""
    parts = (content[at : at + PIECE] for at in range(200, len(content) - PIECE, EVERY))
    return [part for part in parts if len(set(part)) > KINDS]


def spoken(lines: Iterable[str], least_s: float = 0.0, most_s: float = 600.0) -> Note:
    """The first of `lines` as one recording: as many as `least_s` seconds take, none that goes over `most_s`."""
    voice = _voice()
    parts: list[np.ndarray] = []
    words: list[str] = []
    rate, seconds = 1, 0.0
    for line in lines:
        speech = voice.synthesise(line)
        if parts and (seconds >= least_s or seconds + speech.duration_s > most_s):
            break
        rate, seconds = speech.rate, seconds + speech.duration_s
        parts.append(speech.waveform)
        words.append(line)
    note = encode_voice(np.concatenate(parts), rate)
    return Note(note.data, note.duration_s, ". ".join(words))


@cache
def _voice() -> Synthesiser:
    return synthesiser_from("hibari")
