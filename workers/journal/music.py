"""The tables of music: what there is to play, and what somebody heard, keeps and asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workers.journal.base import Base, Errand, now, only


class Track(Base):
    """A piece of the catalogue. The sound that is sent lies in the store under `key`, `sha256` and `size` (bytes) are
    of it; `seconds` its length, `loudness` (LUFS) what it had before it was levelled.

    `fingerprint` tells the same recording again; `features` are raw (float32, little-endian), as `features_version`
    of models/music made them. `moods` are probabilities of the six moods, with `valence` and `arousal` in [-1, 1];
    `moods_by` is "head", "person" (a tag of whoever keeps the catalogue) or "composer", and `model` the head.
    `made_of` are the settings of a piece that Heed composed itself. `original` names what the sound was made of, so
    that what is done is not done again: "sha256:" of a file, or the mood and the number of a composed piece. A piece
    that was taken away keeps its row, with `removed_at`, while somebody may still ask for it.
    """

    __tablename__ = "track"
    __table_args__ = (
        Index("track_sha256", "sha256", unique=True),
        Index("track_key", "key", unique=True),
        Index("track_original", "original", unique=True),
        Index("track_here", "id", **only("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    artist: Mapped[str] = mapped_column(String(200))
    album: Mapped[str | None] = mapped_column(String(200))
    licence: Mapped[str] = mapped_column(String(80))
    source: Mapped[str | None] = mapped_column(String(300))
    attribution: Mapped[str | None] = mapped_column(String(500))
    seconds: Mapped[float]
    loudness: Mapped[float | None]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    cover_key: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int]
    fingerprint: Mapped[bytes]
    features: Mapped[bytes]
    features_version: Mapped[str] = mapped_column(String(32))
    moods: Mapped[dict[str, Any]]
    valence: Mapped[float]
    arousal: Mapped[float]
    moods_by: Mapped[str] = mapped_column(String(12))
    model: Mapped[str] = mapped_column(String(64))
    made_of: Mapped[dict[str, Any] | None]
    original: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]


class Catalogue(Base):
    """One row: `revision` is another random word after every change of what can be played."""

    __tablename__ = "catalogue"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[str] = mapped_column(String(32))


class TrackUpload(Base):
    """Where Telegram keeps a piece that this bot has sent once: from then on it is sent by `file_id`."""

    __tablename__ = "track_upload"

    bot_id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=now)


class Pick(Base):
    """A piece that somebody was sent in a conversation, so that it does not come twice there."""

    __tablename__ = "pick"
    __table_args__ = (
        Index("pick_heard", "conversation_id", "track_id"),
        Index("pick_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(String(40))
    chosen_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)


class PlaylistEntry(Base):
    """A piece that somebody keeps, until they take it out or are forgotten."""

    __tablename__ = "playlist_entry"
    __table_args__ = (Index("playlist_entry_once", "person_id", "track_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)


class Wish(Errand):
    """Music that somebody asked for and that nobody has chosen yet. `wanted` is sealed: a goal may tell a feeling."""

    __tablename__ = "wish"
    __table_args__ = (
        Index("wish_origin", "person_id", "origin", unique=True),
        Index("wish_due", "ring_at"),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    epoch: Mapped[int]
    wanted: Mapped[bytes]
