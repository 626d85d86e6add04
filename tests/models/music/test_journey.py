"""Journeys: from where somebody is toward where they want to be, and nothing twice while other pieces are left."""

import random
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.emotion.circumplex import PLACES
from models.music.goals import GOALS, Goal
from models.music.journey import (
    DARK,
    SIT_AROUSAL,
    SIT_VALENCE,
    UNKNOWN,
    Picks,
    Point,
    Tune,
    Tunes,
    end_of,
    journey,
    similar,
    start_of,
)
from models.music.moods import ANCHORS

SIZES = (0, 1, 5, 48, 720)
POINTS = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


def catalogue(size: int, seed: int = 0, artists: int = 30, dark: float = 0.3) -> list[Tune]:
    """Pieces all over the plane; those of a dark mood lie where it is unhappy."""
    chance = random.Random(seed)
    tunes = []
    for number in range(size):
        valence, arousal = chance.uniform(-1, 1), chance.uniform(-1, 1)
        gloomy = 0.9 if valence < 0 and chance.random() < dark else 0.1
        tunes.append(Tune(number + 1, f"artist {chance.randrange(artists)}", valence, arousal, gloomy, "piano"))
    return tunes


def distances(tunes: list[Tune], picks: Picks, end: Point) -> list[float]:
    by_id = {tune.id: tune for tune in tunes}
    return [float(np.hypot(by_id[i].valence - end[0], by_id[i].arousal - end[1])) for i in picks.ids]


def go(
    tunes: list[Tune], present: Point | None, goal: Goal, heard: frozenset[int] = frozenset(), **more: object
) -> Picks:
    options = {"careful": False, "chance": random.Random(3)} | more
    return journey(Tunes(tunes), present, goal, heard, **options)  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    size=st.sampled_from(SIZES),
    seed=st.integers(0, 5),
    present=st.none() | POINTS,
    goal=st.sampled_from(GOALS),
    share=st.floats(0, 1),
    careful=st.booleans(),
    chance=st.integers(0, 99),
)
def test_every_list_keeps_its_promises(
    size: int, seed: int, present: Point | None, goal: Goal, share: float, careful: bool, chance: int
) -> None:
    tunes = catalogue(size, seed)
    heard = frozenset(tune.id for tune in tunes if random.Random(chance + tune.id).random() < share)
    picks = go(tunes, present, goal, heard, careful=careful, chance=random.Random(chance))
    by_id = {tune.id: tune for tune in tunes}
    chosen = [by_id[track_id] for track_id in picks.ids]
    # never a piece twice in a list
    assert len(set(picks.ids)) == len(chosen)
    # nearer to the end with every piece
    left = distances(tunes, picks, end_of(goal, start_of(present, careful=careful)))
    assert all(later < earlier for earlier, later in pairwise(left))
    # one dark piece at most, and none where care is needed
    dark = sum(tune.dark >= DARK for tune in chosen)
    assert dark <= (0 if careful else 1)
    # as many as there are
    bright = sum(tune.dark < DARK for tune in tunes)
    gloomy = min(1, size - bright) if not careful else 0
    assert len(chosen) == min(5, bright + gloomy)
    # nothing that was heard while something else would do
    again = [tune for tune in chosen if tune.id in heard]
    fresh = [tune for tune in tunes if tune.id not in heard and tune not in chosen]
    assert picks.began_again == bool(again)
    assert not again or all(tune.dark >= DARK and (dark or careful) for tune in fresh)
    # the same chance, the same list
    assert picks == go(tunes, present, goal, heard, careful=careful, chance=random.Random(chance))


@settings(deadline=None)
@given(seed=st.integers(0, 20), present=POINTS, goal=st.sampled_from(GOALS))
def test_no_artist_comes_twice_while_others_are_left(seed: int, present: Point, goal: Goal) -> None:
    tunes = catalogue(720, seed)
    artists = {tune.id: tune.artist for tune in tunes}
    picks = go(tunes, present, goal)
    assert len({artists[track_id] for track_id in picks.ids}) == 5


