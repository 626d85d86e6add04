"""What the head of moods learns from: real tracks with what they were made for, and their features, kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.dataset import INDEX, UnreadableData, indexed
from models.music import features, sound, tags
from models.music.moods import MOODS, Mood
from models.music.purposes import Purpose, purposes

Floats = NDArray[np.float32]

ENDINGS = (".ogg", ".oga", ".opus", ".mp3", ".flac", ".m4a", ".wav")
SHORTEST_S = 15.0
"""A jingle of a few seconds has no middle to describe."""
CACHE = Path(".cache/music")


@dataclass(frozen=True, slots=True)
class Track:
    """`place` is the file's path in its folder; `mood` what it was made for; `artist` and `source` what must not be
    on both sides of a split, empty where nobody says."""

    file: Path
    place: str
    mood: Mood
    artist: str
    source: str


@dataclass(frozen=True, slots=True)
class Material:
    """`raw` [n, 80]; `labels` [n] places in `MOODS`; `family` [n], shared by tracks with an artist or a source in
    common; `tracks` [n]; `refused` how many files could not be used, by reason."""

    raw: Floats
    labels: NDArray[np.int64]
    family: NDArray[np.int64]
    tracks: tuple[Track, ...]
    refused: dict[str, int]


def tracks(data: Path, every: Sequence[Purpose] | None = None) -> list[Track]:
    """The tracks that `data` names: a folder with index.csv (path, mood, and artist or source if known), or a folder
    of unpacked packages, named by the file of purposes. Raises `UnreadableData`."""
    if not data.exists():
        raise UnreadableData(f"{data} is not there; --data names another place")
    if data.name == INDEX or (data / INDEX).is_file():
        return _listed(data)
    known = purposes() if every is None else every
    found: list[Track] = []
    for file in sorted(data.rglob("*")):
        if file.suffix.lower() not in ENDINGS or not file.is_file():
            continue
        place = file.relative_to(data).as_posix()
        purpose = next((each for each in known if each.matches(place)), None)
        if purpose is not None:
            artist = tags.read(file).artist or ""
            found.append(Track(file, place, purpose.mood, artist.casefold(), place.split("/")[0]))
    if not found:
        raise UnreadableData(f"{data} holds no track that the file of purposes names, and no {INDEX}")
    return found


def _listed(data: Path) -> list[Track]:
    folder, rows = indexed(data)
    found: list[Track] = []
    for number, row in enumerate(rows, 2):
        mood = row.get("mood", "").strip().casefold()
        place = next((each for each in MOODS if each == mood), None)
        if place is None:
            raise UnreadableData(f"{folder / INDEX}, line {number}: mood is none of {', '.join(MOODS)}")
        artist, source = row.get("artist", "").strip().casefold(), row.get("source", "").strip()
        found.append(Track(folder / row["path"], row["path"], place, artist, source))
    return found


def material(found: Sequence[Track], cache: Path, told: Callable[[int, int], None] | None = None) -> Material:
    """The features of every track, from `cache` where they are there already; `told` hears (done, of). Tracks that
    cannot be read or are too short are counted, never guessed. Raises `UnreadableData` where none is left."""
    rows: list[Floats] = []
    kept: list[Track] = []
    refused: dict[str, int] = {}
    for number, track in enumerate(found, 1):
        try:
            rows.append(described(track.file, cache))
            kept.append(track)
        except (sound.UnreadableSound, TooShort) as error:
            why = type(error).__name__
            refused[why] = refused.get(why, 0) + 1
        if told is not None:
            told(number, len(found))
    if not rows:
        raise UnreadableData("none of the tracks can be read")
    # A track that is in two packages is one track: the same features, whatever it is called.
    _, first = np.unique(np.round(np.stack(rows), 2), axis=0, return_index=True)
    chosen = [int(place) for place in np.sort(first)]
    if len(chosen) < len(rows):
        refused["Twice"] = len(rows) - len(chosen)
    left = tuple(kept[place] for place in chosen)
    labels = np.array([MOODS.index(track.mood) for track in left], np.int64)
    return Material(np.stack([rows[place] for place in chosen]), labels, families(left), left, refused)


class TooShort(ValueError):
    """Less than `SHORTEST_S` of sound."""


def described(file: Path, cache: Path) -> Floats:
    """The raw features [80] of `file`, the way the catalogue makes them. Raises `TooShort`, `UnreadableSound`."""
    data = file.read_bytes()
    place = cache / features.VERSION / f"{hashlib.sha256(data).hexdigest()}.npy"
    if place.is_file():
        kept: Floats = np.load(place, allow_pickle=False)
        if len(kept) == 0:
            raise TooShort
        return kept
    decoded = sound.decoded(data)
    long_enough = decoded.seconds >= SHORTEST_S
    mono = np.ascontiguousarray(decoded.samples.mean(axis=1, dtype=np.float32))
    raw = features.of(mono, decoded.rate) if long_enough else np.zeros(0, np.float32)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".partial.npy")
    np.save(beside, raw)
    beside.replace(place)
    if not long_enough:
        raise TooShort
    return raw


def families(found: Sequence[Track]) -> NDArray[np.int64]:
    """A number for each track, the same for those that share an artist or a source, directly or through others."""
    head = list(range(len(found)))

    def root(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    first: dict[tuple[str, str], int] = {}
    for place, track in enumerate(found):
        for key in (("artist", track.artist), ("source", track.source)):
            if key[1]:
                head[root(place)] = root(first.setdefault(key, place))
    return np.array([root(place) for place in range(len(found))], np.int64)


def mark(raw: Floats) -> int:
    """A number by which a head knows again the features [80] that it was learned from."""
    rounded = np.round(np.asarray(raw, np.float64), 3) + 0.0  # no minus zero
    return int.from_bytes(hashlib.sha256(rounded.astype("<f4").tobytes()).digest()[:8], "little")


def marks(raw: Floats) -> NDArray[np.uint64]:
    """The marks of `raw` [n, 80], sorted, each once."""
    return np.unique(np.array([mark(row) for row in raw], np.uint64))
