"""Photos as people send them, from the shared pictures of faces or the astronaut of scikit-image."""

import importlib.util
import io
from pathlib import Path

from PIL import Image, ImageOps

from models.dataset import SHARED

FOLDER = SHARED / "face" / "photos"
NAMES = ("ageitgey_obama.jpg", "made_astronaut_large.jpg", "vladmandic_stock-emotions-a-4.jpg")
"""One face each, one of them far away."""
SENT = 1_920
"""Pixels of the longer side of a photo as Telegram hands it on."""
PHONE = (4_032, 3_024)
"""Pixels of a phone's photo, sent as a file."""
MOST = (7_300, 5_475)
QUALITY = 90


def sent() -> list[bytes]:
    """As photos; none where no picture of a face is at hand."""
    return [_written(ImageOps.contain(each, (SENT, SENT))) for each in _pictures()]


def from_a_phone() -> list[bytes]:
    """As files of twelve megapixels."""
    return [_written(ImageOps.pad(each, PHONE, color="slategray")) for each in _pictures()]


def largest() -> bytes:
    """A picture of forty megapixels, in the kind that cannot be decoded small: a face of the others, or nothing."""
    found = _pictures()[:1] or [Image.new("RGB", (64, 64))]
    out = io.BytesIO()
    ImageOps.pad(found[0], MOST, color="slategray").save(out, "PNG", compress_level=1)
    return out.getvalue()


def _pictures() -> list[Image.Image]:
    paths = [path for name in NAMES if (path := FOLDER / name).is_file()]
    if not paths and (found := importlib.util.find_spec("skimage")) is not None and found.origin:
        paths = [path for path in (Path(found.origin).parent / "data" / "astronaut.png",) if path.is_file()]
    return [_read(path) for path in paths]


def _read(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
