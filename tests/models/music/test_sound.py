"""Sound of music: read from whatever file, brought to one loudness, written as Telegram plays it."""

import io
import math
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from models.music import sound, tags
from models.music.tags import Tags
from models.speech.audio import ffmpeg
from tests.rig.tunes import RATE, tune

NAMED = Tags(title="Rain, once more", artist="Ada", album="Weather", licence="CC0-1.0")


def written(kind: str, samples: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", **more: object) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format=kind, **more)
    return file.getvalue()


def cover() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (30, 60, 90)).save(file, "JPEG")
    return file.getvalue()


def as_kind(name: str, *options: str) -> bytes:
    """What ffmpeg makes of a tune."""
    raw = written("WAV", tune(1, 3))
    command = [ffmpeg.program(), "-nostdin", "-loglevel", "error", "-i", "pipe:0", *options, "-f", name, "pipe:1"]
    return subprocess.run(command, input=raw, capture_output=True, check=True).stdout


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_every_kind_of_file_is_read_with_its_two_channels(kind: str) -> None:
    original = tune(1, 3)
    found = sound.decoded(written(kind, original))
    assert found.rate == RATE
    assert abs(found.seconds - 3) < 0.1
    width = float(np.abs(found.samples[:, 0] - found.samples[:, 1]).mean())
    assert width == pytest.approx(float(np.abs(original[:, 0] - original[:, 1]).mean()), rel=0.1)


def test_films_and_more_than_two_channels_are_read(tmp_path: Path) -> None:
    assert sound.decoded(as_kind("matroska", "-c:a", "libopus")).seconds == pytest.approx(3, abs=0.1)
    eight = np.repeat(tune(1, 3)[:, :1], 8, axis=1)
    assert sound.decoded(written("WAV", eight, subtype="PCM_24")).samples.shape[1] == 2
    file = tmp_path / "one.wav"
    soundfile.write(file, tune(1, 3)[:, 0], 22_050)
    one = sound.decoded(file)
    np.testing.assert_array_equal(one.samples[:, 0], one.samples[:, 1])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", sound.WrongType),
        (b"no music at all, a letter", sound.WrongType),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), sound.WrongType),
        (b"fLaC" + bytes(400), sound.Damaged),
        (b"ID3\x03\0\0\0\0\0\x0a" + bytes(500), sound.Damaged),
    ],
)
def test_what_is_no_music_is_named(data: bytes, why: type[sound.UnreadableSound]) -> None:
    with pytest.raises(why):
        sound.decoded(data)


def test_half_a_file_and_a_film_without_sound_are_named() -> None:
    whole = written("FLAC", tune(1, 3))
    with pytest.raises(sound.Truncated):
        sound.decoded(whole[: len(whole) // 2])
    command = [ffmpeg.program(), "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=c=black:s=64x64:d=1"]
    film = subprocess.run(
        [*command, "-f", "matroska", "-c:v", "mpeg4", "pipe:1"], capture_output=True, check=True
    ).stdout
    with pytest.raises(sound.NoSoundTrack):
        sound.decoded(film)


def test_a_file_that_unpacks_to_hours_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "LONGEST_S", 2.0)
    with pytest.raises(sound.TooLong):
        sound.decoded(written("FLAC", np.zeros((RATE * 60, 2), np.float32)))


def test_a_file_that_is_too_large_is_not_even_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sound, "LARGEST", 10)
    (tmp_path / "a.wav").write_bytes(bytes(11))
    with pytest.raises(sound.TooLarge):
        sound.decoded(tmp_path / "a.wav")


def test_numbers_that_are_none_do_no_harm() -> None:
    bad = tune(1, 1)
    bad[::7] = np.nan
    bad[1::7] = np.inf
    found = sound.decoded(written("WAV", bad, subtype="FLOAT"))
    assert np.isfinite(found.samples).all()
    assert np.abs(found.samples).max() <= 1


@pytest.mark.parametrize("gain", [0.02, 0.3, 2.0])
def test_every_piece_is_brought_to_one_loudness_without_clipping(gain: float) -> None:
    level = sound.levelled(tune(2, 8) * np.float32(gain), RATE)
    assert sound.loudness(level, RATE) == pytest.approx(sound.LOUDNESS, abs=0.6)
    assert 20 * math.log10(float(sound.peak(level, RATE).max())) <= sound.PEAK_DB


def test_a_loud_blow_in_a_quiet_piece_is_turned_down_and_nothing_clicks() -> None:
    quiet = tune(3, 8) * np.float32(0.05)
    quiet[4 * RATE : 4 * RATE + 200] += np.float32(0.9)
    level = sound.levelled(quiet, RATE)
    assert 20 * math.log10(float(sound.peak(level, RATE).max())) <= sound.PEAK_DB + 0.05


def test_silence_stays_silence() -> None:
    for nothing in (np.zeros((RATE, 2), np.float32), np.zeros((100, 2), np.float32), np.zeros((0, 2), np.float32)):
        assert sound.loudness(nothing, RATE) == -math.inf
        assert not sound.levelled(nothing, RATE).any()


@pytest.mark.parametrize("picture", [None, cover()])
def test_what_is_written_is_an_mp3_that_says_what_it_is(picture: bytes | None, tmp_path: Path) -> None:
    data = sound.as_mp3(tune(1, 3), RATE, NAMED, picture)
    assert data[:3] == b"ID3"
    found = sound.decoded(data)
    assert found.seconds == pytest.approx(3, abs=0.1)
    (tmp_path / "a.mp3").write_bytes(data)
    read = tags.read(tmp_path / "a.mp3")
    assert (read.title, read.artist, read.album, read.licence) == ("Rain, once more", "Ada", "Weather", "CC0-1.0")
    assert read.cover == picture
    assert 100_000 < len(data) * 8 / 3 < 200_000


def test_tags_that_are_broken_or_missing_are_none(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    for data in (b"", b"ID3\xff\xff\xff\xff\xff\xff\xff" + bytes(50), b"a letter"):
        file.write_bytes(data)
        assert tags.read(file) == Tags()
    with pytest.raises(OSError, match=r"a\.mp4"):
        tags.read(tmp_path / "a.mp4")


def test_a_letter_in_a_tag_is_cut_and_made_plain(tmp_path: Path) -> None:
    named = Tags(title="x" * 5000, artist="A\x07da\n  Lovelace")
    (tmp_path / "a.mp3").write_bytes(sound.as_mp3(tune(1, 1), RATE, named, None))
    read = tags.read(tmp_path / "a.mp3")
    assert len(read.title or "") == tags.LONGEST
    assert read.artist == "A da Lovelace"
