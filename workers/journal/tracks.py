"""Tracks: the pieces of the catalogue, what may be asked of them, and where Telegram keeps those it was sent.

Whatever changes what can be played changes the revision too, in the same transaction: `changing` comes first, so that
on Postgres two changes wait for one another at that row.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workers.journal.base import now, random_id
from workers.journal.music import Catalogue, Track, TrackUpload

BY_HEAD, BY_PERSON, BY_COMPOSER = "head", "person", "composer"
COMPOSED = "heed:"
"""What the originals of the pieces begin with that Heed composed itself."""
ONLY = 1
BATCH = 500


@dataclass(frozen=True)
class Light:
    """A piece as far as choosing needs it. `valence` and `arousal` lie in [-1, 1], `moods` are probabilities."""

    id: int
    artist: str
    made_of: Mapping[str, Any] | None
    valence: float
    arousal: float
    moods: Mapping[str, float]


class AlreadyHere(RuntimeError):
    """A piece of the same original, or with the same bytes, can be played already."""

    def __init__(self, track_id: int) -> None:
        super().__init__(f"this is piece {track_id} already")
        self.track_id = track_id


class Described(NamedTuple):
    """What a piece sounds like: raw features (float32, little-endian) and which extractor made them."""

    id: int
    features: bytes
    version: str


class Print(NamedTuple):
    """What tells a recording again."""

    id: int
    seconds: float
    fingerprint: bytes


class Kept(NamedTuple):
    """What the store must hold for a piece."""

    id: int
    key: str
    sha256: str
    size: int
    cover_key: str | None


def revision(session: Session) -> str:
    """Another word after every change of the catalogue. To be read before the rows it stands for."""
    return session.scalar(select(Catalogue.revision)) or ""


def changing(session: Session) -> None:
    """Notes that this transaction changes the catalogue, and lets no other change it until this one ends."""
    session.execute(update(Catalogue).where(Catalogue.id == ONLY).values(revision=random_id()))


def here(session: Session) -> list[Light]:
    """Every piece that can be played, the oldest first."""
    rows = session.execute(
        select(Track.id, Track.artist, Track.made_of, Track.valence, Track.arousal, Track.moods)
        .where(Track.removed_at.is_(None))
        .order_by(Track.id)
    )
    return [Light(*row) for row in rows]


def described(session: Session) -> list[Described]:
    """What every piece that can be played sounds like, the oldest first."""
    rows = session.execute(
        select(Track.id, Track.features, Track.features_version).where(Track.removed_at.is_(None)).order_by(Track.id)
    )
    return [Described(*row) for row in rows]


def get(session: Session, track_id: int) -> Track | None:
    """The piece, if it can (still) be played."""
    track = session.get(Track, track_id)
    return track if track is not None and track.removed_at is None else None


def some(session: Session, ids: Collection[int]) -> dict[int, Track]:
    """Those of the pieces that can be played, by id."""
    rows = session.scalars(select(Track).where(Track.id.in_(ids), Track.removed_at.is_(None)))
    return {track.id: track for track in rows}


def every(session: Session) -> list[Track]:
    """All of every piece that can be played, the oldest first."""
    return list(session.scalars(select(Track).where(Track.removed_at.is_(None)).order_by(Track.id)))


def count(session: Session) -> int:
    """How many pieces can be played."""
    return session.scalar(select(func.count()).select_from(Track).where(Track.removed_at.is_(None))) or 0


def any_here(session: Session) -> bool:
    """Whether anything can be played."""
    return session.scalar(select(Track.id).where(Track.removed_at.is_(None)).limit(1)) is not None


def keys_to_upload(session: Session, bot_id: int, ids: Collection[int]) -> dict[int, str]:
    """Of those pieces that this bot never sent, by id: the key of the object that it would have to send."""
    sent = select(TrackUpload.track_id).where(TrackUpload.bot_id == bot_id)
    rows = session.execute(select(Track.id, Track.key).where(Track.id.in_(ids), Track.id.not_in(sent)))
    return {row.id: row.key for row in rows}


def of_original(session: Session, original: str) -> Track | None:
    """The piece that was made of this, be it that it was taken away."""
    return session.scalar(select(Track).where(Track.original == original))


def of_sha256(session: Session, sha256: str) -> Track | None:
    """The piece whose object has these bytes, be it that it was taken away."""
    return session.scalar(select(Track).where(Track.sha256 == sha256))


def originals(session: Session, prefix: str) -> set[str]:
    """What pieces were made of, as far as it begins with `prefix`; those that were taken away as well."""
    found = session.scalars(select(Track.original).where(Track.original.startswith(prefix, autoescape=True)))
    return set(found)


def ids(session: Session) -> set[int]:
    """The pieces that can be played."""
    return set(session.scalars(select(Track.id).where(Track.removed_at.is_(None))))


def prints(session: Session, without: Collection[int] = ()) -> list[Print]:
    """What tells the pieces that can be played again, but for those that are known."""
    found: list[Print] = []
    new = sorted(ids(session).difference(without))
    for at in range(0, len(new), BATCH):
        rows = session.execute(
            select(Track.id, Track.seconds, Track.fingerprint).where(Track.id.in_(new[at : at + BATCH]))
        )
        found += [Print(*row) for row in rows]
    return found


def kept(session: Session) -> list[Kept]:
    """What the store must hold for the pieces that can be played."""
    rows = session.execute(
        select(Track.id, Track.key, Track.sha256, Track.size, Track.cover_key)
        .where(Track.removed_at.is_(None))
        .order_by(Track.id)
    )
    return [Kept(*row) for row in rows]


def add(session: Session, track: Track, instead: int | None = None) -> Track:
    """Puts a piece into the catalogue. One that was taken away, of the same original or with the same bytes, comes
    back with its id, so that it is again in the playlists that kept it; `instead` is one whose object was lost.
    Raises `AlreadyHere`."""
    before = of_original(session, track.original) or of_sha256(session, track.sha256)
    if before is None:
        session.add(track)
        session.flush()
        return track
    if before.removed_at is None and before.id != instead:
        raise AlreadyHere(before.id)
    session.execute(delete(TrackUpload).where(TrackUpload.track_id == before.id))
    for column in Track.__table__.columns:
        if column.key not in {"id", "added_at", "removed_at"}:
            setattr(before, column.key, getattr(track, column.key))
    before.added_at, before.removed_at = now(), None
    session.flush()
    return before


def measured(
    session: Session,
    track_id: int,
    features: bytes,
    version: str,
    model: str,
    moods: Mapping[str, float],
    place: tuple[float, float],
) -> None:
    """Notes what was measured anew. Of moods and place (valence, arousal) a person's or the composer's word stays."""
    track = get(session, track_id)
    if track is None:
        return
    track.features, track.features_version, track.model = features, version, model
    if track.moods_by == BY_HEAD:
        track.moods, (track.valence, track.arousal) = dict(moods), place
    session.flush()


def remove(session: Session, ids: Iterable[int]) -> list[Track]:
    """Takes pieces away; returns those that were there. Their objects may go after the commit."""
    gone = [track for track_id in dict.fromkeys(ids) if (track := get(session, track_id)) is not None]
    for track in gone:
        track.removed_at = now()
    session.execute(delete(TrackUpload).where(TrackUpload.track_id.in_([track.id for track in gone])))
    session.flush()
    return gone


def upload(session: Session, bot_id: int, track_id: int) -> str | None:
    """Under which file_id Telegram keeps the piece for this bot, if it was sent before."""
    sent = session.get(TrackUpload, (bot_id, track_id))
    return sent.file_id if sent is not None else None


def keep_upload(session: Session, bot_id: int, track_id: int, file_id: str) -> None:
    """Notes under which file_id Telegram keeps the piece for this bot; nothing where the piece is gone."""
    if get(session, track_id) is None:
        return
    session.merge(TrackUpload(bot_id=bot_id, track_id=track_id, file_id=file_id, at=now()))
    session.flush()


def drop_upload(session: Session, bot_id: int, track_id: int) -> None:
    """Forgets a file_id that Telegram does not know any more: the piece is uploaded again."""
    session.execute(delete(TrackUpload).where(TrackUpload.bot_id == bot_id, TrackUpload.track_id == track_id))
