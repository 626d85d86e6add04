"""Originals: the files that somebody wants in the catalogue, found in folders and told apart by their bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from workers.catalogue.failure import WrongInput

SUFFIXES = frozenset(
    ".aac .aif .aiff .ape .flac .m4a .m4b .mka .mp2 .mp3 .mp4 .mpc .oga .ogg .opus .wav .wave .webm .wma .wv".split()
)
BLOCK = 1 << 20


class NoSuchPlace(WrongInput):
    """A file or folder that was named is not there."""


def found(places: Iterable[Path]) -> list[Path]:
    """The files to add, each once: those that are named whatever they are called, and of folders all that are called
    like sound, the subfolders' too, in the order of their names. Raises `NoSuchPlace`."""
    return list(dict.fromkeys(file for place in places for file in _in(place)))


def _in(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    else:
        raise NoSuchPlace(f"{place} is neither a file nor a folder")


def name_of(file: Path) -> str:
    """The name under which a piece made of this file is known: the sha256 of its bytes. Raises `OSError`."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return f"sha256:{digest.hexdigest()}"
