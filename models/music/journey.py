"""Journeys: pieces in an order that begins where somebody is and ends where they want to be.

The iso principle (Altshuler 1948, "A psychiatrist's experience with music as a therapeutic agent"): music that meets
a mood first can then lead away from it. All points are (valence, arousal) in [-1, 1].
"""

import math
import random
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.music.goals import Goal

Point = tuple[float, float]

ENDS: dict[Goal, Point] = {"lift": (0.60, 0.25), "calm": (0.40, -0.60)}
"""Where "lift me gently" and "calm me" lead: to the quieter side of where joyful pieces lie, and to calm ones."""
SIT_VALENCE, SIT_AROUSAL = -0.10, 0.10
"""Who sits with an unhappy feeling is kept company and not led down: the end is no unhappier and no more agitated.
With care, the beginning is neither. Ours, from looking at lists: lower, and five melancholy pieces answer sadness."""
AGITATED = 0.30
"""After the first piece no place on the way is more agitated than this, or than the end: otherwise the straight way
from fear to joy leads through what is most energetic, which is not gentle."""
UNKNOWN: Point = (0.05, -0.25)
"""Where a journey begins when nobody knows how somebody feels: quiet, and neither sad nor glad."""
DARK = 0.5
"""Probability of "dark" from which a piece counts as dark."""
DARK_AT_MOST = 1
NEAREST = 4
"""From how many of the nearest pieces chance chooses, the nearer the likelier, so that a second list is another."""
FARTHER = 0.15
"""How much farther than the nearest one a piece may be that chance chooses."""
UNSURE = 0.05
"""By how much a distance is shifted at random, at most: no estimate is that exact, and of many pieces in one place,
as those are that somebody said a mood of, not always the same ones come."""
SAME_FAMILY = 0.15
"""What a family costs that is in the list already, as a distance: of pieces about as near another one comes."""
SAME_STEP = 0.15
"""The same for a piece exactly as far from the end as one that is in the list: it would be no step."""
ALIKE_AMONG = 15
"""Of pieces that sound alike, among how many of the most similar another artist is looked for."""


@dataclass(frozen=True, slots=True)
class Tune:
    """A piece, as far as choosing needs it. `dark` is a probability; pieces of one `family` sound alike."""

    id: int
    artist: str
    valence: float
    arousal: float
    dark: float
    family: str = ""


@dataclass(frozen=True, slots=True)
class Picks:
    """Pieces in their order. `began_again`: not enough were left that had not been heard."""

    ids: tuple[int, ...]
    began_again: bool = False


