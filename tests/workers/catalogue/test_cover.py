"""Covers: small enough for Telegram, and a strange picture does no harm."""

import io
import zlib

import pytest
from PIL import Image

from workers.catalogue.cover import SIDE, thumbnail


def picture(kind: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 40).save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("GIF", "L")]
)
def test_a_picture_becomes_a_small_jpeg(kind: str, mode: str) -> None:
    made = thumbnail(picture(kind, (900, 600), "RGB" if mode == "RGBA" else mode))
    assert made is not None
    with Image.open(io.BytesIO(made)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (SIDE, 213))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"<svg/>", picture("PNG", (20, 20))[:60], b"x" * 11_000_000])
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert thumbnail(data) is None


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = (100_000).to_bytes(4) + (100_000).to_bytes(4) + b"\x08\x02\0\0\0"
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    assert thumbnail(bomb) is None
