"""Adding: files of somebody's own music become pieces of the catalogue, one after another.

A file is known by the sha256 of its bytes, so that a run that was ended, at whatever moment, goes on where it was:
what is done is not even decoded again.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from models.music import sound, tags
from models.music.predict import MoodReader
from models.music.tags import Tags
from workers.catalogue import cover, licences, originals, studio
from workers.catalogue.keeping import Archive, Duplicate
from workers.catalogue.licences import BadLicences, Terms
from workers.catalogue.studio import Unsuitable
from workers.journal import tracks
from workers.journal.tables import Track
from workers.journal.tracks import Print

State = Literal["added", "here", "twin", "refused", "broken"]
NAMED = re.compile(r"(?:\d+[ ._-]+)?(?P<artist>.+?) - (?P<title>.+)")
"""How files without tags are often called: "03 - Artist - Title"."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: "added" (`track_id` is it), "here" and "twin" (`track_id` was there before: by its
    bytes, by its sound), "refused" and "broken" (`why`)."""

    file: Path
    state: State
    track_id: int | None = None
    why: str = ""

    @property
    def line(self) -> str:
        """What `heed music add` says of it."""
        if self.state == "added":
            return f"added     {self.track_id}  {self.file.name}"
        if self.state in {"here", "twin"}:
            return f"{self.state:<8}  {self.file.name} is piece {self.track_id} already"
        return f"{self.state:<8}  {self.file}: {self.why}"

    @property
    def failed(self) -> bool:
        return self.state in {"refused", "broken"}


class Adding:
    """One run of `heed music add`."""

    def __init__(self, archive: Archive, given: Terms, reader: MoodReader) -> None:
        self._archive = archive
        self._given = given
        self._reader = reader
        self._prints: dict[int, Print] = {}

    def one(self, file: Path) -> Outcome:
        """Adds a file. Whatever is wrong with the file is in the outcome. Raises what the store and the journal
        raise, and `CatalogueBusy`: then nothing more can be added now."""
        try:
            original = originals.name_of(file)
            before = self._before(original)
            if before is not None and self._archive.store.has(before.key):
                return Outcome(file, "here", before.id)
            found = tags.read(file)
            terms = self._given.over(licences.beside(file)).over(_of_tags(found)).over(_of_name(file))
            if not terms.licence:
                return Outcome(file, "refused", why=_no_licence(found))
            if len(terms.licence) > licences.LONGEST:
                return Outcome(file, "refused", why=f"its licence is longer than {licences.LONGEST} letters")
            return self._hear(file, original, found, terms, before.id if before else None)
        except (BadLicences, Unsuitable) as error:
            return Outcome(file, "refused", why=str(error))
        except sound.UnreadableSound as error:
            return Outcome(file, "broken", why=str(error))
        except OSError as error:
            return Outcome(file, "broken", why=error.strerror or type(error).__name__)

    def _before(self, original: str) -> Track | None:
        """The piece made of the same bytes, if it can be played."""
        with self._archive.journal.read() as session:
            track = tracks.of_original(session, original)
            return track if track is not None and track.removed_at is None else None

    def _hear(self, file: Path, original: str, found: Tags, terms: Terms, instead: int | None) -> Outcome:
        decoded = sound.decoded(file)
        heard = studio.heard(decoded.samples, decoded.rate)
        known = self._known()
        other = studio.twin(heard, [each for each in known.values() if each.id != instead])
        if other is not None:
            return Outcome(file, "twin", other)
        picture = cover.thumbnail(found.cover) if found.cover else None
        title, artist = terms.title[:200], terms.artist[:200]
        named = replace(found, title=title, artist=artist)
        made = studio.prepared(heard, named, self._reader, picture, None)
        track = Track(
            title=title,
            artist=artist,
            album=(found.album or "")[:200] or None,
            licence=terms.licence,
            source=terms.source[:300] or None,
            attribution=terms.attribution[:500] or None,
            original=original,
            made_of=None,
        )
        try:
            track_id = self._archive.keep(track, made, picture, heard=heard, known=known, instead=instead)
        except Duplicate as duplicate:
            return Outcome(file, "twin", duplicate.track_id)
        return Outcome(file, "added", track_id)

    def _known(self) -> dict[int, Print]:
        """What tells all pieces again, read as far as it is new."""
        with self._archive.journal.read() as session:
            new = tracks.prints(session, self._prints)
            still = tracks.ids(session)
        self._prints = {each.id: each for each in (*self._prints.values(), *new) if each.id in still}
        return self._prints


def _of_tags(found: Tags) -> Terms:
    said = found.licence or ""
    return Terms(
        licence=licences.known(said) or "",
        title=(found.title or "").strip(),
        artist=(found.artist or "").strip(),
    )


def _of_name(file: Path) -> Terms:
    """What the name says, where the tags say nothing. Nobody's piece has no artist."""
    named = NAMED.fullmatch(file.stem)
    return Terms(title=named["title"], artist=named["artist"]) if named else Terms(title=file.stem)


def _no_licence(found: Tags) -> str:
    said = f"its tag says {found.licence.strip()[:60]!r}, which is no licence known here" if found.licence else ""
    return f"{said or 'nothing says under which licence it is'}; give --licence, or a line in {licences.CSV}"
