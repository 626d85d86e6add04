"""Features: what a piece of music is like, as 80 numbers. One extractor for catalogue, query and training.

Of the middle 30 seconds, which are more of the piece than its first ones, at 22.05 kHz, one channel. Raw: whoever
compares scales them first, or the largest number decides alone. librosa (McFee et al. 2015) computes them; its first
call compiles for seconds (`warm`). Loudness itself is not among them: every piece is brought to the same.
"""

from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

VERSION = "music-80-1"
SIZE = 80
RATE = 22_050
MIDDLE_S = 30.0
HOP = 512
MFCCS = 13
KRUMHANSL_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
KRUMHANSL_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each semitone fits a key (Krumhansl & Kessler 1982, Psychological Review 89: 334-368)."""

Floats = NDArray[np.float32]


def names() -> tuple[str, ...]:
    """What each of the numbers is."""
    return (
        *(f"mfcc_{kind}_{n}" for kind in ("mean", "std", "delta") for n in range(MFCCS)),
        *(f"contrast_{kind}_{n}" for kind in ("mean", "std") for n in range(7)),
        *(f"chroma_{n}" for n in range(12)),
        *("major", "key_clarity", "log_tempo", "pulse", "onsets", "level_range", "level_std"),
        *("crossings", "centroid", "centroid_std", "rolloff", "bandwidth", "flatness", "flatness_std"),
        "flux",
    )


def of(mono: Floats, rate: int) -> Floats:
    """The features of `mono` (float32 [samples], `rate` a second): float32 [80]. A short piece is taken whole. Raises
    `ValueError` where there are less than 0.1 s."""
    sound = _middle(mono, rate)
    if len(sound) < 0.1 * RATE:
        raise ValueError("there is too little sound to describe")
    import librosa

    loudest = float(np.abs(sound).max())
    sound = sound / np.float32(loudest) if loudest > 0 else sound
    spectrum = np.abs(librosa.stft(sound, n_fft=2048, hop_length=HOP))
    power = spectrum**2
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE, n_mels=64), ref=1.0, top_db=80)
    mfcc = librosa.feature.mfcc(S=mel, n_mfcc=MFCCS)
    delta = np.diff(mfcc, axis=1) if mfcc.shape[1] > 1 else np.zeros_like(mfcc)
    contrast = librosa.feature.spectral_contrast(S=spectrum, sr=RATE)
    onset = librosa.onset.onset_strength(S=mel, sr=RATE, hop_length=HOP)
    found = np.concatenate(
        [
            *(mfcc.mean(axis=1), mfcc.std(axis=1), delta.std(axis=1)),
            *(contrast.mean(axis=1), contrast.std(axis=1)),
            *(_harmony(librosa, power), _rhythm(librosa, onset), _dynamics(power), _colour(librosa, spectrum, sound)),
            [_flux(spectrum)],
        ]
    )
    finite: Floats = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    return finite


def warm() -> None:
    """Lets librosa compile what it compiles, outside of anybody's request."""
    chance = np.random.default_rng(0)
    of(chance.normal(size=3 * RATE).astype(np.float32), RATE)


def _middle(mono: Floats, rate: int) -> Floats:
    wanted = int(MIDDLE_S * rate)
    start = max(0, (len(mono) - wanted) // 2)
    part = np.ascontiguousarray(mono[start : start + wanted], np.float32)
    resampled: Floats = soxr.resample(part, rate, RATE) if rate != RATE else part
    return resampled


def _harmony(librosa: Any, power: Floats) -> Floats:
    """Chroma from its strongest semitone on (so that a key does not count, but what is played in it does), whether it
    is rather major than minor, and how clearly it is in one key."""
    chroma = librosa.feature.chroma_stft(S=power, sr=RATE, tuning=0.0).mean(axis=1)
    total = chroma.sum()
    chroma = chroma / total if total > 0 else np.full(12, 1 / 12)
    fits = {
        mode: max(_correlation(np.roll(profile, key), chroma) for key in range(12))
        for mode, profile in (("major", KRUMHANSL_MAJOR), ("minor", KRUMHANSL_MINOR))
    }
    rolled = np.roll(chroma, -int(np.argmax(chroma)))
    return np.array([*rolled, fits["major"] - fits["minor"], max(fits.values())], np.float32)


def _correlation(profile: NDArray[np.float64], chroma: Floats) -> float:
    spread = float(np.std(chroma)) * float(np.std(profile))
    if spread <= 0:
        return 0.0
    return float(((profile - profile.mean()) * (chroma - chroma.mean())).mean()) / spread


def _rhythm(librosa: Any, onset: Floats) -> Floats:
    """log2 of the tempo in beats a minute, how clear its pulse is, and onsets a second."""
    if len(onset) < 8 or float(onset.max()) <= 0:
        return np.zeros(3, np.float32)
    tempo = float(np.atleast_1d(librosa.feature.tempo(onset_envelope=onset, sr=RATE, hop_length=HOP))[0])
    own = librosa.autocorrelate(onset - onset.mean(), max_size=min(len(onset), 4 * RATE // HOP))
    lag = round(60 * RATE / HOP / tempo) if tempo > 0 else 0
    pulse = float(own[lag] / own[0]) if 0 < lag < len(own) and own[0] > 0 else 0.0
    found = librosa.onset.onset_detect(onset_envelope=onset, sr=RATE, hop_length=HOP)
    return np.array([np.log2(max(tempo, 1.0)), pulse, len(found) / (len(onset) * HOP / RATE)], np.float32)


def _dynamics(power: Floats) -> Floats:
    """Range (10th to 95th hundredth) and deviation of the level in dB."""
    level = 10 * np.log10(np.maximum(power.sum(axis=0), 1e-9))
    level = np.maximum(level, level.max() - 60)
    return np.array([np.quantile(level, 0.95) - np.quantile(level, 0.10), level.std()], np.float32)


def _colour(librosa: Any, spectrum: Floats, sound: Floats) -> Floats:
    """Where in the spectrum the sound lies, and how much it is like noise."""
    centroid = librosa.feature.spectral_centroid(S=spectrum, sr=RATE)[0] / 1000
    flatness = np.log10(np.maximum(librosa.feature.spectral_flatness(S=spectrum)[0], 1e-8))
    return np.array(
        [
            librosa.feature.zero_crossing_rate(sound, hop_length=HOP).mean(),
            *(centroid.mean(), centroid.std()),
            librosa.feature.spectral_rolloff(S=spectrum, sr=RATE).mean() / 1000,
            librosa.feature.spectral_bandwidth(S=spectrum, sr=RATE).mean() / 1000,
            *(flatness.mean(), flatness.std()),
        ],
        np.float32,
    )


def _flux(spectrum: Floats) -> float:
    """How much the spectrum changes from one moment to the next."""
    each = spectrum / np.maximum(np.linalg.norm(spectrum, axis=0), 1e-9)
    return float(np.linalg.norm(np.diff(each, axis=1), axis=0).mean()) if each.shape[1] > 1 else 0.0
