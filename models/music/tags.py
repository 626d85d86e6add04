"""Tags: what a file of music says of itself."""

from dataclasses import dataclass, field
from pathlib import Path

from tinytag import TinyTag, TinyTagException

LICENCES = ("license", "licence", "copyright", "copyright_url")
"""Under which names files say their licence, the surest first."""
LONGEST = 1000  # characters of a tag: some files hold a whole letter


@dataclass(frozen=True)
class Tags:
    """Each is None where the file does not say it. `cover` is a picture as it lies in the file."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    licence: str | None = None
    year: str | None = None
    comment: str | None = None
    cover: bytes | None = field(default=None, repr=False)


def read(path: Path) -> Tags:
    """What the file says. Tags that cannot be read are none: the sound decides whether a file is any good. Raises
    OSError where it cannot be opened."""
    try:
        found = TinyTag.get(path, duration=False, image=True)
    except (TinyTagException, ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError):
        return Tags()
    other = {key: " ".join(map(str, values)) for key, values in found.other.items()}
    picture = found.images.any
    return Tags(
        title=_tidy(found.title),
        artist=_tidy(found.artist),
        album=_tidy(found.album),
        licence=next((tidy for key in LICENCES if (tidy := _tidy(other.get(key)))), None),
        year=_tidy(found.year),
        comment=_tidy(found.comment),
        cover=picture.data if picture is not None else None,
    )


def _tidy(text: str | None) -> str | None:
    """Without white space around it and what cannot be printed; None where nothing is left."""
    if text is None:
        return None
    plain = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(plain.split())[:LONGEST] or None
