"""Journeys: pieces in an order that begins where somebody is and ends where they want to be.

The iso principle (Altshuler 1948, "A psychiatrist's experience with music as a therapeutic agent"): music that meets
a mood first can then lead away from it. All points are (valence, arousal) in [-1, 1].
"""

import random
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Goal = Literal["sit", "lift", "calm"]
GOALS: tuple[Goal, ...] = get_args(Goal)
Point = tuple[float, float]

ENDS: dict[Goal, Point] = {"lift": (0.65, 0.35), "calm": (0.40, -0.60)}
"""Where "lift me gently" and "calm me" lead: where joyful and calm pieces lie."""
SIT_VALENCE, SIT_AROUSAL = -0.30, 0.30
"""Who sits with a feeling is kept company and not led down: the end is no unhappier or more agitated."""
UNKNOWN: Point = (0.05, -0.25)
"""Where a journey begins when nobody knows how somebody feels: quiet, and neither sad nor glad."""
DARK = 0.5
"""Probability of "dark" from which a piece counts as dark."""
DARK_AT_MOST = 1
NEAREST = 4
"""From how many of the nearest pieces chance chooses, the nearer the likelier, so that a second list is another."""
SAME_FAMILY = 0.15
"""What a family costs that is in the list already, as a distance: of pieces about as near another one comes."""


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
        self.places = np.array([(tune.valence, tune.arousal) for tune in tunes], np.float64).reshape(-1, 2)
        self.dark = np.array([tune.dark >= DARK for tune in tunes], np.bool_)
        self.artists = _numbered([tune.artist for tune in tunes])
        self.families = _numbered([tune.family or f"#{tune.id}" for tune in tunes])
        self._rows = {int(track_id): row for row, track_id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Collection[int]) -> NDArray[np.int64]:
        """Where those of `ids` stand that are here."""
        return np.array([self._rows[each] for each in ids if each in self._rows], np.int64)


def end_of(goal: Goal, present: Point) -> Point:
    """Where a journey with this goal ends."""
    if goal == "sit":
        return max(present[0], SIT_VALENCE), min(present[1], SIT_AROUSAL)
    return ENDS[goal]


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

    Nothing that was `heard` while enough else is left, never anything of `without`; of a dark mood one at most, and
    none where somebody is to be treated carefully; no artist twice while others are left.
    """
    start = UNKNOWN if present is None else present
    end = end_of(goal, start)
    bars = _Bars(tunes, careful, without)
    fresh = bars.allowed.copy()
    fresh[tunes.rows(heard)] = False
    chosen: list[int] = []
    began_again = False
    for place in range(size):
        there = np.asarray(start) + (np.asarray(end) - np.asarray(start)) * place / max(1, size - 1)
        far = np.linalg.norm(tunes.places - there, axis=1)
        row = _nearest(bars, far, fresh, chance)
        if row is None:
            row = _nearest(bars, far, bars.allowed, chance)
            began_again = began_again or row is not None
        if row is None:
            break
        bars.take(row)
        chosen.append(row)
    left = np.linalg.norm(tunes.places - np.asarray(end), axis=1)
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
    """The first `size` of `nearest` (ids, the most similar first) that may be sent; see `journey`."""
    bars = _Bars(tunes, careful, without)
    chosen: list[int] = []
    for again in (False, True):
        for row in tunes.rows(nearest):
            if len(chosen) == size:
                break
            if bars.open[row] and (int(tunes.ids[row]) in heard) == again:
                bars.take(int(row))
                chosen.append(int(tunes.ids[row]))
    return Picks(tuple(chosen), any(track_id in heard for track_id in chosen))


class _Bars:
    """What may still be taken into a list."""

    def __init__(self, tunes: Tunes, careful: bool, without: AbstractSet[int]) -> None:
        self._tunes = tunes
        self.allowed = np.ones(len(tunes), np.bool_)
        self.allowed[tunes.rows(without)] = False
        if careful:
            self.allowed &= ~tunes.dark
        self._taken = np.zeros(len(tunes), np.bool_)
        self._dark = 0
        self.artist_taken = np.zeros(len(tunes), np.bool_)
        self.family_taken = np.zeros(len(tunes), np.int64)

    @property
    def open(self) -> NDArray[np.bool_]:
        """What may be taken next."""
        barred = self._taken | (self._tunes.dark if self._dark >= DARK_AT_MOST else False)
        return self.allowed & ~barred

    def take(self, row: int) -> None:
        self._taken[row] = True
        self._dark += int(self._tunes.dark[row])
        self.artist_taken |= self._tunes.artists == self._tunes.artists[row]
        self.family_taken += self._tunes.families == self._tunes.families[row]


def _nearest(bars: _Bars, far: NDArray[np.float64], among: NDArray[np.bool_], chance: random.Random) -> int | None:
    """One of the nearest pieces; of an artist who is not in the list yet, while there is one."""
    here = bars.open & among
    others = here & ~bars.artist_taken
    rows = np.flatnonzero(others if others.any() else here)
    if not len(rows):
        return None
    cost = far[rows] + SAME_FAMILY * bars.family_taken[rows]
    few = min(NEAREST, len(rows))
    places = np.argpartition(cost, few - 1)[:few]
    near = rows[places[np.lexsort((rows[places], cost[places]))]]
    return int(chance.choices(list(near), [1 / 2**number for number in range(few)])[0])


def _numbered(words: Sequence[str]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int64)
