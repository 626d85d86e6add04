"""Music a bot sends: what Telegram takes for it, how long it is, and its cover. Nothing is decoded."""

import struct
from typing import Any

from bot.playground.parameters import Parameters, Upload
from bot.playground.pictures import picture_size
from bot.playground.refusal import bad_request

LARGEST_COVER = 200 * 1000  # bytes
LONGEST_COVER_SIDE = 320  # pixels
BITRATES = {  # kbit/s by the four bits of an MPEG Layer III frame (ISO 11172-3, ISO 13818-3)
    "MPEG-1": (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    "MPEG-2": (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = (44100, 48000, 32000)  # samples a second of MPEG-1; halved for MPEG-2, halved again for 2.5


def music_type(content: bytes) -> str | None:
    """``audio/mpeg`` of an MP3, ``audio/mp4`` of an M4A, as the first bytes tell; None for anything else."""
    if content[:3] == b"ID3" or _frame(content, 0) is not None:
        return "audio/mpeg"
    return "audio/mp4" if content[4:8] == b"ftyp" else None


def checked_music(music: Upload) -> Upload:
    """The upload under the type its bytes tell. Raises `Refusal` (400) where it is neither MP3 nor M4A."""
    mime_type = music_type(music.content)
    if mime_type is None:
        raise bad_request("AUDIO_EXT_INVALID")
    return Upload(music.name, mime_type, music.content)


def cover_of(parameters: Parameters, reference: Any) -> Upload | None:
    """The ``thumbnail`` that came with a file, or None. Telegram takes a JPEG of less than 200 kB whose sides are at
    most 320 pixels, only as a new upload, and leaves out whatever else is sent, without a word."""
    name = str(reference).removeprefix("attach://") if reference else "thumbnail"
    cover = parameters.files.get(name)
    if cover is None or len(cover.content) >= LARGEST_COVER or cover.content[:2] != b"\xff\xd8":
        return None
    sides = picture_size(cover.content)
    if not min(sides) or max(sides) > LONGEST_COVER_SIDE:
        return None
    return Upload(cover.name, "image/jpeg", cover.content)


def music_seconds(content: bytes) -> int:
    """Whole seconds of an MP3 or M4A; 0 where they cannot be read."""
    try:
        if content[4:8] == b"ftyp":
            return round(_m4a_seconds(content))
        return round(_mp3_seconds(content)) if music_type(content) else 0
    except struct.error:  # shorter than its head says
        return 0


def _frame(content: bytes, place: int) -> tuple[int, int, int] | None:
    """(bits a second, samples a second, samples in the frame) of the Layer III frame that begins here, or None."""
    if len(content) < place + 4:
        return None
    (head,) = struct.unpack_from(">I", content, place)
    version, layer, bits, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return None
    if version == 3:
        return BITRATES["MPEG-1"][bits] * 1000, RATES[rate], 1152
    return BITRATES["MPEG-2"][bits] * 1000, RATES[rate] // (2 if version == 2 else 4), 576


def _mp3_seconds(content: bytes) -> float:
    place = 0
    if content[:3] == b"ID3" and len(content) >= 10:
        size = 0
        for byte in content[6:10]:  # seven bits a byte
            size = size << 7 | byte & 0x7F
        place = 10 + size
    found = _frame(content, place)
    if found is None:
        return 0.0
    bitrate, rate, samples = found
    for mark in (b"Xing", b"Info"):  # the encoder's own count of frames stands in the first one
        told = content.find(mark, place, place + 200)
        if told >= 0:
            flags, frames = struct.unpack_from(">II", content, told + 4)
            if flags & 1:
                return float(frames * samples / rate)
    return (len(content) - place) * 8 / bitrate


def _m4a_seconds(content: bytes) -> float:
    place = content.find(b"mvhd")
    if place < 0:
        return 0.0
    form = ">4xQQIQ" if content[place + 4] == 1 else ">4xIIII"
    _, _, scale, units = struct.unpack_from(form, content, place + 4)
    return float(units / scale) if scale else 0.0
