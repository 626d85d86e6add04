"""The one decoder: bytes of any kind of sound file in, 16 kHz mono out, or the reason why not."""

from models.speech.audio import ffmpeg
from models.speech.audio.container import is_cut, kind_of
from models.speech.audio.refusal import Bomb, Damaged, NoSoundTrack, TooLong, TooShort, Truncated, WrongType
from models.speech.audio.sound import RATE, Sound, measured

SHORTEST_S = 0.3
"""Shorter than the shortest words of TurEV-DB (0.35 s)."""
GRACE_S = 0.5
"""A recorder that stops at the limit writes a little more than the limit."""
BOMB_BYTES_A_SECOND = 200
"""Speech at the lowest rate of AMR, the thriftiest of the kinds, takes 600 bytes a second."""
NO_TRACK = (b"matches no streams", b"does not contain any stream")


def decode(data: bytes, limit_s: float = 300.0, *, seconds: float = 30.0) -> Sound:
    """The first sound track of `data`: Ogg (Opus, Vorbis), MP3, M4A and MP4, WAV, AMR, WebM, FLAC or AAC.

    Nothing touches a disk. Decoding stops at `limit_s` seconds of sound and after `seconds` of time, so memory
    is at most eight times four bytes a sample of the limit. Raises a `BadSound`: `WrongType`, `NoSoundTrack`,
    `Damaged`, `Truncated`, `Bomb`, `TooLong` or `TooShort`. What is in the sound is for `spans` to say.
    """
    kind = kind_of(data)
    if kind is None:
        raise WrongType
    decoded = ffmpeg.run(data, kind, limit_samples=int((limit_s + GRACE_S) * RATE), seconds=seconds)
    if decoded.over:
        raise Bomb if len(data) < BOMB_BYTES_A_SECOND * limit_s else TooLong(limit_s)
    if any(sign in decoded.complaint for sign in NO_TRACK):
        raise NoSoundTrack
    found = measured(decoded.waveform) if len(decoded.waveform) >= SHORTEST_S * RATE else None
    if decoded.late:
        raise Damaged
    if is_cut(kind, data, len(decoded.waveform) / RATE):
        raise Truncated(found)
    if found is not None:
        return found
    raise TooShort if decoded.status == 0 else Damaged
