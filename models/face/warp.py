"""A turned square cut out of a picture, at a size of its own, without the coarse grain that large steps leave."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Square:
    """A square in pixels of a picture: its middle, its side, and by how many radians its upper edge falls to the
    right."""

    x: float
    y: float
    side: float
    turn: float

    def to_picture(self, points: Floats) -> Floats:
        """`points` [n, 2] in shares of the square, as pixels of the picture."""
        across, down = (points[:, 0] - 0.5) * self.side, (points[:, 1] - 0.5) * self.side
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return np.stack([self.x + across * cos - down * sin, self.y + across * sin + down * cos], axis=1).astype(
            np.float32
        )


class Pyramid:
    """A picture, and its halves as they are asked for."""

    def __init__(self, pixels: Bytes) -> None:
        self._levels = [Image.fromarray(pixels)]

    @property
    def image(self) -> Image.Image:
        """The picture itself."""
        return self._levels[0]

    def cut(self, square: Square, pixels: int) -> Bytes:
        """`square` as uint8 [pixels, pixels, 3]; black where it leaves the picture."""
        number = max(0, int(math.log2(max(square.side / pixels, 1.0))))
        while len(self._levels) <= number and min(self._levels[-1].size) >= 2:
            self._levels.append(self._levels[-1].reduce(2))
        number = min(number, len(self._levels) - 1)
        level = self._levels[number]
        wide, high = level.width / self._levels[0].width, level.height / self._levels[0].height
        step = square.side / pixels
        cos, sin = math.cos(square.turn) * step, math.sin(square.turn) * step
        left = square.x - (cos - sin) * pixels / 2
        top = square.y - (sin + cos) * pixels / 2
        numbers = (cos * wide, -sin * wide, left * wide, sin * high, cos * high, top * high)
        cut = level.transform((pixels, pixels), Image.Transform.AFFINE, numbers, Image.Resampling.BILINEAR)
        return np.asarray(cut, np.uint8)
