"""Sound of music: decoded from whatever file somebody has, brought to one loudness, written as MP3.

Unlike recordings of voices (models/speech/audio), music keeps its two channels and its width.
"""

import math
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import soxr
from numpy.typing import NDArray

from models.music.tags import Tags
from models.speech.audio import ffmpeg
from models.speech.audio.container import is_cut, kind_of

Samples = NDArray[np.float32]
"""float32 [samples, channels], nominally in [-1, 1]."""

RATE = 44_100
CHANNELS = 2
LOUDNESS = -16.0
"""LUFS, integrated (ITU-R BS.1770): between what players for the ear and for rooms ask for, and low enough that
nothing needs to be squeezed."""
PEAK_DB = -1.0
"""dBTP: a codec's overshoot stays below full scale."""
BIT_RATE = "160k"
LONGEST_S = 1200.0  # decoded it fills 400 MB of memory
LARGEST = 500_000_000  # bytes
DECODE_S = 60.0
ENCODE_S = 120.0
OVERSAMPLED = 4
BLOCK_S = 0.4
LOOK_AHEAD_S = 0.005
SAMPLE_BYTES = 4
NO_TRACK = (b"matches no streams", b"does not contain any stream")


class UnreadableSound(Exception):
    """A file that cannot be used as music; the text says why, and nothing of what is in it."""

    why: ClassVar[str] = "cannot be read"

    def __init__(self) -> None:
        super().__init__(self.why)


class WrongType(UnreadableSound):
    why = "is no sound file of a kind that can be read (MP3, M4A, FLAC, Ogg, WAV, WebM)"


class NoSoundTrack(UnreadableSound):
    why = "holds no sound"


class Damaged(UnreadableSound):
    why = "is damaged: nothing in it can be decoded"


class Truncated(UnreadableSound):
    why = "breaks off before its end"


class TooLong(UnreadableSound):
    why = f"is longer than {LONGEST_S / 60:.0f} minutes"


class TooLarge(UnreadableSound):
    why = f"is larger than {LARGEST / 1e6:.0f} MB"


@dataclass(frozen=True, slots=True)
class Decoded:
    """`samples`: float32 [samples, 2], `rate` of them a second."""

    samples: Samples = field(repr=False)
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def decoded(source: Path | bytes) -> Decoded:
    """The first sound track, 44.1 kHz, two channels; of more than two the downmix, of one both the same.

    Raises an `UnreadableSound`, and OSError where the file cannot be opened.
    """
    if isinstance(source, Path):
        if source.stat().st_size > LARGEST:
            raise TooLarge
        source = source.read_bytes()
    kind = kind_of(source)
    if kind is None:
        raise WrongType
    made = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", str(CHANNELS), "-ar", str(RATE), "-f", "f32le", "pipe:1")
    limit = int(LONGEST_S * RATE) * CHANNELS * SAMPLE_BYTES
    found = ffmpeg.output(source, kind, made, limit_bytes=limit, seconds=DECODE_S)
    if found.over:
        raise TooLong
    if any(sign in found.complaint for sign in NO_TRACK):
        raise NoSoundTrack
    whole = len(found.content) // (CHANNELS * SAMPLE_BYTES)
    if found.late or not whole:
        raise Damaged
    samples = np.frombuffer(found.content, "<f4", whole * CHANNELS).astype(np.float32).reshape(-1, CHANNELS)
    if is_cut(kind, source, whole / RATE):
        raise Truncated
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)  # a WAV of floats may hold anything
    return Decoded(np.clip(samples, -1.0, 1.0, out=samples), RATE)


