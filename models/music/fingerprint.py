"""Fingerprints: whether two files are the same recording, however encoded, as loud, or trimmed a little.

Chromaprint (Lalinský 2010, after Ke, Hoiem & Sukthankar 2005) of the first two minutes, by ffmpeg: 32 bits about
every 0.124 s that say how the energy moves between semitones.
"""

import subprocess

import numpy as np
from numpy.typing import NDArray

from models.speech.audio import ffmpeg

HEARD_S = 120.0
PAUSE_S = 60.0
MOVED = 28
"""Fingerprints, about 3.5 s, by which one recording may begin later than the other."""
LEAST = 24
"""Fingerprints, about 3 s, that must be left to compare."""
ALIKE = 0.22
"""Share of differing bits below which it is the same recording. Re-encoded at 64 kbit/s it is below .1, another piece
is above .3; `tests/models/music/test_fingerprint.py` measures both."""


def of(mono: NDArray[np.float32], rate: int) -> bytes:
    """The fingerprint of `mono` (float32 [samples]): unsigned 32-bit numbers, little-endian. Empty for less than some
    three seconds. Raises RuntimeError where ffmpeg fails."""
    sound = np.ascontiguousarray(mono[: int(HEARD_S * rate)], "<f4")
    command = [ffmpeg.program(), "-nostdin", "-hide_banner", "-loglevel", "error"]
    command += ["-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    command += ["-f", "chromaprint", "-fp_format", "raw", "pipe:1"]
    done = subprocess.run(command, input=sound.tobytes(), capture_output=True, timeout=PAUSE_S, check=False)
    if done.returncode:
        raise RuntimeError(f"ffmpeg made no fingerprint (status {done.returncode})")
    return done.stdout[: len(done.stdout) // 4 * 4]


def same(one: bytes, other: bytes) -> bool:
    """Whether two fingerprints are of the same recording."""
    return difference(one, other) < ALIKE


def difference(one: bytes, other: bytes) -> float:
    """The share of bits that differ where they agree best, in [0, 1]; 1 where too little can be compared."""
    a, b = np.frombuffer(one, "<u4"), np.frombuffer(other, "<u4")
    best = 1.0
    for moved in range(-MOVED, MOVED + 1):
        left, right = (a[moved:], b) if moved >= 0 else (a, b[-moved:])
        length = min(len(left), len(right))
        if length >= LEAST:
            bits = np.bitwise_count(left[:length] ^ right[:length])
            best = min(best, float(bits.mean()) / 32)
    return best
