"""FER2013 with the votes of FER+, as a zip of sheets: `sheet_NNN.png` of 20 x 50 tiles, and `labels.csv`."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.dataset import UnreadableData
from models.emotion.face.tile import SIDE
from models.emotion.labels import FEELINGS

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

LABELS = "labels.csv"
DOWN, ACROSS = 20, 50
VOTES = {
    "anger": "fp_anger",
    "disgust": "fp_disgust",
    "fear": "fp_fear",
    "happiness": "fp_happiness",
    "sadness": "fp_sadness",
    "surprise": "fp_surprise",
    "neutral": "fp_neutral",
}
BESIDES = ("fp_contempt", "fp_unknown", "fp_NF")
"""Votes for none of the seven."""
AGREED = 5
"""Votes of ten that make a majority (Barsoum et al. 2016)."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """`tiles` uint8 [n, 48, 48]; `votes` float32 [n, 7] in the order of `FEELINGS`, and `besides` [n, 3]; `usage` [n]
    is the part of FER2013 each belongs to."""

    tiles: Bytes
    votes: Floats
    besides: Floats
    usage: NDArray[np.str_]

    def part(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Sheets":
        """The rows `chosen`."""
        return Sheets(self.tiles[chosen], self.votes[chosen], self.besides[chosen], self.usage[chosen])

    @property
    def targets(self) -> Floats:
        """How the votes for the seven fell, sum 1: what is learned (Barsoum et al. 2016)."""
        return np.asarray(self.votes / np.maximum(self.votes.sum(axis=1, keepdims=True), 1.0), np.float32)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The feeling most voted for, as its place in `FEELINGS`."""
        return np.asarray(self.votes.argmax(axis=1), np.int64)

    @property
    def agreed(self) -> NDArray[np.bool_]:
        """Whether at least five of ten voted for one of the seven."""
        return np.asarray(self.votes.max(axis=1) >= AGREED, np.bool_)

    @property
    def facial(self) -> NDArray[np.bool_]:
        """Whether one of the seven was voted for more often than anything else."""
        return np.asarray(self.votes.max(axis=1) > self.besides.max(axis=1), np.bool_)


def are_sheets(path: Path) -> bool:
    """Whether `path` is a zip of sheets."""
    if not (path.is_file() and zipfile.is_zipfile(path)):
        return False
    with zipfile.ZipFile(path) as opened:
        return LABELS in opened.namelist()


def sheets(path: Path) -> Sheets:
    """All tiles and votes in the zip `path`. Raises `UnreadableData`."""
    try:
        with zipfile.ZipFile(path) as opened:
            text = io.TextIOWrapper(opened.open(LABELS), "utf-8-sig", newline="")
            rows = list(csv.DictReader(text))
            names = sorted(name for name in opened.namelist() if name.endswith(".png"))
            tiles = [_cut(opened.read(name)) for name in names]
    except FileNotFoundError:
        raise UnreadableData(f"{path} is not there; --data names another place") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, csv.Error) as error:
        raise UnreadableData(f"{path.name} is no zip of sheets with {LABELS} ({type(error).__name__})") from None
    joined = np.concatenate(tiles) if tiles else np.zeros((0, SIDE, SIDE), np.uint8)
    if not rows or len(joined) < len(rows):
        raise UnreadableData(f"{path.name} has fewer tiles than {LABELS} has rows")
    try:
        place = np.array([int(row["index"]) for row in rows], np.intp)
        votes = np.array([[float(row[VOTES[feeling]]) for feeling in FEELINGS] for row in rows], np.float32)
        besides = np.array([[float(row[name]) for name in BESIDES] for row in rows], np.float32)
        return Sheets(joined[place], votes, besides, np.array([row.get("usage") or "unknown" for row in rows]))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise UnreadableData(f"{LABELS} in {path.name} lacks readable votes ({type(error).__name__})") from None


def _cut(data: bytes) -> Bytes:
    """The tiles of one sheet, row by row. Raises ValueError for another size."""
    with Image.open(io.BytesIO(data)) as opened:
        sheet = np.asarray(opened.convert("L"))
    return sheet.reshape(DOWN, SIDE, ACROSS, SIDE).transpose(0, 2, 1, 3).reshape(-1, SIDE, SIDE)
