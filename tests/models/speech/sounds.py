"""Sounds made for the tests: speech by the voice of the house, music, noise, and files of every kind."""

import io
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from models.speech.audio import RATE, Sound, Waveform, ffmpeg, measured
from models.speech.synthesise import synthesiser_from

SENTENCE = "I had a long day, and my sister did not call. Can we talk about it?"

KINDS: dict[str, tuple[str, ...]] = {
    "opus": ("-c:a", "libopus", "-b:a", "24k", "-f", "ogg"),
    "vorbis": ("-c:a", "libvorbis", "-f", "ogg"),
    "mp3": ("-f", "mp3"),
    "m4a": ("-f", "mp4"),
    "wav": ("-f", "wav"),
    "amr": ("-ar", "8000", "-f", "amr"),
    "webm": ("-c:a", "libopus", "-f", "webm"),
    "flac": ("-f", "flac"),
    "adts": ("-f", "adts"),
    "3gp": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-f", "3gp"),
}


@cache
def speech(text: str = SENTENCE) -> Waveform:
    """`text` spoken: float32 [samples], 16 kHz mono."""
    spoken = synthesiser_from("hibari").synthesise(text)
    return np.asarray(soxr.resample(spoken.waveform, spoken.rate, RATE), np.float32)


def speech_sound(text: str = SENTENCE) -> Sound:
    return measured(speech(text))


def wav(waveform: Waveform, rate: int = RATE, subtype: str = "PCM_16") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, waveform, rate, format="WAV", subtype=subtype)
    return buffer.getvalue()


def encoded(kind: str, folder: Path, waveform: Waveform | None = None) -> bytes:
    """A whole file of `kind`, as a recorder that can seek in its file writes it."""
    path = folder / f"sound.{kind}"
    command = [ffmpeg.program(), "-y", "-loglevel", "error", "-f", "wav", "-i", "pipe:0", "-ac", "1", *KINDS[kind]]
    given = wav(speech() if waveform is None else waveform)
    subprocess.run([*command, str(path)], input=given, check=True, capture_output=True)
    data = path.read_bytes()
    path.unlink()
    return data


def film(folder: Path, *, sound: bool) -> bytes:
    """A second of a red square in MP4, like a video note."""
    path = folder / "film.mp4"
    tone = ("-f", "lavfi", "-i", "sine=440:duration=1") if sound else ()
    picture = ("-f", "lavfi", "-i", "color=red:size=64x64:duration=1")
    command = [ffmpeg.program(), "-y", "-loglevel", "error", *picture, *tone, "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    data = path.read_bytes()
    path.unlink()
    return data


def noise(seconds: float, colour: float = 0.0, level: float = 0.1, seed: int = 7) -> Waveform:
    """Noise whose power falls with frequency to the power of `colour`: 0 white, 1 pink, 2 brown."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (colour / 2)
    made = np.fft.irfft(spectrum, count)
    return np.asarray(made / np.std(made) * level, np.float32)


def chords(seconds: float, *, base: float = 220.0, harmonics: int = 4, decay: float = 2.0, seed: int = 3) -> Waveform:
    """Plucked chords, two a second."""
    count, random = int(seconds * RATE), np.random.default_rng(seed)
    made = np.zeros(count)
    for start in range(0, count, RATE // 2):
        time = np.arange(min(RATE, count - start)) / RATE
        envelope = np.exp(-decay * time) * np.minimum(50 * time, 1)
        for semitone in random.choice([0, 2, 4, 5, 7, 9, 11, 12], 3, replace=False):
            pitch = base * 2 ** (semitone / 12)
            for harmonic in range(1, harmonics + 1):
                made[start : start + len(time)] += envelope * np.sin(2 * np.pi * pitch * harmonic * time) / harmonic
    return np.asarray(0.5 * made / np.abs(made).max(), np.float32)


def slow_wav(size: int = 4096) -> bytes:
    """A WAV of one sample a second: four kilobytes that are an hour and more."""
    header = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += (1).to_bytes(2, "little") * 2 + (1).to_bytes(4, "little") * 2 + b"\x01\x00\x08\x00"
    return header + b"data" + size.to_bytes(4, "little") + b"\x80" * size


def ogg_bomb(pages: int) -> bytes:
    """Opus packets of two bytes that each stand for 120 ms of nothing: half a minute in 800 bytes."""
    head = b"OpusHead\x01\x01\x38\x01" + (48000).to_bytes(4, "little") + b"\x00\x00\x00"
    tags = b"OpusTags" + (4).to_bytes(4, "little") + b"test" + (0).to_bytes(4, "little")
    made = _page(0, 0, [head], 2) + _page(1, 0, [tags], 0)
    for number in range(pages):
        samples = (number + 1) * 255 * 5760
        made += _page(number + 2, samples, [b"\x0b\x06"] * 255, 4 if number == pages - 1 else 0)
    return made


def _page(number: int, samples: int, packets: list[bytes], flags: int) -> bytes:
    """One page of Ogg (RFC 3533), its checksum included."""
    head = b"OggS\x00" + bytes([flags]) + samples.to_bytes(8, "little") + b"heed" + number.to_bytes(4, "little")
    body = bytes([len(packets)]) + bytes(map(len, packets)) + b"".join(packets)
    return head + _checksum(head + b"\x00" * 4 + body).to_bytes(4, "little") + body


def _checksum(page: bytes) -> int:
    """CRC-32 with the polynomial of Ogg: no reflection, nothing inverted, so zlib's cannot be used."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value