def loudness(samples: Samples, rate: int) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4); minus infinity for silence and for less than 0.4 s."""
    from pyloudnorm import Meter

    if len(samples) <= BLOCK_S * rate:
        return -math.inf
    found = float(Meter(rate).integrated_loudness(samples.astype(np.float64)))
    return found if math.isfinite(found) else -math.inf


def levelled(samples: Samples, rate: int) -> Samples:
    """The same at `LOUDNESS`, its peaks between samples below `PEAK_DB`; silence stays silence."""
    found = loudness(samples, rate)
    if not math.isfinite(found):
        return samples
    even = samples * np.float32(10 ** ((LOUDNESS - found) / 20))
    return _limited(even, rate)


def peak(samples: Samples, rate: int) -> Samples:
    """Level of each sample including what lies between it and the next, by oversampling: float32 [samples]."""
    over = soxr.resample(samples, rate, OVERSAMPLED * rate, quality="MQ")
    over = over[: len(samples) * OVERSAMPLED]
    level = np.zeros(len(samples) * OVERSAMPLED, np.float32)
    level[: len(over)] = np.abs(over.reshape(len(over), -1)).max(axis=1)
    at_samples = np.abs(samples.reshape(len(samples), -1)).max(axis=1)
    found: Samples = np.maximum(level.reshape(-1, OVERSAMPLED).max(axis=1), at_samples)
    return found


def _limited(samples: Samples, rate: int) -> Samples:
    """Turned down smoothly around peaks: the least gain within 5 ms, averaged over 5 ms, is never above what the peak
    in the middle asks for."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    ceiling = np.float32(10 ** (PEAK_DB / 20) * 0.98)  # the limiter itself moves peaks between samples a little
    level = peak(samples, rate)
    if not len(level) or level.max() <= ceiling:
        return samples
    gain = np.minimum(1.0, ceiling / np.maximum(level, 1e-9))
    width = 2 * int(LOOK_AHEAD_S * rate) + 1
    smooth = uniform_filter1d(minimum_filter1d(gain, width), width)
    turned: Samples = (samples * smooth[:, None]).astype(np.float32)
    return turned


def as_mp3(samples: Samples, rate: int, tags: Tags, cover: bytes | None) -> bytes:
    """MP3 of 160 kbit/s with its title and artist, as Telegram plays it; `cover` is a JPEG. Raises RuntimeError where
    ffmpeg fails, which then is our fault."""
    named = {"title": tags.title, "artist": tags.artist, "album": tags.album, "copyright": tags.licence}
    metadata = [part for key, value in named.items() if value for part in ("-metadata", f"{key}={value}")]
    sound = np.ascontiguousarray(samples, "<f4")
    command = [ffmpeg.program(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "f32le", "-ar", str(rate), "-ac", str(sound.reshape(len(sound), -1).shape[1]), "-i", "pipe:0"]
    # What is written lies in memory and not in a pipe: ffmpeg goes back to its beginning, to say how long it became.
    with _in_memory(cover or b"") as picture, _in_memory(b"") as written:
        if cover is not None:
            command += ["-f", "jpeg_pipe", "-i", f"/proc/self/fd/{picture}", "-map", "0:a", "-map", "1:v"]
            command += ["-c:v", "copy", "-disposition:v", "attached_pic"]
        command += ["-c:a", "libmp3lame", "-b:a", BIT_RATE, *metadata, "-id3v2_version", "3", "-f", "mp3"]
        done = subprocess.run(
            [*command, f"/proc/self/fd/{written}"],
            input=sound.tobytes(),
            capture_output=True,
            timeout=ENCODE_S,
            check=False,
            pass_fds=(picture, written),
        )
        os.lseek(written, 0, os.SEEK_SET)
        with os.fdopen(os.dup(written), "rb") as file:
            data = file.read()
    if done.returncode or not data:
        raise RuntimeError(f"ffmpeg wrote no MP3 (status {done.returncode})")
    return data


@contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    """A file in memory that holds `data`; its descriptor."""
    number = os.memfd_create("music", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(number), "wb") as file:
            file.write(data)
        os.lseek(number, 0, os.SEEK_SET)
        yield number
    finally:
        os.close(number)
