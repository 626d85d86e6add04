"""Looking at many faces once: tiles and movements, kept in a file named by what they were made from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from models.arrays import keep
from models.emotion.face.inputs import MOVING, moves
from models.emotion.face.photos import Photos
from models.emotion.face.predict import seen
from models.emotion.head import Head
from models.face.finder import Finder
from models.face.picture import Picture, opened
from models.face.refusal import BadPicture, Box, NoFace
from models.face.warp import Pyramid

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

VERSION = 1
"""Counted up whenever a picture would be seen otherwise than before."""
FILLS = Box(0.075, 0.075, 0.85, 0.85)
"""What of a tile of FER2013 its face fills."""


@dataclass(frozen=True, slots=True)
class Looked:
    """`tiles` uint8 [n, 48, 48], `moves` [n, 51] (not a number where there were no landmarks), `yaw` in degrees and
    `brightness` 0..1 [n]; `refused` [n] is the key of what was wrong with the picture, or empty."""

    tiles: Bytes
    moves: Floats
    yaw: Floats
    brightness: Floats
    refused: NDArray[np.str_]

    def part(self, chosen: NDArray[np.bool_]) -> "Looked":
        """The rows `chosen`."""
        return Looked(
            self.tiles[chosen], self.moves[chosen], self.yaw[chosen], self.brightness[chosen], self.refused[chosen]
        )


def marks(tiles: Bytes) -> NDArray[np.uint32]:
    """A short mark of each tile, by which an evaluation knows what a head was fitted to."""
    found = [int.from_bytes(hashlib.sha256(tile.tobytes()).digest()[:4], "big") for tile in tiles]
    return np.array(found, np.uint32)


def among(tiles: Bytes, head: Head) -> NDArray[np.bool_]:
    """Which of `tiles` `head` was fitted to."""
    return np.asarray(np.isin(marks(tiles), head.extras.get("seen", np.zeros(0, np.uint32))), np.bool_)


def at_tiles(tiles: Bytes, finder: Finder, folder: Path) -> Looked:
    """Faces that are tiles already: the tile as it is, and what landmarks say of it."""
    path = folder / f"tiles-{_mark(tiles.tobytes())}.npz"
    if path.is_file():
        return _read(path)
    movements, yaws = np.full((len(tiles), len(MOVING)), np.nan, np.float32), np.full(len(tiles), np.nan, np.float32)
    for number, tile in enumerate(track(tiles, "landmarks", console=Console(stderr=True))):
        face = finder.within(Picture(np.repeat(tile[..., None], 3, axis=2)), FILLS)
        if face is not None:
            movements[number], yaws[number] = moves(face.movements), face.pose.yaw
    light = (tiles.mean(axis=(1, 2)) / 255).astype(np.float32)
    return _written(path, Looked(tiles, movements, yaws, light, np.full(len(tiles), "", "<U32")))


def at_photos(photos: Photos, finder: Finder, folder: Path) -> Looked:
    """Faces in photos, each found and laid out as it is when served; the largest where there are several."""
    names = "\n".join(row.name for row in photos.rows)
    path = folder / f"photos-{_mark(f'{photos.place} {photos.place.stat().st_mtime_ns} {names}'.encode())}.npz"
    if path.is_file():
        return _read(path)
    count = len(photos.rows)
    tiles, movements = np.zeros((count, 48, 48), np.uint8), np.full((count, len(MOVING)), np.nan, np.float32)
    yaws, light = np.full(count, np.nan, np.float32), np.full(count, np.nan, np.float32)
    refused = np.full(count, "", "<U32")
    files = track(photos.files(), "photos", total=count, console=Console(stderr=True))
    for number, (_, data) in enumerate(files):
        try:
            picture = opened(data)
            pyramid = Pyramid(picture.pixels)
            faces = finder.faces(picture, pyramid)
            if not faces:
                raise NoFace
            face = seen(pyramid, faces[0])
        except BadPicture as bad:
            refused[number] = bad.key
            continue
        tiles[number], movements[number] = face.tile, moves(face.movements)
        yaws[number], light[number] = face.yaw, face.brightness
    return _written(path, Looked(tiles, movements, yaws, light, refused))


def groups_of(looked: Looked) -> dict[str, NDArray[np.bool_]]:
    """Which faces are dark, bright, turned: by name."""
    light, yaw = looked.brightness, np.abs(looked.yaw)
    return {
        "brightness:dark (under 0.3)": light < 0.3,
        "brightness:middle": (light >= 0.3) & (light < 0.6),
        "brightness:bright (from 0.6)": light >= 0.6,
        "pose:frontal (under 15°)": yaw < 15,
        "pose:half turned (15° to 30°)": (yaw >= 15) & (yaw < 30),
        "pose:turned (from 30°)": yaw >= 30,
        "pose:no landmarks": np.isnan(yaw) & (looked.refused == ""),
    }


def _mark(content: bytes) -> str:
    return hashlib.sha256(str(VERSION).encode() + content).hexdigest()[:24]


def _read(path: Path) -> Looked:
    with np.load(path, allow_pickle=False) as file:
        return Looked(*(file[name] for name in Looked.__slots__))


def _written(path: Path, looked: Looked) -> Looked:
    path.parent.mkdir(parents=True, exist_ok=True)
    keep(path, {name: getattr(looked, name) for name in Looked.__slots__})
    return looked
