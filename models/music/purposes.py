"""What real tracks were made for, as far as their names say so: the reviewed table `purposes.yaml`."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from models.music.moods import MOODS, Mood

TABLE = Path(__file__).with_name("purposes.yaml")


@dataclass(frozen=True, slots=True)
class Purpose:
    """Tracks whose path `pattern` is found in were made for `mood`; `why` says what in the name says so."""

    pattern: re.Pattern[str]
    mood: Mood
    why: str

    def matches(self, place: str) -> bool:
        """Whether the track at `place` (a path with /) is one of these."""
        return self.pattern.search(place.casefold()) is not None


def purposes(table: Path = TABLE) -> tuple[Purpose, ...]:
    """The table, in its order. Raises ValueError for a mood that is none, or a reason that is missing."""
    found = []
    for row in yaml.safe_load(table.read_text(encoding="utf-8"))["purposes"]:
        if row["mood"] not in MOODS or not row.get("why"):
            raise ValueError(f"{table.name}: {row['file']} needs one of {', '.join(MOODS)}, and a reason")
        found.append(Purpose(re.compile(row["file"]), row["mood"], row["why"]))
    return tuple(found)
