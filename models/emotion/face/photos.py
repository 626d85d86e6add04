"""Labelled photos: a folder with index.csv, or a zip that holds one, each row a picture and what its face shows."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.dataset import INDEX, UnreadableData, indexed
from models.emotion.labels import FEELINGS, Feeling

SYNONYMS: dict[str, Feeling] = {
    **{feeling: feeling for feeling in FEELINGS},
    "angry": "anger",
    "disgusted": "disgust",
    "fearful": "fear",
    "happy": "happiness",
    "joy": "happiness",
    "sad": "sadness",
    "surprised": "surprise",
}
FILES, LABELS = ("path", "file", "image"), ("label7", "label", "emotion", "expression")
"""Columns that name the picture and what it shows; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture's place, its label among the seven, and the groups that its row names (`skin`, `age`, …)."""

    name: str
    label: Feeling
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Photos:
    """The labelled photos of `place`, and how many rows had no label among the seven."""

    place: Path
    rows: list[Photo]
    unlabelled: int

    def files(self) -> Iterator[tuple[Photo, bytes]]:
        """Each photo with its file. Raises `UnreadableData`."""
        if self.place.is_dir():
            for row in self.rows:
                try:
                    yield row, (self.place / row.name).read_bytes()
                except OSError as error:
                    raise UnreadableData(
                        f"{self.place.name} holds no {row.name or 'file for a row without a name'} ({error.strerror})"
                    ) from None
            return
        with zipfile.ZipFile(self.place) as opened:
            for row in self.rows:
                try:
                    yield row, opened.read(row.name)
                except (KeyError, zipfile.BadZipFile):
                    raise UnreadableData(f"{self.place.name} holds no {row.name}") from None


def photos(data: Path) -> Photos:
    """The labelled photos that `data` (a zip, a folder, or its index.csv) names. Raises `UnreadableData`."""
    if data.is_file() and zipfile.is_zipfile(data):
        place, table = data, _zipped(data)
    else:
        place = data if data.is_dir() else data.parent
        table = _foldered(data)
    file, label = (next((name for name in names if name in table[0]), None) for names in (FILES, LABELS))
    if file is None or label is None:
        raise UnreadableData(f"{INDEX} needs a column {' or '.join(FILES)}, and {' or '.join(LABELS)}")
    found = []
    for row in table:
        feeling = SYNONYMS.get(row[label].strip().lower())
        if feeling is not None:
            groups = {name: row[name] for name in ("skin", "skin_tone", "age", "age_group") if row.get(name)}
            found.append(Photo(row[file], feeling, groups))
    if not found:
        raise UnreadableData(f"{INDEX} has no picture with a label that is known here")
    return Photos(place, found, len(table) - len(found))


def _foldered(data: Path) -> list[dict[str, str]]:
    """The rows of a folder's index; its pictures are named by `path`, or by one of the other columns."""
    index = data / INDEX if data.is_dir() else data
    if index.is_file():
        with index.open(encoding="utf-8-sig", newline="") as opened:
            table = _rows(opened, index.name)
        if table and not table[0].get("path"):
            return table
    return indexed(data)[1]


def _zipped(data: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(data) as opened:
        if INDEX not in opened.namelist():
            raise UnreadableData(f"{data.name} holds neither labels.csv nor {INDEX}")
        table = _rows(io.TextIOWrapper(opened.open(INDEX), "utf-8-sig", newline=""), data.name)
    if not table:
        raise UnreadableData(f"{INDEX} in {data.name} has no rows")
    return table


def _rows(opened: Iterable[str], name: str) -> list[dict[str, str]]:
    try:
        return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(opened)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableData(f"{INDEX} of {name} cannot be read as a table ({type(error).__name__})") from None
