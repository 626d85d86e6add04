"""The cover of a composed piece: quiet shapes in the colours of its mood."""

import io
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from models.music.compose.piece import Piece
from models.music.moods import Mood

SIDE = 320
COLOURS: dict[Mood, tuple[str, str, str]] = {
    "joyful": ("#f6c453", "#f08a4b", "#fff3d1"),
    "energetic": ("#e4572e", "#6a1b4d", "#ffc857"),
    "calm": ("#8fc1b5", "#3e6c70", "#e8f1ee"),
    "tender": ("#e9b7b0", "#a86f80", "#fbeee6"),
    "melancholy": ("#6f86a8", "#2f3e5c", "#c3cede"),
    "dark": ("#3a3347", "#15131c", "#75627a"),
}
"""Ground above, ground below, shapes."""


def cover(piece: Piece) -> bytes:
    """JPEG, 320 by 320, the same for the same piece."""
    chance = np.random.default_rng([zlib.crc32(piece.mood.encode()), piece.number])
    above, below, shape = COLOURS[piece.mood]
    ground = Image.linear_gradient("L").resize((SIDE, SIDE))
    image = Image.composite(Image.new("RGB", (SIDE, SIDE), below), Image.new("RGB", (SIDE, SIDE), above), ground)
    for _ in range(int(chance.integers(4, 8))):
        layer = Image.new("L", (SIDE, SIDE))
        size = int(chance.integers(40, 170))
        left, top = (int(each) for each in chance.integers(-40, SIDE - 40, 2))
        ImageDraw.Draw(layer).ellipse((left, top, left + size, top + size), fill=int(chance.integers(40, 130)))
        layer = layer.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.5, 6))))
        image.paste(Image.new("RGB", (SIDE, SIDE), shape), mask=layer)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=88)
    return written.getvalue()
