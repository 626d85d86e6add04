"""The three pictures of an evaluation are drawn by one hand, for every room alike."""

from pathlib import Path

import numpy as np
from PIL import Image

from models.emotion import plots
from models.emotion.labels import FEELINGS


def test_an_evaluation_leaves_three_pictures_that_can_be_opened(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    truth, guess = chance.integers(0, len(FEELINGS), (2, 60))
    plots.three((truth, guess), chance.uniform(0.2, 1.0, 60), (0.7, 0.4), FEELINGS, tmp_path / "plots")
    found = sorted((tmp_path / "plots").iterdir())
    assert [path.name for path in found] == ["confusion.png", "reliability.png", "risk_coverage.png"]
    for path in found:
        with Image.open(path) as image:
            assert min(image.size) > 200