@settings(deadline=None)
@given(seed=st.integers(0, 20), artists=st.integers(1, 8), present=POINTS, goal=st.sampled_from(GOALS))
def test_with_few_artists_none_comes_twice_before_all_came_once(
    seed: int, artists: int, present: Point, goal: Goal
) -> None:
    tunes = catalogue(48, seed, artists)
    by_id = {tune.id: tune for tune in tunes}
    chosen = [by_id[track_id].artist for track_id in go(tunes, present, goal).ids]
    assert len(set(chosen)) >= min(5, len({tune.artist for tune in tunes if tune.dark < DARK}))


@settings(deadline=None)
@given(present=POINTS, goal=st.sampled_from(GOALS), seed=st.integers(0, 50))
def test_with_care_nothing_begins_where_it_is_darkest_and_nothing_dark_comes(
    present: Point, goal: Goal, seed: int
) -> None:
    tunes = catalogue(720, dark=0.5)
    dark = {tune.id for tune in tunes if tune.dark >= DARK}
    picks = go(tunes, present, goal, careful=True, chance=random.Random(seed))
    assert len(picks.ids) == 5
    assert dark.isdisjoint(picks.ids)
    valence, arousal = start_of(present, careful=True)
    assert valence >= SIT_VALENCE
    assert arousal <= SIT_AROUSAL
    assert start_of(present, careful=False) == present


def test_where_pieces_lie_upon_one_another_others_that_are_near_make_the_steps() -> None:
    """As where somebody tagged them by mood: many of one place, and a few beside it."""
    tunes = [Tune(n, str(n), 0.45, -0.65, 0) for n in range(1, 40)]
    tunes += [Tune(100 + n, str(n), 0.35 - n / 50, -0.6 + n / 50, 0) for n in range(5)]
    for seed in range(20):
        picks = go(tunes, (0.2, -0.4), "calm", chance=random.Random(seed))
        left = distances(tunes, picks, end_of("calm", (0.2, -0.4)))
        assert all(later <= earlier for earlier, later in pairwise(left))
        assert len(set(left)) >= 3


def test_of_many_pieces_in_one_place_not_always_the_same_ones_come() -> None:
    """As those are that somebody, or Heed, said nothing but a mood of."""
    tunes = [Tune(n, str(n), *ANCHORS["calm"], 0) for n in range(120)]
    came = [go(tunes, ANCHORS["calm"], "calm", chance=random.Random(seed)).ids for seed in range(40)]
    assert len({track_id for ids in came for track_id in ids}) > 80


@pytest.mark.parametrize("present", [(float("nan"), 0.2), (float("inf"), 0.0), None])
def test_what_nobody_knows_begins_in_a_quiet_place(present: Point | None) -> None:
    assert start_of(present, careful=False) == UNKNOWN
    assert len(go(catalogue(48), present, "calm").ids) == 5


def test_a_present_beyond_the_plane_is_its_border() -> None:
    assert start_of((-3.0, 2.0), careful=False) == (-1.0, 1.0)


@pytest.mark.parametrize("feeling", ["sadness", "fear", "anger"])
@pytest.mark.parametrize("goal", GOALS)
def test_a_heavy_feeling_is_not_answered_from_one_dark_drawer(feeling: str, goal: Goal) -> None:
    present = PLACES[feeling]  # type: ignore[index]
    tunes = catalogue(720, dark=0.9)
    by_id = {tune.id: tune for tune in tunes}
    for number in range(50):
        chosen = [by_id[i] for i in go(tunes, present, goal, chance=random.Random(number)).ids]
        assert sum(tune.dark >= DARK for tune in chosen) <= 1
        assert len({(round(tune.valence, 1), round(tune.arousal, 1)) for tune in chosen}) > 1


@settings(deadline=None)
@given(present=POINTS, goal=st.sampled_from(GOALS), chance=st.integers(0, 99), seed=st.integers(0, 5))
def test_a_dark_piece_only_ever_meets_somebody(present: Point, goal: Goal, chance: int, seed: int) -> None:
    tunes = catalogue(720, seed, dark=0.6)
    by_id = {tune.id: tune for tune in tunes}
    chosen = [by_id[i] for i in go(tunes, present, goal, chance=random.Random(chance)).ids]
    assert all(tune.dark < DARK for tune in chosen[1:])


