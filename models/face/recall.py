"""How many of the faces that people counted in photos are found: a folder with index.csv, and `faces` in each row.

Groups are looked at three times: as they are, made so small that their narrowest face is as narrow as a face may be
(`NARROW`), and so small within a picture of `WITHIN` pixels, most of which is empty."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from models.dataset import INDEX, UnreadableData
from models.face.finder import Finder
from models.face.picture import Picture, opened
from models.face.refusal import BadPicture

COUNTED = "faces"
NARROW = 24.0
"""Pixels of the narrowest face of a group that has been made small."""
WITHIN = (2_048, 1_536)


@dataclass
class Tally:
    """Of `there` faces that were counted, `found` were found."""

    there: int = 0
    found: int = 0

    def add(self, there: int, found: int) -> None:
        self.there += there
        self.found += min(there, found)

    @property
    def recall(self) -> float | None:
        """Share of the faces; None where none was counted."""
        return round(self.found / self.there, 4) if self.there else None


@dataclass
class Counts:
    """`wrong`: faces that were found and that nobody counted. `unread`: pictures that could not be opened."""

    pictures: int = 0
    portraits: Tally = field(default_factory=Tally)
    groups: Tally = field(default_factory=Tally)
    small: Tally = field(default_factory=Tally)
    small_within: Tally = field(default_factory=Tally)
    wrong: int = 0
    unread: int = 0

    def report(self) -> dict[str, Any]:
        """The JSON object of an evaluation."""
        tallies = {
            "recall_portraits": self.portraits,
            "recall_groups": self.groups,
            f"recall_groups_at_{NARROW:.0f}": self.small,
            f"recall_groups_at_{NARROW:.0f}_within_{WITHIN[0]}": self.small_within,
        }
        return {
            "task": "face",
            "n": self.pictures,
            "protocol": "faces counted by eye; a picture with one is a portrait, with more a group",
            "metrics": {name: tally.recall for name, tally in tallies.items()} | {"wrong": self.wrong},
            "by_group": {
                name.removeprefix("recall_"): {"n": tally.there, "recall": tally.recall}
                for name, tally in tallies.items()
                if tally.recall is not None
            },
            "faces": {name: f"{tally.found} of {tally.there}" for name, tally in tallies.items()},
            "unread": self.unread,
            "model": "face-landmarker",
        }


def is_counted(data: Path) -> bool:
    """Whether `data` is a folder, or its index.csv, in which faces were counted and feelings were not named."""
    index = _index(data)
    if not index.is_file() or index.suffix != Path(INDEX).suffix:
        return False
    with index.open(encoding="utf-8-sig", errors="replace", newline="") as opened_index:
        names = next(csv.reader(opened_index), [])
    return COUNTED in names and not {"label", "label7", "emotion", "expression"} & set(names)


def counted(data: Path, finder: Finder) -> Counts:
    """What `finder` finds in the photos of `data`. Raises `UnreadableData`."""
    counts = Counts()
    for path, there in _rows(_index(data)):
        try:
            picture = opened(path.read_bytes())
        except OSError as error:
            raise UnreadableData(f"{path.name} cannot be read ({type(error).__name__})") from None
        except BadPicture:
            counts.unread += 1
            continue
        counts.pictures += 1
        faces = finder.faces(picture)
        (counts.groups if there > 1 else counts.portraits).add(there, len(faces))
        counts.wrong += max(0, len(faces) - there)
        if there > 1 and len(faces) >= there and (share := NARROW / min(face.width for face in faces)) <= 1:
            small = _smaller(picture, share)
            counts.small.add(there, len(finder.faces(small)))
            counts.small_within.add(there, len(finder.faces(_within(small))))
    return counts


def _index(data: Path) -> Path:
    return data / INDEX if data.is_dir() else data


def _rows(index: Path) -> Iterator[tuple[Path, int]]:
    with index.open(encoding="utf-8-sig", newline="") as opened_index:
        for row in csv.DictReader(opened_index):
            name, number = row.get("file") or row.get("path") or "", row.get(COUNTED) or ""
            if not name or not number.isdecimal():
                raise UnreadableData(f"{INDEX} needs a file and a number of {COUNTED} in each row")
            yield index.parent / name, int(number)


def _smaller(picture: Picture, share: float) -> Picture:
    size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    return Picture(np.asarray(Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS)))


def _within(picture: Picture) -> Picture:
    """The picture a third of the way into a large grey one."""
    large = Image.new("RGB", WITHIN, (120, 115, 110))
    large.paste(Image.fromarray(picture.pixels), tuple(side // 3 for side in WITHIN))  # type: ignore[arg-type]
    return Picture(np.asarray(large))
