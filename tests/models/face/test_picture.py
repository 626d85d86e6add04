"""Whatever picture comes, it is decoded the right way up or refused by name."""

import json
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from models.face import picture as decoding
from models.face.finder import LANDMARKER
from models.face.picture import BadPicture, Picture, opened
from models.face.refusal import KINDS, Broken, NotAPicture, TooManyPixels, TooSmall
from models.weights import manifest
from models.words import LANGUAGES, Language, say
from tests.models.face.conftest import ROOT
from tests.models.face.pictures import MADE, scene, written
from tests.rig.weights import FOLDER


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_picture_is_read(kind: str) -> None:
    found = opened(MADE[kind](scene()))
    assert found.pixels.dtype == np.uint8
    assert {found.width, found.height} == {160, 120}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_the_right_way_up(orientation: int) -> None:
    upright = scene()
    undone = {
        **{2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM},
        **{5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE},
        **{8: Image.Transpose.ROTATE_270},
    }
    stored = upright.transpose(undone[orientation]) if orientation in undone else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = opened(written(stored, "PNG", exif=exif))
    np.testing.assert_array_equal(found.pixels, np.asarray(upright))


def test_what_is_see_through_shows_white() -> None:
    clear = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    assert opened(written(clear, "PNG")).pixels.min() == 255


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    grey = np.linspace(0, 65_535, 40 * 40).reshape(40, 40).astype(np.uint16)
    found = opened(written(Image.fromarray(grey), "PNG")).pixels[..., 0].astype(int)
    assert found.min() < 3
    assert found.max() > 252
    assert abs(found - grey.astype(int) // 257).max() <= 1


def test_of_an_animation_the_first_frame_is_seen() -> None:
    black, white = Image.new("RGB", (40, 40)), Image.new("RGB", (40, 40), "white")
    data = written(black, "GIF", save_all=True, append_images=[white], duration=100)
    assert opened(data).pixels.max() < 8


def _png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (head, body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(("width", "height"), [(6_400, 6_400), (12_000, 9_000), (60_000, 60_000), (2**31 - 1, 30)])
def test_more_than_forty_megapixels_are_refused_before_anything_is_decoded(width: int, height: int) -> None:
    started = time.process_time()
    with pytest.raises(TooManyPixels):
        opened(_png_header(width, height))
    assert time.process_time() - started < 2


def test_a_picture_of_a_few_pixels_is_too_small() -> None:
    with pytest.raises(TooSmall):
        opened(written(scene(200, 20), "PNG"))
    with pytest.raises(TooSmall):  # a strip of which two pixels would be left
        opened(written(Image.new("L", (60_000, 60)), "PNG"))


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        opened(data)


@pytest.mark.parametrize("kind", MADE)
def test_a_picture_that_ends_early_is_broken(kind: str) -> None:
    data = MADE[kind](scene())
    with pytest.raises(BadPicture):
        opened(data[: len(data) // 8])  # an eighth, because of an animation half may hold all of the first frame


def test_a_large_photo_is_made_small_on_the_way_in() -> None:
    found = opened(written(scene(4_032, 3_024), "JPEG"))
    assert max(found.width, found.height) <= decoding.LONGEST
    assert found.width / found.height == pytest.approx(4 / 3, abs=0.01)


def test_two_hundred_hostile_files_are_named_or_read_and_leave_no_memory_behind() -> None:
    weights = [str(FOLDER)] if (FOLDER / manifest()[LANDMARKER].path).is_file() else []  # then faces are looked for
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.face.hostile", *weights], capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0  # a crash would be a signal's number
    told = json.loads(done.stdout)
    assert told["n"] == sum(told["counted"].values()) == 200
    assert set(told["counted"]) <= {kind.key for kind in KINDS} | {"read"}
    assert told["counted"]["read"] < 100
    assert told["grown"] < 30_000_000
    for name, key in told["became"].items():
        if "said by" in name and not name.startswith("larger"):
            assert key in ("picture.too_many_pixels", "picture.broken"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence(language: Language) -> None:
    sentences = [say(language, kind.key) for kind in KINDS]
    assert len(set(sentences)) == len(sentences)


def test_nothing_of_a_picture_shows_in_its_repr_or_in_an_error() -> None:
    found = Picture(np.full((30, 30, 3), 77, np.uint8))
    assert "77" not in repr(found)
    with pytest.raises(Broken) as refused:
        opened(b"\x89PNG\r\n\x1a\nsecret")
    assert str(refused.value) == "picture.broken"
    assert refused.value.__cause__ is None


def test_every_refusal_has_a_key_of_its_own() -> None:
    keys = [kind.key for kind in KINDS]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith("picture.") for key in keys)