@pytest.mark.parametrize("feeling", ["sadness", "fear", "anger"])
def test_who_sits_with_a_heavy_feeling_ends_no_lower_than_they_began(feeling: str) -> None:
    tunes, moods = own_moods()
    valence = {tune.id: tune.valence for tune in tunes}
    for number in range(50):
        picks = go(tunes, PLACES[feeling], "sit", chance=random.Random(number))  # type: ignore[index]
        assert valence[picks.ids[-1]] > valence[picks.ids[0]]
        assert [moods[track_id] for track_id in picks.ids].count("dark") <= 1
        assert moods[picks.ids[-1]] != "dark"


@pytest.mark.parametrize("feeling", ["fear", "anger"])
@pytest.mark.parametrize("goal", GOALS)
def test_who_is_agitated_is_not_led_through_what_is_most_energetic(feeling: str, goal: Goal) -> None:
    tunes, moods = own_moods()
    energetic = {track_id for track_id, mood in moods.items() if mood == "energetic"}
    for careful in (False, True):
        for number in range(50):
            picks = go(tunes, PLACES[feeling], goal, careful=careful, chance=random.Random(number))  # type: ignore[index]
            assert len(energetic.intersection(picks.ids)) <= 1


def own_moods() -> tuple[list[Tune], dict[int, str]]:
    """As many as a new house has, about where `models.music.moods` puts them; and the mood of each."""
    chance = random.Random(8)
    tunes, moods = [], {}
    for mood, (valence, arousal) in ANCHORS.items():
        for number in range(8):
            place = valence + chance.gauss(0, 0.1), arousal + chance.gauss(0, 0.1)
            tune = Tune(
                len(tunes) + 1, f"{mood} {number}", *place, 0.9 if mood == "dark" else 0.1, f"{mood} {number % 4}"
            )
            tunes.append(tune)
            moods[tune.id] = mood
    return tunes, moods


@pytest.mark.parametrize("goal", GOALS)
def test_the_first_piece_lies_near_the_present_and_the_last_near_the_end(goal: Goal) -> None:
    tunes = catalogue(720)
    present = PLACES["sadness"]
    for number in range(30):
        picks = go(tunes, present, goal, chance=random.Random(number))
        assert distances(tunes, picks, present)[0] < 0.3
        assert distances(tunes, picks, end_of(goal, present))[-1] < 0.3


@settings(deadline=None)
@given(POINTS)
def test_who_sits_with_a_feeling_is_not_led_down(present: Point) -> None:
    valence, arousal = end_of("sit", present)
    assert valence >= max(SIT_VALENCE, present[0])
    if present[0] < 0:
        assert arousal == min(SIT_AROUSAL, present[1])
    else:
        assert (valence, arousal) == present


def test_the_same_chance_gives_the_same_list_and_another_one_another() -> None:
    tunes = catalogue(720)
    lists = [go(tunes, (-0.6, -0.3), "lift", chance=random.Random(seed)).ids for seed in (1, 1, 2, 3, 4)]
    assert lists[0] == lists[1]
    assert len(set(lists)) > 2


def test_a_catalogue_is_heard_through_before_anything_comes_again() -> None:
    tunes = catalogue(48, dark=0)
    heard: set[int] = set()
    while not (picks := go(tunes, None, "calm", frozenset(heard))).began_again:
        assert heard.isdisjoint(picks.ids)
        heard |= set(picks.ids)
    assert len(heard) >= 45


def test_what_is_missing_is_never_chosen() -> None:
    tunes = catalogue(5, dark=0)
    assert go(tunes, None, "lift", without=frozenset({1, 2})).ids
    assert {1, 2}.isdisjoint(go(tunes, None, "lift", without=frozenset({1, 2})).ids)


