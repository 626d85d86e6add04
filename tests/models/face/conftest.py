"""Where photos and weights may lie."""

import csv
from pathlib import Path

import pytest

from models.face.finder import LANDMARKER, Finder
from tests.rig.weights import FOLDER, weight

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def faces() -> Path:
    """The folder of faces."""
    for above in (ROOT, *ROOT.parents):
        folder = above / "shared" / "data" / "face"
        if folder.is_dir():
            return folder
    pytest.skip("the shared folder data/face is not beside this checkout")


@pytest.fixture(scope="session")
def photos(faces: Path) -> dict[str, tuple[bytes, int]]:
    """Photos by file name, each with the number of faces that was counted by eye."""
    with (faces / "photos" / "index.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {row["file"]: ((faces / "photos" / row["file"]).read_bytes(), int(row["faces"])) for row in rows}


@pytest.fixture(scope="session")
def finder() -> Finder:
    """The finder upon MediaPipe's networks."""
    weight(LANDMARKER)
    return Finder(FOLDER)
