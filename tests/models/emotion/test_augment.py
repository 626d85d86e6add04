"""What is done to training sounds keeps their length and their speech."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.emotion.voice.augment import changed, narrowed, opus


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_sound_is_as_long_finite_and_in_range(speechlike: NDArray[np.float32], seed: int) -> None:
    result = changed(speechlike, seed)
    assert result.shape == speechlike.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.abs(result).max() <= 1.5


def test_a_seed_makes_a_change_repeatable(speechlike: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(changed(speechlike, 7), changed(speechlike, 7))


def test_opus_keeps_the_sound_in_its_place(speechlike: NDArray[np.float32]) -> None:
    assert np.corrcoef(speechlike, opus(speechlike))[0, 1] > 0.9


def test_a_narrow_band_holds_little_above_it(speechlike: NDArray[np.float32]) -> None:
    spectrum = np.abs(np.fft.rfft(narrowed(speechlike, 1_500))) ** 2
    frequency = np.fft.rfftfreq(len(speechlike), 1 / 16_000)
    assert spectrum[frequency > 3_000].sum() < 0.001 * spectrum.sum()
