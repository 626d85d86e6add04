"""Theory: scales, chords on their degrees, and how one chord leads into the next. Pitches are MIDI numbers."""

from dataclasses import dataclass
from itertools import pairwise, product

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")


@dataclass(frozen=True, slots=True)
class Key:
    """`tonic`: 0 is C; `mode`: one of `SCALES`."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        return f"{TONICS[self.tonic]} {self.mode}"

    def pitch(self, degree: int, octave: int = 4) -> int:
        """The pitch of a degree counted from 0; degrees below 0 and above 6 lie in other octaves."""
        steps = SCALES[self.mode]
        return 12 * (octave + 1 + degree // 7) + self.tonic + steps[degree % 7]

    def degree_near(self, pitch: float) -> int:
        """The degree (octave 4 counted from 0) whose pitch is nearest."""
        return min(range(-21, 29), key=lambda degree: (abs(self.pitch(degree) - pitch), degree))


@dataclass(frozen=True, slots=True)
class Chord:
    """Thirds upon a degree: 3 notes, or 4 with the seventh; or the third replaced by the second or fourth."""

    degree: int
    size: int = 3
    suspended: int = 0

    @classmethod
    def read(cls, text: str) -> "Chord":
        """ "2", "2:7" (with the seventh), "5:s4", "1:s2". Degrees are counted from 1, as musicians do."""
        number, _, more = text.partition(":")
        return cls(int(number) - 1, 4 if more == "7" else 3, int(more[1]) if more.startswith("s") else 0)

    @property
    def name(self) -> str:
        return NUMERALS[self.degree] + ("7" if self.size == 4 else f"sus{self.suspended}" if self.suspended else "")

    @property
    def degrees(self) -> tuple[int, ...]:
        second = self.degree + (self.suspended - 1 if self.suspended else 2)
        return (self.degree, second, *(self.degree + 2 * step for step in range(2, self.size)))

    def classes(self, key: Key) -> tuple[int, ...]:
        """Its pitch classes, the root first."""
        return tuple(key.pitch(degree) % 12 for degree in self.degrees)


def fits(chord: Chord, mode: str) -> bool:
    """Whether the chord stands at rest in this mode: a perfect fifth, and nothing a tritone above its root."""
    key = Key(0, mode)
    above = [(key.pitch(degree) - key.pitch(chord.degree)) % 12 for degree in chord.degrees]
    return 7 in above and 6 not in above


def voiced(chord: Chord, key: Key, before: tuple[int, ...] | None, low: int, high: int) -> tuple[int, ...]:
    """The notes of `chord` between `low` and `high` that move least from the chord before (smooth voice leading)."""
    places = [[p for p in range(low, high + 1) if p % 12 == each] for each in chord.classes(key)]
    ways = {tuple(sorted(way)) for way in product(*places) if len(set(way)) == len(way)}
    centre = (low + high) / 2

    def cost(way: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        spread = max(0, way[-1] - way[0] - 14) + sum(3 for a, b in pairwise(way) if b - a < 3)
        if before is None:
            return spread + abs(sum(way) / len(way) - centre), way
        moved = sum(min(abs(pitch - old) for old in before) for pitch in way) + abs(way[-1] - before[-1])
        return moved + spread + 0.15 * abs(sum(way) / len(way) - centre), way

    return min(ways, key=cost)
