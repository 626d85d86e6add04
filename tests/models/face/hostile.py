"""Two hundred files that nobody should send: real kinds of picture, spoiled, oversized, mislabelled, by a fixed seed.

``python -m tests.models.face.hostile [WEIGHTS]`` opens them all in a process of its own, with a folder of weights
through the finder of faces too, and prints what became of them as JSON. A crash would be its exit status."""

import json
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from models.face.finder import Finder
from models.face.picture import BadPicture, opened
from tests.models.face.pictures import MADE, scene, spoiled, written

SEED = 20261122
COUNT = 200
JUNK = b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(range(256)) * 8


def hostile() -> Iterator[tuple[str, bytes]]:
    """Each file with the name of what is wrong with it; the same ones in the same order every time."""
    chance = np.random.default_rng(SEED)
    named = [(name, make()) for name, make in CRAFTED.items()]
    yield from named
    makers = list(MADE.items())
    for number in range(COUNT - len(named)):
        kind, make = makers[number % len(makers)]
        yield f"spoiled {kind}", spoiled(make(scene(320, 240)), chance)


def _png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks, whose checksums are right."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_of(width: int, height: int, depth: int = 8, colour: int = 2, *, body: bytes = b"\0" * 100) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return _png((b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b""))


def _sized(kind: str, old: bytes, new: bytes, **options: object) -> bytes:
    """A picture of 320 by 240 whose header says something else: `old`, the bytes of its size, become `new`."""
    data = written(scene(320, 240), kind, **options)
    assert old in data
    return data.replace(old, new, 1)


def _bomb() -> bytes:
    """Thirty-nine megapixels of one colour in forty kilobytes: allowed, and to be made small."""
    return written(Image.new("1", (6_500, 6_000)), "PNG")


def _texts() -> bytes:
    """Twenty megabytes of nothing, packed into a comment."""
    made = written(scene(), "PNG")
    at = made.index(b"IDAT") - 4
    return made[:at] + _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 20_000_000)) + made[at:]


def _frames(kind: str, count: int) -> bytes:
    """An animation of very many frames."""
    image = scene(64, 48)
    return written(image, kind, save_all=True, append_images=[image.rotate(each) for each in range(1, count)])


def _tiff(entries: int) -> bytes:
    """A TIFF whose list of entries points to itself."""
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", entries)
    return head + b"".join(struct.pack("<HHII", 256 + n, 4, 1, 8) for n in range(entries)) + struct.pack("<I", 8)


def _exif(kind: str) -> bytes:
    return written(scene(), kind, exif=JUNK)


CRAFTED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "words": lambda: b"this is a letter and no picture " * 40,
    "pdf": lambda: b"%PDF-1.7\n1 0 obj <<>> endobj",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9e9' height='9e9'/></svg>",
    "zip": lambda: b"PK\x03\x04" + bytes(400),
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\nshowpage\n",
    "jpeg head with a png in it": lambda: b"\xff\xd8\xff\xe0" + written(scene(), "PNG"),
    "png behind words": lambda: b"hello" + written(scene(), "PNG"),
    "jpeg with a zip behind it": lambda: written(scene(), "JPEG") + b"PK\x03\x04" + bytes(4_000),
    "kind that is not read (ppm)": lambda: written(scene(), "PPM"),
    "kind that is not read (ico)": lambda: written(scene(48, 48), "ICO"),
    "kind that is not read (jpeg 2000)": lambda: written(scene(), "JPEG2000"),
    "four gigapixels said by png": lambda: _png_of(65_000, 65_000),
    "two thousand million wide": lambda: _png_of(2**31 - 1, 30),
    "no width": lambda: _png_of(0, 30),
    "depth that there is not": lambda: _png_of(30, 30, 7),
    "more data than pixels": lambda: _png_of(30, 30, body=b"\0" * 3_000_000),
    "no data": lambda: _png((b"IHDR", struct.pack(">IIBBBBB", 60, 60, 8, 2, 0, 0, 0)), (b"IEND", b"")),
    "large and empty": _bomb,
    "packed comment": _texts,
    "size said by gif": lambda: _sized("GIF", struct.pack("<HH", 320, 240), struct.pack("<HH", 65_535, 65_535)),
    "size said by bmp": lambda: _sized("BMP", struct.pack("<ii", 320, 240), struct.pack("<ii", 60_000, 60_000)),
    "upside down bmp": lambda: _sized("BMP", struct.pack("<ii", 320, 240), struct.pack("<ii", 320, -(2**31))),
    "size said by jpeg": lambda: _sized("JPEG", struct.pack(">HH", 240, 320), struct.pack(">HH", 65_000, 65_000)),
    "larger, said by jpeg": lambda: _sized("JPEG", struct.pack(">HH", 240, 320), struct.pack(">HH", 6_000, 6_000)),
    "size said by avif": lambda: _sized("AVIF", struct.pack(">II", 320, 240), struct.pack(">II", 60_000, 60_000)),
    "size said by heic": lambda: _sized("HEIF", struct.pack(">II", 320, 240), struct.pack(">II", 60_000, 60_000)),
    "size said by webp": lambda: _sized("WEBP", struct.pack("<HH", 320, 240), struct.pack("<HH", 16_383, 16_383)),
    "tiff that points to itself": lambda: _tiff(12),
    "tiff of very many entries": lambda: _tiff(4_000),
    "gif of 200 frames": lambda: _frames("GIF", 200),
    "animated png": lambda: _frames("PNG", 60),
    "animated webp": lambda: _frames("WEBP", 60),
    "several pictures in one jpeg": lambda: _frames("MPO", 4),
    "several pictures, cut": lambda: _frames("MPO", 4)[:-900],
    "exif that is junk, jpeg": lambda: _exif("JPEG"),
    "exif that is junk, png": lambda: _exif("PNG"),
    "exif that is junk, webp": lambda: _exif("WEBP"),
    "exif that is junk, heic": lambda: _exif("HEIF"),
    "colours that are junk, jpeg": lambda: written(scene(), "JPEG", icc_profile=JUNK * 30),
    "colours that are junk, png": lambda: written(scene(), "PNG", icc_profile=JUNK),
    "colours that are junk, tiff": lambda: written(scene(), "TIFF", icc_profile=JUNK),
    "cmyk, cut": lambda: MADE["cmyk"](scene())[:-300],
    "grey of 16 bits, cut": lambda: MADE["grey16"](scene())[:-300],
    "see-through, cut": lambda: MADE["alpha"](scene())[:-300],
    "fractions": lambda: written(Image.fromarray(np.full((40, 40), np.nan, np.float32)), "TIFF"),
    "thin": lambda: written(Image.new("L", (60_000, 24)), "PNG"),
    "small": lambda: written(scene(20, 20), "PNG"),
}  # fmt: skip


def main(weights: Path | None) -> None:
    """Prints how many files were refused with which key, how many were read, and by how many bytes memory grew."""
    finder = Finder(weights) if weights is not None else None
    files = list(hostile())

    def look(data: bytes) -> str:
        try:
            picture = opened(data)
        except BadPicture as bad:
            return bad.key
        if finder is not None:
            finder.faces(picture)
        return "read"

    for _, data in files:  # whatever the readers keep for themselves they have after this
        look(data)
    process = psutil.Process()
    before = process.memory_info().rss
    became = [(name, look(data)) for name, data in files]
    grown = process.memory_info().rss - before
    counted = Counter(key for _, key in became)
    print(json.dumps({"n": len(files), "counted": counted, "became": dict(became), "grown": grown}))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
