"""Photos: their sizes, what Telegram refuses as a photo, and the pixels of a picture that is not decoded."""

import struct
from typing import Any

from bot.playground.parameters import Parameters, Upload
from bot.playground.refusal import bad_request

SIDES = (90, 320, 800, 1280)  # longer side in pixels of the smaller sizes; the largest is the photo itself
LARGEST_PHOTO = 10 * 1024 * 1024  # bytes
LONGEST_SIDES = 10_000  # pixels, width and height together
STEEPEST = 20  # the longer side divided by the shorter one


def sizes_of(parameters: Parameters, photo: Upload) -> list[Upload]:
    """A person's photo in all sizes that came with it (``photo_90`` … ``photo_1280``), smallest first."""
    smaller = [parameters.files[name] for side in SIDES if (name := f"photo_{side}") in parameters.files]
    return [*smaller, photo]


def check_photo(photo: Upload) -> None:
    """Raises `Refusal` (400) for what Telegram does not take from a bot as a photo."""
    size = len(photo.content)
    if size > LARGEST_PHOTO:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )
    width, height = picture_size(photo.content)
    if not width or not height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > LONGEST_SIDES or max(width, height) > STEEPEST * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def picture_size(content: bytes) -> tuple[int, int]:
    """(width, height) in pixels of a PNG, JPEG, GIF or WebP as its head tells; (0, 0) where it cannot be read."""
    try:
        return _size_in_head(content)
    except struct.error:  # shorter than its head says
        return 0, 0


def _size_in_head(content: bytes) -> tuple[int, int]:
    found: tuple[Any, ...] = (0, 0)
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        found = struct.unpack_from(">II", content, 16)
    elif content[:6] in (b"GIF87a", b"GIF89a"):
        found = struct.unpack_from("<HH", content, 6)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = _webp_size(content)
    elif content[:2] == b"\xff\xd8":
        found = _jpeg_size(content)
    return int(found[0]), int(found[1])


def _webp_size(content: bytes) -> tuple[int, int]:
    """WebP keeps its size in three ways (RFC 9649): extended, lossless, lossy."""
    if content[12:16] == b"VP8X":
        low, high, low_two, high_two = struct.unpack_from("<HBHB", content, 24)
        return (low | high << 16) + 1, (low_two | high_two << 16) + 1
    if content[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + int(struct.unpack_from(">H", content, place + 2)[0])
    return 0, 0
