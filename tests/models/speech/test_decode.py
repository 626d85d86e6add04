"""Whatever a person records is decoded to the same thing, in memory, and within limits."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from models.speech.audio import (
    RATE,
    BadSound,
    Bomb,
    Damaged,
    NoSoundTrack,
    TooLong,
    TooShort,
    Truncated,
    WrongType,
    decode,
    ffmpeg,
    spans,
)
from tests.models.speech.sounds import KINDS, encoded, film, noise, ogg_bomb, slow_wav, speech, wav

CANARY = b"heron-under-the-stairs"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_speech(kind: str, tmp_path: Path) -> None:
    sound = decode(encoded(kind, tmp_path))
    assert sound.waveform.dtype == np.float32
    assert sound.waveform.ndim == 1
    assert sound.duration_s == pytest.approx(len(speech()) / RATE, abs=0.12)
    assert sound.loudness_db == pytest.approx(decode(wav(speech())).loudness_db, abs=1.5)
    assert sum(span.seconds for span in spans(sound)) > 0.6 * sound.duration_s


def test_the_sound_of_a_video_note_is_taken_and_its_picture_left(tmp_path: Path) -> None:
    assert decode(film(tmp_path, sound=True)).duration_s == pytest.approx(1.0, abs=0.1)


def test_a_wav_of_sixteen_bits_comes_back_to_the_sample() -> None:
    there = noise(1.0)
    assert np.max(np.abs(decode(wav(there)).waveform - there)) < 1 / 32768


def test_two_channels_become_their_mean() -> None:
    left = noise(1.0)
    sound = decode(wav(np.stack([left, np.zeros_like(left)], axis=1)))
    assert np.max(np.abs(sound.waveform - left / 2)) < 2 / 32768


def test_a_wav_that_holds_no_numbers_holds_no_sound_there() -> None:
    broken = noise(1.0)
    broken[10], broken[20], broken[30] = np.nan, np.inf, -np.inf
    sound = decode(wav(broken, subtype="FLOAT"))
    assert np.isfinite(sound.waveform).all()
    assert np.abs(sound.waveform).max() <= 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(64),
        bytes(5000),
        b"\xff" * 900,
    ],
    ids=["nothing", "text", "picture", "document", "archive", "zeros", "ones"],
)
def test_what_is_no_sound_file_is_the_wrong_type(data: bytes) -> None:
    with pytest.raises(WrongType):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    ],
    ids=["playlist", "list", "session"],
)
def test_a_file_that_points_to_other_files_is_never_followed(data: bytes) -> None:
    with pytest.raises(WrongType):
        decode(data)


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSoundTrack):
        decode(film(tmp_path, sound=False))


@pytest.mark.parametrize("kind", ["opus", "vorbis", "m4a", "wav", "amr", "webm", "flac", "3gp", "mp3"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_ends_early_is_truncated(kind: str, share: float, tmp_path: Path) -> None:
    data = encoded(kind, tmp_path)
    with pytest.raises(Truncated):
        decode(data[: int(len(data) * share)])


def test_what_was_there_of_a_truncated_file_can_still_be_heard(tmp_path: Path) -> None:
    data = encoded("opus", tmp_path)
    with pytest.raises(Truncated) as caught:
        decode(data[: int(len(data) * 0.8)])
    assert caught.value.partial is not None
    assert spans(caught.value.partial)


def test_less_than_a_word_is_too_short() -> None:
    with pytest.raises(TooShort):
        decode(wav(noise(0.2)))


def test_a_recording_of_no_samples_is_too_short() -> None:
    with pytest.raises(TooShort):
        decode(wav(np.zeros(0, np.float32)))


def test_up_to_the_limit_is_heard_and_more_is_too_long() -> None:
    assert decode(wav(noise(3.0)), limit_s=3.0).duration_s == pytest.approx(3.0)
    with pytest.raises(TooLong) as caught:
        decode(wav(noise(4.0)), limit_s=3.0)
    assert caught.value.limit_s == 3.0


@pytest.mark.parametrize("data", [slow_wav(), ogg_bomb(14)], ids=["wav", "ogg"])
def test_a_few_kilobytes_that_are_hours_stop_at_the_limit(data: bytes) -> None:
    assert len(data) < 12_000
    began = time.monotonic()
    with pytest.raises(Bomb):
        decode(data, limit_s=300)
    assert time.monotonic() - began < 60


def test_no_more_than_the_limit_is_ever_in_memory() -> None:
    decoded = ffmpeg.run(slow_wav(), "wav", limit_samples=RATE, seconds=20)
    assert decoded.over
    assert len(decoded.waveform) == RATE


def _instead(monkeypatch: pytest.MonkeyPatch, folder: Path, said: str) -> None:
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{said}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(program))


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(monkeypatch, tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    began = time.monotonic()
    monkeypatch.setattr(ffmpeg, "LIMITED", 'exec "$@"')  # or it could not write down its number
    with pytest.raises(Damaged):
        decode(wav(noise(1.0)), seconds=2.0)
    assert time.monotonic() - began < 30
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_decoder_that_crashes_leaves_the_worker_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(monkeypatch, tmp_path, "kill -SEGV $$")
    with pytest.raises(Damaged):
        decode(wav(noise(1.0)))


def test_a_decoder_that_complains_without_end_does_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(monkeypatch, tmp_path, "yes complaint | head -c 3000000 >&2; exit 1")
    with pytest.raises(Damaged):
        decode(wav(noise(1.0)))


def test_the_decoder_can_neither_write_a_file_nor_take_all_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _instead(monkeypatch, tmp_path, f"ulimit -v >&2; echo x > {tmp_path}/written")
    decoded = ffmpeg.run(b"", "wav", limit_samples=RATE, seconds=10)
    assert int(decoded.complaint.split()[0]) == ffmpeg.MEMORY_KB
    assert not (tmp_path / "written").is_file() or not (tmp_path / "written").read_bytes()


OPENED: list[str] = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _watch(event: str, given: tuple[object, ...]) -> None:
    if event == "open" and WATCHING and isinstance(given[2], int) and given[2] & WRITING:
        OPENED.append(str(given[0]))


WATCHING: list[bool] = []
sys.addaudithook(_watch)


def test_a_recording_never_touches_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = wav(speech()) + b"LIST" + len(CANARY).to_bytes(4, "little") + CANARY
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    OPENED.clear()
    WATCHING.append(True)
    try:
        found = spans(decode(data))
        with pytest.raises(BadSound):
            decode(data[:5000])
    finally:
        WATCHING.clear()
    assert found
    assert [name for name in OPENED if name == os.devnull] == OPENED
    assert list(tmp_path.rglob("*")) == []


def test_what_ffmpeg_opens_is_in_memory() -> None:
    with ffmpeg._in_memory(CANARY) as source:
        place = os.readlink(f"/proc/self/fd/{source}")
        assert place.startswith("/memfd:")
        assert os.pread(source, 100, 0) == CANARY
    found = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, check=True).stdout
    assert b"memfd:sound" not in found


@pytest.mark.parametrize("kind", KINDS)
def test_garbled_files_are_sound_or_a_reason_and_never_anything_else(kind: str, tmp_path: Path) -> None:
    whole, random = encoded(kind, tmp_path), np.random.default_rng(11)
    outcomes = set()
    for _ in range(6):
        garbled = bytearray(whole[: random.integers(1, len(whole) + 1)])
        for place in random.integers(0, len(garbled), size=random.integers(1, 60)):
            garbled[place] = random.integers(0, 256)
        start = int(random.integers(0, len(garbled)))
        if random.random() < 0.3:
            garbled[start : start + 500] = random.bytes(random.integers(0, 800))
        try:
            outcomes.add(type(decode(bytes(garbled), limit_s=10, seconds=20)).__name__)
        except BadSound as refused:
            outcomes.add(type(refused).__name__)
    assert outcomes
    assert outcomes <= {"Sound", *(known.__name__ for known in BadSound.__subclasses__())}


def test_neither_the_sound_nor_its_errors_show_what_was_recorded() -> None:
    sound = decode(wav(noise(1.0)))
    assert "waveform" not in repr(sound)
    assert str(Truncated(sound)) == "sound.truncated"
