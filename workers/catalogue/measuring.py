"""Measuring anew: what an older extractor measured cannot be compared with what this one does."""

from collections.abc import Iterator

from models.music import features, sound
from models.music.predict import MoodReader
from workers.catalogue import studio
from workers.catalogue.keeping import Archive
from workers.journal import tracks


def outdated(archive: Archive) -> list[int]:
    """The pieces that another extractor measured."""
    with archive.journal.read() as session:
        return [each.id for each in tracks.described(session) if each.version != features.VERSION]


def measure(archive: Archive, ids: list[int]) -> Iterator[int]:
    """Measures from the stored sound; yields each piece when it is done. What a person or the composer said about its
    mood stays. Raises what the store raises."""
    reader = MoodReader()
    for track_id in ids:
        with archive.journal.read() as session:
            track = tracks.get(session, track_id)
        if track is not None:
            decoded = sound.decoded(archive.store.get(track.key))
            raw = features.of(studio.together(decoded.samples), decoded.rate)
            felt = studio.feeling(raw, reader)
            with archive.journal.write() as session:
                tracks.changing(session)
                tracks.measured(
                    session, track_id, studio.packed(raw), features.VERSION, felt.model, felt.moods, felt.place
                )
        yield track_id