def test_of_pieces_about_as_near_one_of_another_family_comes() -> None:
    tunes = [Tune(n, "Heed", 0.4 + n / 1000, -0.6, 0, "piano" if n < 20 else "strings") for n in range(1, 30)]
    families = {tune.id: tune.family for tune in tunes}
    for seed in range(20):
        picks = go(tunes, (0.4, -0.6), "calm", chance=random.Random(seed))
        assert {families[track_id] for track_id in picks.ids} == {"piano", "strings"}


def test_what_is_similar_comes_in_its_order_heard_last_dark_once_and_with_care_not_at_all() -> None:
    tunes = Tunes([Tune(n, "a", 0, 0, 0.9 if n in {2, 4} else 0) for n in range(1, 9)])
    order = [2, 3, 4, 1, 5, 6, 99]
    assert similar(tunes, order, set(), careful=False) == Picks((2, 3, 1, 5, 6))
    assert similar(tunes, order, set(), careful=True, size=3) == Picks((3, 1, 5))
    assert similar(tunes, order, {3, 1, 5}, careful=True) == Picks((6, 3, 1, 5), began_again=True)
    assert similar(tunes, order, {3}, careful=True, size=3) == Picks((1, 5, 6))
    assert similar(tunes, [], set(), careful=False) == Picks(())


def test_of_what_is_similar_another_artist_comes_before_more_of_one_but_not_from_afar() -> None:
    album = [Tune(n, "one", 0, 0, 0) for n in range(1, 11)]
    near, far = Tune(11, "two", 0, 0, 0), [Tune(n, str(n), 0, 0, 0) for n in range(30, 40)]
    order = [tune.id for tune in [*album, near, *[Tune(n, "one", 0, 0, 0) for n in range(20, 30)], *far]]
    tunes = Tunes([*album, near, *[Tune(n, "one", 0, 0, 0) for n in range(20, 30)], *far])
    assert similar(tunes, order, set(), careful=False) == Picks((1, 2, 3, 4, 11))


def test_of_what_is_similar_one_of_each_family_comes_first() -> None:
    tunes = Tunes([Tune(n, str(n), 0, 0, 0, "slow" if n < 8 else str(n)) for n in range(1, 13)])
    assert similar(tunes, range(1, 13), set(), careful=False) == Picks((1, 8, 9, 10, 11))


@settings(deadline=None)
@given(
    size=st.sampled_from(SIZES[:-1]),
    seed=st.integers(0, 20),
    share=st.floats(0, 1),
    careful=st.booleans(),
    artists=st.integers(1, 9),
)
def test_every_list_of_what_is_similar_keeps_its_promises(
    size: int, seed: int, share: float, careful: bool, artists: int
) -> None:
    tunes = catalogue(size, seed, artists)
    by_id = {tune.id: tune for tune in tunes}
    chance = random.Random(seed)
    order = [tune.id for tune in tunes]
    chance.shuffle(order)
    heard = frozenset(each for each in order if chance.random() < share)
    picks = similar(Tunes(tunes), order, heard, careful=careful)
    chosen = [by_id[track_id] for track_id in picks.ids]
    dark = [tune for tune in chosen if tune.dark >= DARK]
    bright = [tune for tune in tunes if tune.dark < DARK]
    assert len(dark) <= (0 if careful else 1)
    assert len(set(picks.ids)) == len(chosen) == min(5, len(bright) + (size > len(bright) and not careful))
    again = [track_id for track_id in picks.ids if track_id in heard]
    fresh = [track_id for track_id in picks.ids if track_id not in heard]
    assert picks.ids == (*sorted(fresh, key=order.index), *sorted(again, key=order.index))
    assert picks.began_again == bool(again)
    left = [tune for tune in tunes if tune.id not in heard and tune not in chosen]
    assert not again or all(tune.dark >= DARK and (dark or careful) for tune in left)


def test_a_hundred_thousand_pieces_take_no_time_that_somebody_would_notice() -> None:
    tunes = Tunes(catalogue(100_000, artists=5000))
    begun = time.process_time()
    for seed in range(5):
        assert len(journey(tunes, None, "lift", set(), careful=False, chance=random.Random(seed)).ids) == 5
    assert (time.process_time() - begun) / 5 < 0.2  # some 0.02 s by itself
