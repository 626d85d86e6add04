"""Covers: the picture in a file's tags, made as small as Telegram shows it beside a piece."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

SIDE = 320  # core.telegram.org/bots/api#sendaudio: a thumbnail is JPEG, at most 320 by 320 and 200 kB
QUALITY = 85
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000


def thumbnail(picture: bytes) -> bytes | None:
    """A JPEG of at most 320 by 320 pixels. None where it is no picture that can be read: a piece may go without."""
    if len(picture) > MOST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                small = opened.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    small.thumbnail((SIDE, SIDE))
    written = io.BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