class Tunes:
    """A catalogue, as arrays."""

    def __init__(self, tunes: Sequence[Tune]) -> None:
        self.ids = np.array([tune.id for tune in tunes], np.int64)
        self.valence = np.array([tune.valence for tune in tunes], np.float64)
        self.arousal = np.array([tune.arousal for tune in tunes], np.float64)
        self.dark = np.array([tune.dark >= DARK for tune in tunes], np.bool_)
        self.artists = _numbered([tune.artist for tune in tunes])
        self.families = _numbered([tune.family or f"#{tune.id}" for tune in tunes])
        self._rows = {int(track_id): row for row, track_id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def far(self, place: Point) -> NDArray[np.float64]:
        """How far each piece is from a place."""
        return np.sqrt((self.valence - place[0]) ** 2 + (self.arousal - place[1]) ** 2)

    def rows(self, ids: Collection[int]) -> NDArray[np.int64]:
        """Where those of `ids` stand that are here."""
        return np.array([self._rows[each] for each in ids if each in self._rows], np.int64)


def end_of(goal: Goal, present: Point) -> Point:
    """Where a journey with this goal ends."""
    if goal != "sit":
        return ENDS[goal]
    return present if present[0] >= 0 else _gentle(present)


def start_of(present: Point | None, *, careful: bool) -> Point:
    """Where a journey begins: at the present; with care, no unhappier or more agitated than sitting with it ends."""
    if present is None or not all(map(math.isfinite, present)):
        return UNKNOWN
    valence, arousal = (max(-1.0, min(1.0, each)) for each in present)
    return _gentle((valence, arousal)) if careful else (valence, arousal)


def journey(
    tunes: Tunes,
    present: Point | None,
    goal: Goal,
    heard: AbstractSet[int],
    *,
    careful: bool,
    chance: random.Random,
    without: AbstractSet[int] = frozenset(),
    size: int = 5,
) -> Picks:
    """Up to `size` pieces from `present` toward `goal`, each nearer to its end than the one before.

    Nothing that was `heard` while enough else is left, never anything of `without`; of a dark mood one at most, to
    begin with, and none where somebody is to be treated carefully; no artist twice while others are left.
    """
    start = start_of(present, careful=careful)
    end = end_of(goal, start)
    left = tunes.far(end)
    bars = _Bars(tunes, careful, without)
    fresh = np.ones(len(tunes), np.bool_)
    fresh[tunes.rows(heard)] = False
    chosen: list[int] = []
    began_again = False
    for step in range(size):
        far = tunes.far(_place(start, end, step / max(1, size - 1)))
        for row in chosen:
            far[left == left[row]] += SAME_STEP
        rows = np.flatnonzero(bars.open & fresh)
        if not len(rows):
            rows = np.flatnonzero(bars.open)
            began_again = began_again or len(rows) > 0
        if not len(rows):
            break
        # A dark piece may meet somebody, where others lead away from it; it is no step of the way.
        bright = ~tunes.dark[rows]
        rows = _rather(rows, bright if chosen else bright | (left[rows] > _nth(left[rows[bright]], size - 1)))
        rows = bars.others(rows)
        if chosen:  # what meets them is to stay the first, or about; a dark one in any case
            rows = _rather(rows, left[rows] < left[chosen[0]] + (0 if tunes.dark[chosen[0]] else UNSURE))
        row = _nearest(bars, rows, far, chance)
        bars.take(row)
        chosen.append(row)
    chosen.sort(key=lambda row: -left[row])
    return Picks(tuple(int(tunes.ids[row]) for row in chosen), began_again)


def similar(
    tunes: Tunes,
    nearest: Sequence[int],
    heard: AbstractSet[int],
    *,
    careful: bool,
    without: AbstractSet[int] = frozenset(),
    size: int = 5,
) -> Picks:
    """`size` of `nearest` (ids, the most similar first) that may be sent, in that order; see `journey`.

    Another artist, and another family, comes before one that is in the list, if it is among the most similar.
    """
    bars = _Bars(tunes, careful, without)
    rows = [int(row) for row in tunes.rows(nearest)]
    again = {row for row in rows if int(tunes.ids[row]) in heard}
    chosen: list[int] = []
    for several in ([row for row in rows if row not in again], [row for row in rows if row in again]):
        most = [row for row in several if bars.open[row]][:ALIKE_AMONG]
        taken: list[int] = []
        for among, new in ((most, bars.new), (most, bars.new_artist), (several, bars.is_open)):
            for row in among:
                if len(chosen) + len(taken) < size and bars.is_open(row) and new(row):
                    bars.take(row)
                    taken.append(row)
        chosen += sorted(taken, key=several.index)
    return Picks(tuple(int(tunes.ids[row]) for row in chosen), not again.isdisjoint(chosen))


class _Bars:
    """What may still be taken into a list."""

    def __init__(self, tunes: Tunes, careful: bool, without: AbstractSet[int]) -> None:
        self._tunes = tunes
        self.open = np.ones(len(tunes), np.bool_)
        self.open[tunes.rows(without)] = False
        if careful:
            self.open &= ~tunes.dark
        self._dark = 0
        self._artists = np.zeros(len(tunes) + 1, np.bool_)
        self._families = np.zeros(len(tunes) + 1, np.int64)

    def is_open(self, row: int) -> bool:
        """Whether this piece may be taken next."""
        return bool(self.open[row])

    def new_artist(self, row: int) -> bool:
        """Whether nothing of its artist is in the list."""
        return not self._artists[self._tunes.artists[row]]

    def new(self, row: int) -> bool:
        """Whether nothing of its artist or its family is in the list."""
        return self.new_artist(row) and not self._families[self._tunes.families[row]]

    def others(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `rows` whose artist is not in the list, or all where there are none."""
        return _rather(rows, ~self._artists[self._tunes.artists[rows]])

    def families(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of each one's family are in the list."""
        return self._families[self._tunes.families[rows]]

    def take(self, row: int) -> None:
        self.open[row] = False
        self._dark += int(self._tunes.dark[row])
        if self._tunes.dark[row] and self._dark == DARK_AT_MOST:
            self.open &= ~self._tunes.dark
        self._artists[self._tunes.artists[row]] = True
        self._families[self._tunes.families[row]] += 1


def _nearest(bars: _Bars, rows: NDArray[np.int64], far: NDArray[np.float64], chance: random.Random) -> int:
    """One of the nearest pieces of `rows`, of another family where that is not much farther."""
    shifted = UNSURE * np.random.default_rng(chance.getrandbits(64)).random(len(rows))
    cost = far[rows] + shifted + SAME_FAMILY * bars.families(rows)
    few = min(NEAREST, len(rows))
    places = np.argpartition(cost, few - 1)[:few]
    places = places[np.lexsort((rows[places], cost[places]))]
    near = rows[places[cost[places] <= cost[places[0]] + FARTHER]]
    return int(chance.choices(near.tolist(), [1 / 2**number for number in range(len(near))])[0])


def _place(start: Point, end: Point, way: float) -> Point:
    """Where a journey is after a share of its way, in [0, 1]."""
    valence, arousal = (begins + (ends - begins) * way for begins, ends in zip(start, end, strict=True))
    return valence, min(arousal, max(AGITATED, end[1])) if way else arousal


def _gentle(place: Point) -> Point:
    return max(place[0], SIT_VALENCE), min(place[1], SIT_AROUSAL)


def _rather(rows: NDArray[np.int64], wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Those of `rows` that are `wanted`, or all where there are none."""
    found = rows[wanted]
    return found if len(found) else rows


def _nth(left: NDArray[np.float64], number: int) -> float:
    """The `number`-th smallest; infinite where there are fewer."""
    return float(np.partition(left, number - 1)[number - 1]) if 0 < number <= len(left) else math.inf


def _numbered(words: Sequence[str]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int64)
