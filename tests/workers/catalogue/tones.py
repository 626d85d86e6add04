"""Short pieces of sound for the tests: chords that differ, written as files of several kinds."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44_100
SCALE = (0, 2, 4, 5, 7, 9, 11, 12)


def piece(number: int, seconds: float = 12.0, loudness: float = 0.2) -> NDArray[np.float32]:
    """A melody in half seconds over a held note, float32 [n, 2]: another number is another melody."""
    chance = np.random.default_rng(number)
    root = 110.0 * 2 ** (number % 12 / 12)
    clock = np.arange(int(RATE * seconds)) / RATE
    sound = 0.4 * np.sin(2 * np.pi * root * clock)
    for at in range(int(seconds * 2)):
        note = root * 2 ** (chance.choice(SCALE) / 12 + 1)
        within = (clock >= at / 2) & (clock < (at + 1) / 2)
        fading = np.exp(-5 * (clock[within] - at / 2))
        sound[within] += fading * sum(np.sin(2 * np.pi * note * k * clock[within]) / k for k in (1, 2, 3))
    sound *= loudness / np.abs(sound).max()
    return np.stack([sound, sound * 0.9], axis=1).astype(np.float32)


def written(file: Path, number: int, seconds: float = 12.0, loudness: float = 0.2) -> Path:
    """The piece as a WAV file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, piece(number, seconds, loudness), RATE, subtype="PCM_16")
    return file


def encoded(file: Path, source: Path, *options: str) -> Path:
    """The sound of `source` in the format that `file` is called after, made with ffmpeg's `options`."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(source), *options, str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return file
