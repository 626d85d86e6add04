"""Pictures out of a film: a few moments of it, spread over its length, decoded where sound is decoded too."""

import numpy as np

from models.face.picture import LEAST_SIDE, Picture
from models.speech.audio import ffmpeg
from models.speech.audio.container import kind_of

MOMENTS = 5
KINDS = ("mov", "matroska")
"""ffmpeg's readers of what may hold moving pictures: a video note is MP4."""
MOST_PIXELS = 2_048 * 2_048
"""Of a film that is decoded at all; a video note has at most 640 to a side."""
LONGEST = 640
"""Pixels of the longer side that are kept."""
DEADLINE_S = 10.0
"""A minute of a video note takes one; what was made until then counts."""
HEAD_BYTES = 32
"""Room for the first line of a picture in the format PPM: `P6`, its sides, and the number of shades."""


def frames(data: bytes, seconds: float) -> list[Picture]:
    """At most `MOMENTS` pictures from the first `seconds` of the film `data` (MP4 or WebM), in their order.

    None where it shows nothing that can be read. Nothing touches a disk, and what the film says of its own length
    counts nowhere."""
    kind = kind_of(data)
    if kind not in KINDS or seconds <= 0:
        return []
    spread = f"fps=fps={MOMENTS / seconds:.6f}:round=near:eof_action=pass"
    small = f"scale=w='min({LONGEST},iw)':h='min({LONGEST},ih)':force_original_aspect_ratio=decrease"
    made = (
        *("-map", "0:v:0", "-an", "-sn", "-dn", "-vf", f"{spread},{small}", "-frames:v", str(MOMENTS)),
        *("-threads", "1", "-c:v", "ppm", "-f", "image2pipe", "pipe:1"),
    )
    reading = ("-max_pixels", str(MOST_PIXELS), "-t", f"{seconds:.3f}")
    limit = MOMENTS * (3 * LONGEST * LONGEST + HEAD_BYTES)
    return _pictures(ffmpeg.output(data, kind, made, limit_bytes=limit, seconds=DEADLINE_S, reading=reading).content)


def _pictures(content: bytes) -> list[Picture]:
    """The whole pictures in a row of PPM files, as ffmpeg writes them."""
    found: list[Picture] = []
    at = 0
    while content.startswith(b"P6\n", at):
        sides, shades = content.find(b"\n", at + 3), content.find(b"\n", content.find(b"\n", at + 3) + 1)
        if sides < 0 or shades < sides:
            break
        width, height = (int(number) for number in content[at + 3 : sides].split())
        at = shades + 1 + 3 * width * height
        if at > len(content):  # torn off at the deadline
            break
        if min(width, height) >= LEAST_SIDE:
            pixels = np.frombuffer(content, np.uint8, 3 * width * height, shades + 1)
            found.append(Picture(pixels.reshape(height, width, 3)))
    return found
