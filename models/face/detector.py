"""Where faces are, by MediaPipe's short-range BlazeFace (Bazarevsky et al. 2019), on a pyramid of overlapping tiles.

The network sees 128x128 pixels and finds faces that fill at least a seventh of them. So a picture is first shown
whole; where that finds nobody, or faces so small that there may be smaller ones, it is shown in tiles, at twice the
size each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.face.network import DETECTOR, Network

Floats = NDArray[np.float32]

SEEN = 128
"""Pixels of the network's side, and what its numbers are divided by."""
CELLS = ((16, 2), (8, 6))
"""Cells a side and anchors in each: strides 8 and 16 of 128, the latter three layers of two."""
SURE = 0.5
"""Least score, as MediaPipe's own."""
SAME = 0.3
"""Overlap (intersection over union) from which two boxes are one face."""
SMALL = 30.0
"""A face of fewer of the 128 pixels than this may have smaller ones beside it."""
SIDES = (256, 512, 1_024, 2_048)
"""Longer side of the picture, at which it is shown in tiles."""
STRIDE = 84
"""From tile to tile: what lies on one's edge is within the next, up to 44 pixels."""


@dataclass(frozen=True, slots=True)
class Found:
    """A face's place in pixels of the picture: `box` (x, y, w, h), the person's `right` and `left` eye, a score."""

    box: tuple[float, float, float, float]
    right: tuple[float, float]
    left: tuple[float, float]
    score: float

    @property
    def side(self) -> float:
        return max(self.box[2], self.box[3])


class Detector:
    """The network in the bundle `path`."""

    def __init__(self, path: Path) -> None:
        self._network = Network(path, DETECTOR)
        self._anchors = _anchors()

    def faces(self, image: Image.Image) -> list[Found]:
        """Every face in the RGB `image`, the surest first."""
        longest = max(image.size)
        found = self._whole(image, 1.0) or self._whole(image, 2.0)
        seen = min((face.side for face in found), default=0.0) * SEEN / longest
        for number, side in enumerate(SIDES):
            if found and seen >= SMALL:
                break
            if side >= 2 * longest or (number == len(SIDES) - 1 and not found):
                break
            found = distinct([*found, *self._tiled(image, min(side, longest))])
            seen = min((face.side for face in found), default=0.0) * side / longest
        return found

    def _whole(self, image: Image.Image, room: float) -> list[Found]:
        """The picture in the middle of a square that is `room` times as large as it is."""
        longest = max(image.size)
        size = [max(1, round(length / longest * SEEN / room)) for length in image.size]
        small = image.resize((size[0], size[1]), Image.Resampling.BILINEAR, reducing_gap=2.0)
        shown = np.zeros((SEEN, SEEN, 3), np.uint8)
        left, top = (SEEN - size[0]) // 2, (SEEN - size[1]) // 2
        shown[top : top + size[1], left : left + size[0]] = np.asarray(small)
        return distinct(self._shown(shown, (left, top), longest * room / SEEN))

    def _tiled(self, image: Image.Image, side: int) -> Iterator[Found]:
        scale = max(image.size) / side
        size = [max(SEEN, round(length / scale)) for length in image.size]
        within = max(1, round(image.width / scale)), max(1, round(image.height / scale))
        small = np.asarray(image.resize(within, Image.Resampling.BILINEAR, reducing_gap=2.0))
        shown = np.zeros((size[1], size[0], 3), np.uint8)
        shown[: small.shape[0], : small.shape[1]] = small
        for top in _starts(size[1]):
            for left in _starts(size[0]):
                tile = shown[top : top + SEEN, left : left + SEEN]
                yield from self._shown(tile, (-left, -top), scale)

    def _shown(self, tile: NDArray[np.uint8], offset: tuple[int, int], scale: float) -> list[Found]:
        """Faces in one view, in pixels of the picture: a pixel of the view less `offset`, times `scale`."""
        given = tile.astype(np.float32)[None] / np.float32(127.5) - np.float32(1)
        boxes, logits = self._network(given)
        scores = 1 / (1 + np.exp(-np.clip(logits.reshape(-1), -80, 80)))
        chosen = np.flatnonzero(scores >= SURE)
        places = boxes.reshape(-1, 8, 2)[chosen]
        places[:, [0, *range(2, 8)]] += self._anchors[chosen][:, None]
        found = []
        for number, points in zip(chosen, places, strict=True):
            points = points.astype(np.float64)
            size = points[1] * scale
            middle, right, left = ((points[each] - offset) * scale for each in (0, 2, 3))
            corner = middle - size / 2
            box = (float(corner[0]), float(corner[1]), float(size[0]), float(size[1]))
            eyes = (float(right[0]), float(right[1])), (float(left[0]), float(left[1]))
            found.append(Found(box, *eyes, float(scores[number])))
        return found


def distinct(found: Sequence[Found]) -> list[Found]:
    """Each face once: of boxes that overlap, the surest."""
    kept: list[Found] = []
    for face in sorted(found, key=lambda each: -each.score):
        if all(not same(face.box, other.box) for other in kept):
            kept.append(face)
    return kept


def same(one: Sequence[float], two: Sequence[float]) -> bool:
    """Whether two boxes (x, y, w, h) are one face: they overlap, or one lies within the other."""
    width = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    height = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    if width <= 0 or height <= 0:
        return False
    shared, first, second = width * height, one[2] * one[3], two[2] * two[3]
    return shared / (first + second - shared) > SAME or shared / min(first, second) > 0.7


def _starts(length: int) -> list[int]:
    """Where tiles begin so that they cover `length` and the last ends with it."""
    if length <= SEEN:
        return [0]
    count = -(-(length - SEEN) // STRIDE)
    return [round((length - SEEN) * number / count) for number in range(count + 1)]


def _anchors() -> Floats:
    """The middle of every anchor's cell, in pixels of 128: [896, 2]."""
    found = []
    for cells, each in CELLS:
        places = (np.arange(cells, dtype=np.float32) + 0.5) * SEEN / cells
        down, across = np.meshgrid(places, places, indexing="ij")
        found.append(np.repeat(np.stack([across.ravel(), down.ravel()], axis=1), each, axis=0))
    return np.concatenate(found)
