"""What composed pieces are like, measured: `python -m models.music.compose.measure [MOOD/NUMBER …]` prints a table.

Loudness, peak and silence of the sound itself; and tempo and key as librosa hears them, beside those that were meant.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from models.music import sound
from models.music.compose.piece import Piece, compose
from models.music.compose.theory import SCALES, TONICS
from models.music.compose.voices import RATE
from models.music.moods import MOODS

HEARD_RATE = 22_050
QUIET = 0.003  # -50 dB of full scale
COLUMNS = ("piece", "title", "s", "CPU s/30 s", "LUFS", "peak", "quiet", "click", "tempo", "heard", "key", "heard")


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu_s`: of the processor for 30 s of music. `quiet`: share of its seconds without sound. `click`: the largest
    amount above 15 kHz within 23 ms, where music of these voices has hardly any."""

    piece: Piece
    cpu_s: float
    loudness: float
    peak: float
    quiet: float
    click: float
    tempo_heard: float
    key_heard: str


def measured(piece: Piece, cpu_s: float = 0.0) -> Measured:
    mono = piece.samples.mean(axis=1)
    seconds = np.abs(mono[: len(mono) // RATE * RATE]).reshape(-1, RATE).max(axis=1)
    blocks = mono[: len(mono) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    high = np.abs(np.fft.rfft(blocks, axis=1))[:, int(15_000 / RATE * 1024) :]
    return Measured(
        piece,
        cpu_s / piece.seconds * 30,
        sound.loudness(piece.samples, RATE),
        float(np.abs(piece.samples).max()),
        float((seconds < QUIET).mean()),
        float(high.max()),
        tempo_heard(piece),
        key_heard(piece),
    )


def tempo_heard(piece: Piece) -> float:
    """Beats a minute, as librosa hears them in the first 40 seconds, brought into the octave that was meant."""
    import librosa

    onset = librosa.onset.onset_strength(y=_beginning(piece), sr=HEARD_RATE)
    tempo = float(np.atleast_1d(librosa.feature.tempo(onset_envelope=onset, sr=HEARD_RATE))[0])
    return min((tempo * times for times in (0.25, 0.5, 1, 2)), key=lambda each: abs(each - piece.tempo))


def key_heard(piece: Piece) -> str:
    """The tonic upon which the piece's mode fits best what librosa hears in the first 40 seconds."""
    import librosa

    chroma = librosa.feature.chroma_stft(y=_beginning(piece), sr=HEARD_RATE, tuning=0.0, n_fft=8192).mean(axis=1)
    mode = piece.key.partition(" ")[2]
    shares = [sum(chroma[(tonic + step) % 12] for step in SCALES[mode]) for tonic in range(12)]
    return TONICS[int(np.argmax(shares))]


def _beginning(piece: Piece) -> NDArray[np.float32]:
    beginning: NDArray[np.float32] = soxr.resample(piece.samples[: 40 * RATE].mean(axis=1), RATE, HEARD_RATE)
    return beginning


def main(arguments: Sequence[str]) -> int:
    wanted = [each.partition("/") for each in arguments] or [(mood, "/", str(n)) for mood in MOODS for n in (0, 1)]
    rows = []
    for mood, _, number in wanted:
        known = next((each for each in MOODS if each == mood), None)
        if known is None or not number.isdigit():
            sys.stderr.write(f"a piece is named MOOD/NUMBER, and the moods are {', '.join(MOODS)}\n")
            return 2
        began = time.process_time()
        piece = compose(known, int(number))
        rows.append(measured(piece, time.process_time() - began))
    print("| " + " | ".join(COLUMNS) + " |")
    print("| " + " | ".join("---" for _ in COLUMNS) + " |")
    for row in rows:
        piece = row.piece
        cells = (
            *(f"{piece.mood}/{piece.number}", piece.title, f"{piece.seconds:.0f}", f"{row.cpu_s:.2f}"),
            *(f"{row.loudness:.1f}", f"{row.peak:.2f}", f"{row.quiet:.2f}", f"{row.click:.2f}"),
            *(str(piece.tempo), f"{row.tempo_heard:.0f}", piece.key, row.key_heard),
        )
        print("| " + " | ".join(cells) + " |")
    tempos = [abs(row.tempo_heard - row.piece.tempo) <= 0.04 * row.piece.tempo for row in rows]
    keys = [row.piece.key.split()[0] == row.key_heard for row in rows]
    print(f"\ntempo heard within 4 %: {sum(tempos)} of {len(rows)}; key heard: {sum(keys)} of {len(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
