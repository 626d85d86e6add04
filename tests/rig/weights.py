"""The weights that tests use. Read while collecting: each test runs with no setting in its environment."""

import os
from pathlib import Path

import pytest

from models.weights import MissingWeight, find

FOLDER = Path(os.environ.get("HEED_WEIGHTS") or Path(__file__).parents[2] / ".heed" / "weights")


def weight(name: str) -> Path:
    """The file of the manifest called `name`; skips the test, saying what fetches it, where it is not there."""
    try:
        return find(name, FOLDER)
    except MissingWeight as missing:
        pytest.skip(str(missing))
