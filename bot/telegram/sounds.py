"""Sounds of the catalogue on their way to Telegram: by `file_id` where this bot has sent one before, else from the
store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from workers.errors import Permanent
from workers.journal import tracks
from workers.journal.database import Journal
from workers.journal.tables import Track
from workers.media.store import Store


@dataclass(frozen=True)
class Sound:
    """A piece as Telegram wants it to be uploaded: `data` is the file (MP3), `cover` a JPEG."""

    title: str
    performer: str
    seconds: int
    data: bytes = field(repr=False)
    cover: bytes | None = field(repr=False)

    @property
    def name(self) -> str:
        """A file's name, which Telegram shows to whoever saves it."""
        plain = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in self.title)
        return f"{' '.join(plain.split())[:60] or 'music'}.mp3"


class Sounds:
    def __init__(self, bot_id: int, journal: Journal, make_store: Callable[[], Store]) -> None:
        self._bot_id = bot_id
        self._journal = journal
        self._make_store = make_store

    @cached_property
    def _store(self) -> Store:
        return self._make_store()

    def known(self, track_id: int) -> str | None:
        """The `file_id` of the piece. None where this bot never sent it. Raises `Permanent` where it is gone."""
        with self._journal.read() as session:
            _here(tracks.get(session, track_id))
            return tracks.upload(session, self._bot_id, track_id)

    def fetched(self, track_id: int) -> Sound:
        """The piece with its file, from the store. Raises `Permanent` where it is gone, and what the store raises."""
        with self._journal.read() as session:
            track = _here(tracks.get(session, track_id))
            key, cover_key = track.key, track.cover_key
            title, performer, seconds = track.title, track.artist, max(1, round(track.seconds))
        data = self._store.get(key)
        cover = self._store.get(cover_key) if cover_key is not None else None
        return Sound(title, performer, seconds, data, cover)

    def keep(self, track_id: int, file_id: str) -> None:
        """From now on the piece is sent by this `file_id`."""
        self._journal.transact(lambda session: tracks.keep_upload(session, self._bot_id, track_id, file_id))

    def lose(self, track_id: int) -> None:
        """Telegram does not know the `file_id` (any more)."""
        self._journal.transact(lambda session: tracks.drop_upload(session, self._bot_id, track_id))


def _here(track: Track | None) -> Track:
    if track is None:
        raise Permanent("the track is not in the catalogue any more")
    return track
