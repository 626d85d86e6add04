"""A few moments of a film, whatever it is; none where there is nothing to see, and never more than fits."""

import time
from pathlib import Path

import numpy as np
import pytest

from models.face import film
from models.face.film import LONGEST, MOMENTS, frames
from models.speech.audio import ffmpeg
from tests.models.face.films import H264, made, shown

VP8 = ("-c:v", "libvpx", "-c:a", "libopus")


@pytest.mark.parametrize("coded", [H264, VP8], ids=["mp4", "webm"])
def test_moments_are_spread_over_the_film_in_their_order(tmp_path: Path, coded: tuple[str, ...]) -> None:
    found = frames(shown(tmp_path, "red", "lime", "blue", each_s=2.0, coded=coded), 6.0)
    assert len(found) == MOMENTS
    order = [int(np.argmax(picture.pixels.mean(axis=(0, 1)))) for picture in found]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}
    assert {(picture.width, picture.height) for picture in found} == {(96, 96)}


def test_of_a_film_that_says_it_is_longer_than_what_was_heard_only_that_much_is_seen(tmp_path: Path) -> None:
    found = frames(shown(tmp_path, "red", "blue", each_s=2.0), 1.5)
    assert found
    assert all(picture.pixels[..., 0].mean() > 200 for picture in found)


def test_a_film_that_is_shorter_than_its_sound_gives_what_there_is(tmp_path: Path) -> None:
    assert 1 <= len(frames(shown(tmp_path, "red", each_s=0.5), 60.0)) <= MOMENTS


def test_a_large_film_is_made_small_and_a_larger_one_left_alone(tmp_path: Path) -> None:
    (first, *_) = frames(shown(tmp_path, "red", each_s=0.2, size="1920x1080"), 0.2)
    assert (first.width, first.height) == (LONGEST, 360)
    assert frames(shown(tmp_path, "red", each_s=0.2, size="2400x2400"), 0.2) == []


def test_a_turned_film_stands_upright(tmp_path: Path) -> None:
    flat = tmp_path / "flat.mp4"
    flat.write_bytes(shown(tmp_path, "red", each_s=0.2, size="160x96"))
    turned = made(tmp_path, ["-display_rotation", "90", "-i", str(flat), "-c", "copy"])
    (first, *_) = frames(turned, 0.2)
    assert (first.width, first.height) == (96, 160)


def test_sound_alone_words_and_nothing_show_nothing(tmp_path: Path) -> None:
    sound = made(tmp_path, ["-f", "lavfi", "-i", "sine=440:duration=1"], kind="m4a")
    for data in (sound, b"", b"\0\0\0\x18ftypisom", b"hello " * 50, b"\x1a\x45\xdf\xa3" + b"\xff" * 400):
        assert frames(data, 1.0) == []
    assert frames(shown(tmp_path, "red", each_s=0.2), 0.0) == []


def test_a_leap_in_time_makes_no_more_moments(tmp_path: Path) -> None:
    leaping = made(
        tmp_path,
        ["-f", "lavfi", "-i", "color=red:size=96x96:duration=1:rate=5", "-vf", "setpts=PTS*4000", *H264],
    )
    assert len(frames(leaping, 300.0)) <= MOMENTS


def test_many_streams_are_one_film(tmp_path: Path) -> None:
    source = tmp_path / "one.mp4"
    source.write_bytes(shown(tmp_path, "red", each_s=0.2))
    mapped = [part for _ in range(300) for part in ("-map", "0:v")]
    many = made(tmp_path, ["-i", str(source), *mapped, "-c", "copy"])
    began = time.monotonic()
    assert len(frames(many, 0.2)) in range(MOMENTS + 1)
    assert time.monotonic() - began < film.DEADLINE_S + 10


def test_torn_and_garbled_films_show_whole_pictures_or_nothing(tmp_path: Path) -> None:
    whole, chance = shown(tmp_path, "red", "blue", each_s=0.4), np.random.default_rng(20261122)
    for _ in range(20):
        garbled = bytearray(whole[: int(chance.integers(1, len(whole) + 1))])
        for at in chance.integers(0, len(garbled), int(chance.integers(1, 60))):
            garbled[at] = int(chance.integers(256))
        for picture in frames(bytes(garbled), 0.8):
            assert picture.pixels.dtype == np.uint8
            assert max(picture.width, picture.height) <= LONGEST


def test_a_decoder_that_hangs_is_ended_and_what_it_gave_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    head = "printf 'P6\\n30 30\\n255\\n'"
    program.write_text(
        f"#!/bin/sh\n{head}; head -c 2700 /dev/zero; {head}; printf abc; exec sleep 60\n", encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(program))
    monkeypatch.setattr(film, "DEADLINE_S", 1.0)
    began = time.monotonic()
    (only,) = frames(b"\0\0\0\x18ftypisom", 1.0)
    assert only.pixels.shape == (30, 30, 3)
    assert time.monotonic() - began < 30
