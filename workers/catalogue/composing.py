"""Composing: the catalogue that Heed makes itself, so that there is music without any account or file.

The generator is deterministic and a piece is known by its mood and number, so that a second run makes nothing new,
and one that was ended goes on where it was. A piece that somebody took away stays away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from models.music.compose import Piece, compose, cover
from models.music.predict import MoodReader
from models.music.tags import Tags
from workers.catalogue import studio
from workers.catalogue.keeping import Archive, Duplicate
from workers.catalogue.pieces import Wanted, wanted
from workers.catalogue.studio import Prepared
from workers.journal import tracks
from workers.journal.tables import Track

ARTIST = "Heed"
LICENCE = "CC0-1.0"
RATE = 44_100


def missing(archive: Archive, per_mood: int) -> list[tuple[Wanted, int | None]]:
    """Those that are not made yet, and with their id those whose object was lost. Raises what the store raises."""
    with archive.journal.read() as session:
        made = {
            original: tracks.of_original(session, original) for original in tracks.originals(session, tracks.COMPOSED)
        }
    left: list[tuple[Wanted, int | None]] = []
    for each in wanted(per_mood):
        track = made.get(each.original)
        if track is None:
            left.append((each, None))
        elif track.removed_at is None and not archive.store.has(track.key):
            left.append((each, track.id))
    return left


@dataclass(frozen=True)
class Ready:
    """A piece that is composed and not kept yet."""

    track: Track
    made: Prepared
    picture: bytes = field(repr=False)


def make(
    archive: Archive, pieces: list[tuple[Wanted, int | None]], ready: Callable[[Wanted], Ready]
) -> Iterator[Wanted]:
    """Composes (`ready` does that) and keeps the pieces; yields each when it is done. Raises what store and journal
    raise."""
    for each, instead in pieces:
        piece = ready(each)
        try:
            archive.keep(piece.track, piece.made, piece.picture, instead=instead)
        except Duplicate:  # another program composed it meanwhile
            continue
        yield each


class Composer:
    """Composes and measures. Called with what is wanted, it does nothing but compute."""

    def __init__(self) -> None:
        self._reader = MoodReader()

    def __call__(self, each: Wanted) -> Ready:
        piece = compose(each.mood, each.number)
        heard = studio.heard(piece.samples, RATE)
        picture = cover(piece)
        named = Tags(title=piece.title, artist=ARTIST, licence=LICENCE)
        made = studio.prepared(heard, named, self._reader, picture, each.mood)
        track = Track(
            title=piece.title, artist=ARTIST, licence=LICENCE, original=each.original, made_of=_settings(piece)
        )
        return Ready(track, made, picture)


def _settings(piece: Piece) -> dict[str, object]:
    return {
        "mood": piece.mood,
        "number": piece.number,
        "tempo": piece.tempo,
        "key": piece.key,
        "chords": list(piece.chords),
        "instruments": list(piece.instruments),
    }
