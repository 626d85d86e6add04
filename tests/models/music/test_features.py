"""Features: the same numbers for the same sound, wherever they are computed, and finite ones for any sound."""

import numpy as np
import pytest

from models.music import features, sound
from models.music.tags import Tags
from tests.rig.tunes import RATE, tune


def test_there_are_eighty_numbers_each_with_its_name() -> None:
    found = features.of(tune(1, 10).mean(axis=1), RATE)
    assert found.shape == (features.SIZE,) == (len(set(features.names())),)
    assert found.dtype == np.float32


def test_the_same_sound_gives_the_same_numbers() -> None:
    mono = tune(1, 10).mean(axis=1)
    np.testing.assert_allclose(features.of(mono, RATE), features.of(mono.copy(), RATE), rtol=0, atol=1e-5)


def test_only_the_middle_counts_of_a_long_piece_and_loudness_never() -> None:
    middle = tune(1, 30).mean(axis=1)
    longer = np.concatenate([tune(2, 10).mean(axis=1), middle, tune(3, 10).mean(axis=1)])
    np.testing.assert_allclose(features.of(longer, RATE), features.of(middle, RATE), atol=1e-4)
    np.testing.assert_allclose(features.of(middle * 0.1, RATE), features.of(middle, RATE), atol=0.05)


def test_an_mp3_of_a_piece_is_described_like_the_piece() -> None:
    """Compared by how much the numbers differ between pieces."""
    spread = np.std([features.of(tune(seed, 15).mean(axis=1), RATE) for seed in range(8)], axis=0) + 1e-6
    again = sound.decoded(sound.as_mp3(tune(1, 15), RATE, Tags(), None)).samples.mean(axis=1)
    apart = np.abs(features.of(again, RATE) - features.of(tune(1, 15).mean(axis=1), RATE)) / spread
    assert np.median(apart) < 0.3


@pytest.mark.parametrize(
    "mono",
    [np.zeros(RATE), np.ones(RATE), np.random.default_rng(1).normal(size=RATE), np.eye(1, RATE)[0], np.zeros(5000)],
)
def test_any_sound_has_numbers(mono: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> None:
    assert np.isfinite(features.of(mono.astype(np.float32), RATE)).all()


def test_too_little_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="too little"):
        features.of(np.zeros(100, np.float32), RATE)


def test_tempo_and_mode_are_found() -> None:
    at = np.arange(20 * RATE) / RATE
    beats = (np.sin(2 * np.pi * 200 * at) * np.exp(-((at * 2) % 1) * 20)).astype(np.float32)
    named = dict(zip(features.names(), features.of(beats, RATE), strict=True))
    assert 2 ** named["log_tempo"] == pytest.approx(120, abs=6)
    chords = {}
    for name, third in (("major", 4), ("minor", 3)):
        steps = [0, third, 7, 12]
        chord = sum(np.sin(2 * np.pi * 220 * 2 ** (step / 12) * at) for step in steps)
        chords[name] = dict(zip(features.names(), features.of(chord.astype(np.float32), RATE), strict=True))["major"]
    assert chords["major"] > 0 > chords["minor"]
