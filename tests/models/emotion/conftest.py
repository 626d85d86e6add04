"""What tests of feelings share: where data and weights may lie, and small heads and sounds made on the spot."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.emotion.head import Card, Head
from models.emotion.voice.classes import CLASSES
from tests.rig.weights import FOLDER, weight

ROOT = Path(__file__).parents[3]


def _shared(kind: str) -> Path | None:
    for above in (ROOT, *ROOT.parents):
        folder = above / "shared" / "data" / kind
        if folder.is_dir():
            return folder
    return None


@pytest.fixture(scope="session")
def voices() -> Path:
    """The folder of voices."""
    folder = _shared("voice")
    if folder is None:
        pytest.skip("the shared folder data/voice is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of texts."""
    folder = _shared("text")
    if folder is None:
        pytest.skip("the shared folder data/text is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def weights() -> Path:
    """A folder in which whisper-base lies."""
    weight("whisper-base")
    return FOLDER


@pytest.fixture
def speechlike() -> NDArray[np.float32]:
    """Two seconds, 16 kHz: a buzz of 140 Hz under two formants, in syllables."""
    time = np.arange(32_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 140 * k * time) / (1 + abs(k * 140 - 700) / 300) for k in range(1, 25))
    syllables = 0.5 + 0.5 * np.sin(2 * np.pi * 3.5 * time)
    sound = buzz * syllables
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def small_head(numbers: int = 5 * 1024, sure_from: float = 0.0, alike_to: float = 1e9) -> Head:
    """A head of chance weights that answers everything unless told otherwise."""
    chance = np.random.default_rng(3)
    return Head(
        card=Card("small", "none", False, ("chance",), CLASSES),
        centre=np.zeros(numbers, np.float32),
        scale=np.ones(numbers, np.float32),
        weight=(chance.standard_normal((numbers, 8)) * 0.01).astype(np.float32),
        bias=np.zeros(8, np.float32),
        gather=np.eye(8, dtype=np.float32),
        temperature=1.0,
        sure_from=sure_from,
        alike_to=alike_to,
        basis=(chance.standard_normal((numbers, 4)) / numbers**0.5).astype(np.float32),
        means=np.zeros((1, 4), np.float32),
        extras={"seen": np.zeros(0, np.uint32)},
    )
