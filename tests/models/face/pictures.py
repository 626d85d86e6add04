"""Pictures made on the spot, of every kind that can be read, and ways of spoiling them."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif  # noqa: F401  # its kinds are registered by models.face.picture
from PIL import Image

from models.face import picture as _  # noqa: F401


def scene(width: int = 160, height: int = 120) -> Image.Image:
    """A coloured slope with a dark upper left corner, so that its turning can be seen."""
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.stack([across * 255 // width, down * 255 // height, 128 + 0 * across], axis=2).astype(np.uint8)
    pixels[: height // 4, : width // 4] = 0
    return Image.fromarray(pixels)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file of `kind`."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _turned(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return written(image, "JPEG", exif=exif)


def _animated(image: Image.Image, kind: str) -> bytes:
    return written(image, kind, save_all=True, append_images=[image.rotate(90), image.rotate(180)], duration=40)


MADE: dict[str, Callable[[Image.Image], bytes]] = {
    "jpeg": lambda image: written(image, "JPEG"),
    "progressive": lambda image: written(image, "JPEG", progressive=True),
    "turned": _turned,
    "cmyk": lambda image: written(image.convert("CMYK"), "JPEG"),
    "png": lambda image: written(image, "PNG"),
    "palette": lambda image: written(image.convert("P"), "PNG", transparency=3),
    "alpha": lambda image: written(image.convert("RGBA"), "PNG"),
    "grey16": lambda image: written(Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257), "PNG"),
    "webp": lambda image: written(image, "WEBP"),
    "webp_animated": lambda image: _animated(image, "WEBP"),
    "gif": lambda image: _animated(image, "GIF"),
    "tiff": lambda image: written(image, "TIFF"),
    "tiff_lzw": lambda image: written(image, "TIFF", compression="tiff_lzw"),
    "bmp": lambda image: written(image, "BMP"),
    "heic": lambda image: written(image, "HEIF"),
    "avif": lambda image: written(image, "AVIF"),
}
"""One maker for each kind of file."""


def spoiled(data: bytes, chance: np.random.Generator) -> bytes:
    """`data` cut, torn, overwritten, doubled or with its numbers made large, as chance has it."""
    way = int(chance.integers(5))
    if way == 0:
        return data[: int(chance.integers(1, len(data)))]
    spoiled = bytearray(data)
    if way == 1:
        for at in chance.integers(0, len(data), int(chance.integers(1, 40))):
            spoiled[at] = int(chance.integers(256))
    elif way == 2:
        at = int(chance.integers(0, len(data)))
        del spoiled[at : at + int(chance.integers(1, 200))]
    elif way == 3:
        at = int(chance.integers(0, len(data)))
        spoiled[at:at] = chance.integers(0, 256, int(chance.integers(1, 300)), dtype=np.uint8).tobytes()
    else:
        for at in chance.integers(4, min(len(data), 120), 6):
            spoiled[at : at + 2] = b"\xff\xff"
    return bytes(spoiled)
