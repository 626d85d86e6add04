"""The one decoder of pictures: bytes of any kind of picture file in, turned RGB out, or the reason why not.

Nothing touches a disk, and of what a file says about itself only its size and which way is up are read: the place,
the time and the camera stay where they are."""

import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass, field

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from models.face.refusal import (
    BadPicture,
    Box,
    Broken,
    NotAPicture,
    SeveralFaces,
    TooManyPixels,
    TooSmall,
)

__all__ = ["BadPicture", "Box", "Picture", "SeveralFaces", "opened"]

Bytes = NDArray[np.uint8]

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
pillow_heif.register_heif_opener()

Image.init()

KINDS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "TIFF", "BMP")
"""The names Pillow gives the readers that may be used; a stranger's file chooses no other.
JPEG's reads the MPO of some cameras too."""
SIGNS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"II+\0", b"MM\0+")
"""First bytes of pictures of these kinds; a file with them that cannot be opened is broken, not of another kind."""
BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
MOST_PIXELS = 40_000_000
LEAST_SIDE = 24
"""Pixels of a side under which no face could be found."""
LONGEST = 2_048
"""Pixels of the longer side that are kept: a face of 24 of them is still found."""
ORIENTATION = 0x0112
"""The one entry of the metadata that is read (TIFF 6.0, Exif 2.32)."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
FAILURES = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, AttributeError),
    *(RuntimeError, AssertionError, MemoryError, BufferError, struct.error, zlib.error),
)
"""What the readers raise for files that are wrong inside; some of it is named, most is whatever came first."""
_ONE = threading.Lock()
"""One picture at a time is decoded: two of forty megapixels would take twice the memory, and what is done to Python's
list of warnings is done to the whole process."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`pixels` uint8 [h, w, 3] RGB, the right way up; at most `LONGEST` pixels on its longer side."""

    pixels: Bytes = field(repr=False)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def opened(data: bytes) -> Picture:
    """The first picture in `data`: JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP. What is see-through shows white.

    Raises `NotAPicture`, `Broken`, `TooManyPixels` (over forty megapixels, told by the header before anything is
    decoded) or `TooSmall`.
    """
    with _ONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a reader's complaint about a stranger's file is nobody's business
        image = _headed(data)
        try:
            with image:
                found = Picture(_rgb(image))
        except FAILURES:
            raise Broken from None
    if min(found.width, found.height) < LEAST_SIDE:  # a strip, of which nothing is left at a size that can be held
        raise TooSmall
    return found


def _headed(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    try:
        image = Image.open(io.BytesIO(data), formats=KINDS)
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except FAILURES:
        raise (Broken if _claims(data) else NotAPicture) from None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise TooManyPixels
    if min(width, height) < LEAST_SIDE:
        raise TooSmall
    return image


def _claims(data: bytes) -> bool:
    """Whether the first bytes are those of a kind that can be read."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return webp or data.startswith(SIGNS) or (data[4:8] == b"ftyp" and data[8:12] in BRANDS)


def _rgb(image: Image.Image) -> Bytes:
    """Decoded, made small, laid on white and turned, in the order that takes the least memory."""
    longest = max(image.size)
    if image.format in ("JPEG", "MPO") and longest > LONGEST:
        share = 0.75 * LONGEST / longest  # the reader halves as often as both sides stay above what is asked for
        image.draft(None, (max(1, int(image.width * share)), max(1, int(image.height * share))))
    image.load()
    up = _orientation(image)
    found = _laid_on_white(_small(image))
    if up is not None:
        found = found.transpose(up)
    return np.array(found, np.uint8)


def _small(image: Image.Image) -> Image.Image:
    """At most `LONGEST` pixels on the longer side."""
    longest = max(image.size)
    if longest <= LONGEST:
        return image
    size = max(1, round(image.width * LONGEST / longest)), max(1, round(image.height * LONGEST / longest))
    if image.mode in ("P", "1") or image.mode.startswith("I;16"):
        return image.resize(size, Image.Resampling.NEAREST)
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)


def _laid_on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen or thirty-two bits, or of fractions, as RGB."""
    values = np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    greatest = values.max(initial=0.0)
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < greatest <= 65_535):
        greatest = 65_535.0
    elif greatest <= 255 and greatest > 1:
        greatest = 255.0
    grey = np.clip(values / max(greatest, 1e-12) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _orientation(image: Image.Image) -> Image.Transpose | None:
    """How the picture must be turned; None where nothing readable says so."""
    try:
        return TURNS.get(int(image.getexif().get(ORIENTATION, 1)))
    except FAILURES:
        return None
