"""Retagging: what a keeper of the catalogue says about moods, as CSV, in place of what the head says."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.music.moods import ANCHORS, MOODS, Mood
from workers.catalogue import originals
from workers.catalogue.failure import WrongInput
from workers.journal import tracks
from workers.journal.database import Journal
from workers.journal.tables import Track

NAMED_BY = ("id", "path", "title", "artist")
SAID = ("mood", "valence", "arousal")


class BadTags(WrongInput):
    """A list of tags that cannot be read at all: one clear line."""


@dataclass
class Retagged:
    """Which pieces were changed, and line by line what could not be."""

    ids: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    mood: Mood | None
    valence: float
    arousal: float


def retag(journal: Journal, file: Path) -> Retagged:
    """Takes the moods of a CSV file: a column `id`, `path` or `title` (and `artist`) names the piece, `mood` or
    `valence` and `arousal` (in [-1, 1]) say how it feels. Lines that are right are taken. Raises `BadTags`."""
    lines = _lines(file)

    def work(session: Session) -> Retagged:
        done = Retagged()
        tracks.changing(session)
        for number, cells in lines:
            try:
                track, place = _meant(session, cells, file.parent), _place(cells)
            except ValueError as error:
                done.errors.append(f"line {number}: {error}")
                continue
            _apply(track, place)
            done.ids.append(track.id)
        return done

    return journal.transact(work)


def _lines(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval="")
    except UnicodeDecodeError:
        raise BadTags(f"{file} is not UTF-8") from None
    except OSError as error:
        raise BadTags(f"{file}: {error.strerror}") from None
    columns = {(name or "").strip().lower() for name in rows.fieldnames or ()}
    if not columns & {"id", "path", "title"} or not ("mood" in columns or {"valence", "arousal"} <= columns):
        raise BadTags(f"{file}: the first line must name a column id, path or title, and mood or valence and arousal")
    return [
        (rows.line_num, {(name or "").strip().lower(): (value or "").strip() for name, value in row.items() if name})
        for row in rows
    ]


def _meant(session: Session, cells: dict[str, str], folder: Path) -> Track:
    """The one piece that a line names. Raises `ValueError` with what is wrong."""
    if cells.get("id"):
        if not cells["id"].isdecimal():
            raise ValueError(f"{cells['id']!r} is no id")
        track = tracks.get(session, int(cells["id"]))
        if track is None:
            raise ValueError(f"there is no piece {cells['id']}")
        return track
    if cells.get("path"):
        return _of_file(session, folder / Path(cells["path"]).expanduser())
    if not cells.get("title"):
        raise ValueError("names no piece")
    query = select(Track).where(Track.title == cells["title"], Track.removed_at.is_(None))
    if cells.get("artist"):
        query = query.where(Track.artist == cells["artist"])
    found = list(session.scalars(query.order_by(Track.id)))
    if not found:
        raise ValueError(f"there is no piece {cells['title']!r}")
    if len(found) > 1:
        ids = ", ".join(str(track.id) for track in found)
        raise ValueError(f"{cells['title']!r} is the title of several pieces ({ids}); name the artist or the id")
    return found[0]


def _of_file(session: Session, file: Path) -> Track:
    try:
        track = tracks.of_original(session, originals.name_of(file))
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    if track is None or track.removed_at is not None:
        raise ValueError(f"{file} is not in the catalogue")
    return track


def _place(cells: dict[str, str]) -> _Place:
    """How the piece feels. Raises `ValueError` with what is wrong."""
    mood: Mood | None = None
    if cells.get("mood"):
        mood = next((each for each in MOODS if each == cells["mood"].lower()), None)
        if mood is None:
            raise ValueError(f"{cells['mood']!r} is none of {', '.join(MOODS)}")
    valence, arousal = cells.get("valence", ""), cells.get("arousal", "")
    if not valence and not arousal:
        if mood is None:
            raise ValueError("says nothing about the mood")
        return _Place(mood, *ANCHORS[mood])
    return _Place(mood, _number("valence", valence), _number("arousal", arousal))


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is no number") from None
    if not -1 <= value <= 1:  # NaN is not between either
        raise ValueError(f"{name} {text} is not in [-1, 1]")
    return value


def _apply(track: Track, place: _Place) -> None:
    """Where only the place is given, the moods stay what the head says: whether a piece is dark is asked of them."""
    if place.mood is not None:
        track.moods = {mood: float(mood == place.mood) for mood in MOODS}
    track.valence, track.arousal, track.moods_by = place.valence, place.arousal, tracks.BY_PERSON
