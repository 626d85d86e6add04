"""The head that reads moods says what it may say, and no more."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.emotion.head import UnreadableHead
from models.music.features import SIZE
from models.music.moods import MOODS
from models.music.predict import HEAD, MoodReader


@pytest.fixture(scope="module")
def reader() -> MoodReader:
    return MoodReader()


def near(reader: MoodReader, seed: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Features as a piece may have them."""
    chance = np.random.default_rng(seed)
    return (reader.head.centre + 0.3 * chance.normal(size=SIZE) * reader.head.scale).astype(np.float32)


def test_a_reading_is_six_probabilities_a_place_and_how_sure_it_is(reader: MoodReader) -> None:
    for seed in range(20):
        reading = reader.read(near(reader, seed))
        assert tuple(reading.probabilities) == MOODS
        assert math.isclose(sum(reading.probabilities.values()), 1, abs_tol=1e-5)
        assert all(0 <= chance <= 1 for chance in reading.probabilities.values())
        assert -1 <= reading.valence <= 1
        assert -1 <= reading.arousal <= 1
        assert reading.sure == pytest.approx(max(reading.probabilities.values()))
        assert reading.model == reader.head.card.name


def test_of_a_sound_unlike_everything_it_says_nothing(reader: MoodReader) -> None:
    strange = (reader.head.centre + 50 * reader.head.scale).astype(np.float32)
    reading = reader.read(strange)
    assert reading.sure == 0
    assert set(np.round(list(reading.probabilities.values()), 5)) == {round(1 / 6, 5)}


def test_what_the_index_gets_is_scaled_by_the_training_data(reader: MoodReader) -> None:
    raw = np.stack([reader.head.centre, reader.head.centre + reader.head.scale])
    scaled = reader.scaled(raw)
    assert scaled.dtype == np.float32
    assert scaled.shape == (2, SIZE)
    assert np.allclose(scaled, [[0], [1]], atol=1e-3)


@pytest.mark.parametrize("raw", [np.zeros(79, np.float32), np.zeros((1, SIZE), np.float32)])
def test_another_size_is_refused(
    reader: MoodReader, raw: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
) -> None:
    with pytest.raises(ValueError, match="80"):
        reader.read(raw)


def test_features_that_are_no_numbers_are_refused(reader: MoodReader) -> None:
    raw = near(reader, 0)
    raw[3] = np.nan
    with pytest.raises(ValueError, match="not a number"):
        reader.read(raw)


def test_serving_needs_neither_librosa_nor_what_the_head_was_learned_with() -> None:
    code = (
        "import sys\n"
        "from models.music.predict import MoodReader\n"
        "import numpy as np\n"
        "MoodReader().read(np.zeros(80, np.float32))\n"
        "print(sorted({'sklearn', 'scipy', 'librosa', 'numba', 'pyloudnorm', 'soxr'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['soxr']")


def test_the_head_is_small_and_names_what_it_was_learned_from(reader: MoodReader) -> None:
    assert HEAD.stat().st_size < 1_000_000
    assert reader.head.card.classes == MOODS
    assert reader.head.card.trained_on
    assert reader.head.card.licence


def test_a_file_that_is_no_head_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(b"no head")
    with pytest.raises(UnreadableHead):
        MoodReader(path)
