"""Films made for the tests: colours, photos, and what a hostile recorder writes."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from models.speech.audio import ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def made(folder: Path, options: Sequence[str], *, kind: str = "mp4") -> bytes:
    """The film that ffmpeg makes with `options`."""
    path = folder / f"film.{kind}"
    command = [ffmpeg.program(), "-y", "-loglevel", "error", *options, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    data = path.read_bytes()
    path.unlink()
    return data


def shown(
    folder: Path,
    *colours: str,
    each_s: float = 1.0,
    size: str = "96x96",
    coded: Sequence[str] = H264,
    sound: Path | None = None,
) -> bytes:
    """A film of `colours`, one after the other, with a `sound` or a tone."""
    sources = [
        part
        for colour in colours
        for part in ("-f", "lavfi", "-i", f"color={colour}:size={size}:duration={each_s}:rate=25")
    ]
    heard = ("-i", str(sound)) if sound else ("-f", "lavfi", "-i", f"sine=440:duration={each_s * len(colours)}")
    joined = "".join(f"[{number}:v]" for number in range(len(colours))) + f"concat=n={len(colours)}:v=1[v]"
    mapped = ("-filter_complex", joined, "-map", "[v]", "-map", f"{len(colours)}:a")
    kind = "webm" if "libvpx" in coded else "mp4"
    return made(folder, [*sources, *heard, *mapped, *coded], kind=kind)


def of_photo(folder: Path, photo: Path, seconds: float = 2.0) -> bytes:
    """A video note in which a photo stands still: 384 pixels square, with a tone."""
    square = "scale=384:384:force_original_aspect_ratio=increase,crop=384:384:(iw-384)/2:0"
    stands = ("-loop", "1", "-t", str(seconds), "-i", str(photo), "-f", "lavfi", "-t", str(seconds), "-i", "sine=440")
    return made(folder, [*stands, "-vf", square, "-r", "25", *H264, "-shortest"])
