"""Pieces that Heed composes itself: which there are, and by what name each is known. Nothing is composed here."""

from dataclasses import dataclass

from models.music.moods import MOODS, Mood
from workers.journal.tracks import COMPOSED


@dataclass(frozen=True)
class Wanted:
    """A piece that is to be composed. The generator is deterministic: mood and number are all there is to it."""

    mood: Mood
    number: int

    @property
    def original(self) -> str:
        return f"{COMPOSED}{self.mood}/{self.number:04d}"


def wanted(per_mood: int) -> list[Wanted]:
    """The pieces of a catalogue of this size, one of every mood first: a few minutes after the start there is already
    something for whatever somebody feels."""
    return [Wanted(mood, number) for number in range(per_mood) for mood in MOODS]
