"""What kind of file some bytes are, by their own first bytes, and whether the file is there to its end.

The kind decides which of ffmpeg's many readers is used, so a stranger's file never chooses one (a playlist
would make ffmpeg open other files). Layouts: RFC 3533 (Ogg), RFC 9559 (Matroska), RFC 9639 (FLAC), RFC 4867
(AMR), ISO 14496-12 (MP4), the WAVE format of Microsoft and IBM, and the Xing header of MP3.
"""

from collections.abc import Callable
from typing import Literal, get_args

Kind = Literal["ogg", "wav", "flac", "mp3", "aac", "mov", "amr", "matroska"]
"""The names ffmpeg gives its readers."""
KINDS: tuple[Kind, ...] = get_args(Kind)

STREAMED = (0, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)
"""Lengths a program writes into a WAV header while it does not know the end yet: they promise nothing."""
AMR_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
AMR_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
"""Bytes of one AMR frame by its type, the type's own byte included (RFC 4867, storage format)."""


def kind_of(data: bytes) -> Kind | None:
    """The kind of sound file, or None where the bytes are not one that can be read."""
    head = data[:16]
    if head.startswith(b"OggS"):
        return "ogg"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head[4:8] in (b"ftyp", b"moov", b"wide"):
        return "mov"
    return _elementary(data)


def _elementary(data: bytes) -> Kind | None:
    """MP3 or AAC without a container: a tag, or two frames' sync word (eleven bits set)."""
    at = _after_tag(data)
    if data[at : at + 4] == b"fLaC":
        return "flac"
    if len(data) < at + 2 or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return "mp3" if at and at < len(data) else None
    layer = (data[at + 1] >> 1) & 3
    if layer == 0:
        return "aac" if data[at + 1] & 0xF6 == 0xF0 else None
    return "mp3" if (data[at + 1] >> 3) & 3 != 1 and data[at + 2 : at + 3] not in (b"\xff", b"\xfe") else None


def _after_tag(data: bytes) -> int:
    """Where the sound begins behind an ID3v2 tag, whose length is four bytes of seven bits."""
    if not data.startswith(b"ID3") or len(data) < 10:
        return 0
    a, b, c, d = data[6:10]
    return 10 + (a << 21 | b << 14 | c << 7 | d)


def is_cut(kind: Kind, data: bytes, decoded_s: float) -> bool:
    """Whether the file says of itself that more should follow. `decoded_s` is the sound that was found in it."""
    if kind == "flac":
        return _flac_cut(data, decoded_s)
    check = CHECKS.get(kind)
    return check is not None and check(data)


def _ogg_cut(data: bytes) -> bool:
    """A page that is not there to its end. A missing mark of the last page alone is no proof: some never write it."""
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS":
            at = data.find(b"OggS", at + 1)  # a damaged stretch; the pages go on behind it
            if at < 0:
                return True
        if at + 27 > len(data):
            return True
        table = data[at + 27 : at + 27 + data[at + 26]]
        end = at + 27 + data[at + 26] + sum(table)
        if len(table) < data[at + 26] or end > len(data):
            return True
        at = end
    return False


def _wav_cut(data: bytes) -> bool:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            return size not in STREAMED and at + 8 + size > len(data)
        at += 8 + size + size % 2
    return True


def _mov_cut(data: bytes) -> bool:
    """A box that reaches behind the end, or no index of the samples at all."""
    at, indexed = 0, False
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        indexed = indexed or name == b"moov"
        if size == 0:
            return not indexed
        if size < 8 or at + size > len(data):
            return True
        at += size
    return not indexed


def _matroska_cut(data: bytes) -> bool:
    """A segment that names its length and ends before it. A live recording names none."""
    at = 4
    header, at = _number(data, at)
    at += header or 0
    if data[at : at + 4] != b"\x18\x53\x80\x67":
        return True
    size, at = _number(data, at + 4)
    return size is not None and at + size > len(data)


def _number(data: bytes, at: int) -> tuple[int | None, int]:
    """A length of EBML at `at`, None where it is unknown, and the place behind it."""
    if at >= len(data) or data[at] == 0:
        return 0, at + 1
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), at + width


def _mp3_cut(data: bytes) -> bool:
    """Fewer bytes than the Xing or Info header of the first frame counts; without one nothing can be said."""
    start = _after_tag(data)
    found = max(data.find(b"Xing", start, start + 200), data.find(b"Info", start, start + 200))
    if found < 0:
        return False
    flags = int.from_bytes(data[found + 4 : found + 8], "big")
    if not flags & 2:
        return False
    at = found + 8 + (4 if flags & 1 else 0)
    return start + int.from_bytes(data[at : at + 4], "big") > len(data)


def _amr_cut(data: bytes) -> bool:
    wide = data.startswith(b"#!AMR-WB\n")
    sizes, at = (AMR_WIDE, 9) if wide else (AMR_NARROW, 6)
    while at < len(data):
        at += sizes[(data[at] >> 3) & 15]
    return at > len(data)


def _flac_cut(data: bytes, decoded_s: float) -> bool:
    """Half a second less than the stream's own count of samples; a count of 0 means unknown."""
    at = data.find(b"fLaC") + 8
    if at + 18 > len(data):
        return True
    packed = int.from_bytes(data[at + 10 : at + 18], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return rate > 0 and samples > 0 and decoded_s < samples / rate - 0.5


CHECKS: dict[Kind, Callable[[bytes], bool]] = {
    "ogg": _ogg_cut,
    "wav": _wav_cut,
    "mov": _mov_cut,
    "matroska": _matroska_cut,
    "mp3": _mp3_cut,
    "amr": _amr_cut,
}
