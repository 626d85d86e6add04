"""The shelf: it follows the catalogue, and a broken index never leads to a wrong track."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.music import features, index
from models.music.index import SIDECAR, AnnoyIndex, ExactIndex
from tests.rig.records import put
from workers.catalogue.shelf import NoSuchTrack, Shelf, scaled_among, tune
from workers.journal import tracks
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.tracks import Light

Vectors = NDArray[np.float32]


def sounding(number: int) -> dict[str, Any]:
    """The values of a piece that differs from others by its features."""
    raw = np.random.default_rng(number).normal(size=features.SIZE).astype("<f4")
    place = {"valence": (number % 7) / 7 - 0.4, "arousal": (number % 5) / 5 - 0.5}
    return {"features": raw.tobytes(), "features_version": features.VERSION, "artist": f"A{number}", **place}


def identity(raw: Vectors) -> Vectors:
    return raw.astype(np.float32)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(sqlite_journal: Journal, tmp_path: Path, clock: Clock) -> Shelf:
    for number in range(12):
        put(sqlite_journal, number, **sounding(number))
    return Shelf(sqlite_journal, tmp_path / "music", scaled=identity, clock=clock)


def test_it_picks_five_toward_a_goal_and_what_was_heard_does_not_come_again(shelf: Shelf) -> None:
    first = shelf.journey((-0.4, -0.4), "lift", set(), careful=False)
    assert len(set(first.ids)) == 5
    second = shelf.journey((-0.4, -0.4), "lift", set(first.ids), careful=False, without={12})
    assert not set(second.ids) & {*first.ids, 12}
    assert not second.began_again


def test_similar_is_what_is_nearest_and_never_the_piece_itself(shelf: Shelf) -> None:
    shown = shelf.shown()
    far = np.linalg.norm(shown.vectors - shown.vectors[shown.rows[3]], axis=1)
    by_id = {track_id: float(far[row]) for track_id, row in shown.rows.items() if track_id != 3}
    nearest = sorted(by_id, key=by_id.__getitem__)
    assert list(shelf.similar(3, set(), careful=False).ids) == nearest[:5]
    assert list(shelf.similar(3, set(nearest[:2]), careful=False).ids) == nearest[2:7]
    assert list(shelf.similar(3, set(), careful=False, without={nearest[0]}).ids) == nearest[1:6]


def test_a_change_is_seen_within_a_second_and_the_database_is_not_asked_more_often(
    shelf: Shelf, sqlite_journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    revision = tracks.revision
    monkeypatch.setattr(tracks, "revision", lambda session: asked.append(1) or revision(session))
    before = shelf.shown()
    for _ in range(5):
        assert shelf.shown() is before
    assert len(asked) == 1
    put(sqlite_journal, 50, **sounding(50))
    with sqlite_journal.write() as session:
        tracks.changing(session)
        tracks.remove(session, [1])
    assert shelf.shown() is before
    clock.now += 1.1
    after = shelf.shown()
    assert set(after.rows) == {*before.rows, 13} - {1}
    assert len(asked) == 2
    clock.now += 1.1
    assert shelf.shown() is after, "nothing changed, so nothing is read again"
    with pytest.raises(NoSuchTrack):
        shelf.similar(1, set(), careful=False)


def test_features_are_scaled_by_what_the_catalogue_is_like_and_what_never_changes_counts_for_nothing() -> None:
    raw = np.random.default_rng(1).normal([100, 0.001, 7], [50, 0.0005, 0], (200, 3)).astype(np.float32)
    scaled = scaled_among(raw)
    assert scaled.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-4)
    assert scaled.std(axis=0) == pytest.approx([1, 1, 0], abs=1e-3)
    assert np.isfinite(scaled_among(raw[:1])).all()


def test_an_empty_catalogue_gives_no_picks_and_no_error(sqlite_journal: Journal, tmp_path: Path) -> None:
    shelf = Shelf(sqlite_journal, tmp_path, scaled=identity)
    assert shelf.journey(None, "calm", set(), careful=True).ids == ()
    with pytest.raises(NoSuchTrack):
        shelf.similar(1, set(), careful=False)


def test_what_another_extractor_measured_is_picked_and_not_compared(
    shelf: Shelf, sqlite_journal: Journal, clock: Clock
) -> None:
    old = put(sqlite_journal, 60, **{**sounding(60), "features_version": "another", "features": b"\0\0\0\0"})
    shown = shelf.shown()
    assert old not in shown.rows
    assert old in shown.tunes.ids
    with pytest.raises(NoSuchTrack):
        shelf.similar(old, set(), careful=False)


@pytest.mark.skipif(not index.available(), reason="annoy is not installed")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: next(folder.glob("*.ann")).write_bytes(b""),
        lambda folder: next(folder.glob("*.ann")).write_bytes(next(folder.glob("*.ann")).read_bytes()[:-100]),
        lambda folder: next(folder.glob("*.ann")).unlink(),
        lambda folder: (folder / SIDECAR).write_text('{"dimension": 3}'),
        lambda folder: (folder / SIDECAR).unlink(),
    ],
)
def test_a_spoilt_index_is_built_anew_and_the_picks_are_the_same(
    shelf: Shelf, sqlite_journal: Journal, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    def forest(count: int) -> type[AnnoyIndex]:
        return AnnoyIndex

    exact = shelf.similar(4, set(), careful=False).ids
    first = Shelf(sqlite_journal, tmp_path / "music", scaled=identity, suits=forest)
    assert isinstance(first.shown().index, AnnoyIndex)
    spoil(tmp_path / "music")
    second = Shelf(sqlite_journal, tmp_path / "music", scaled=identity, suits=forest)
    assert isinstance(second.shown().index, AnnoyIndex)
    assert second.similar(4, set(), careful=False).ids == exact


@pytest.mark.skipif(not index.available(), reason="annoy is not installed")
def test_where_no_index_can_be_written_every_piece_is_compared(shelf: Shelf, sqlite_journal: Journal) -> None:
    nowhere = Shelf(sqlite_journal, Path("/proc/nothing"), scaled=identity, suits=lambda count: AnnoyIndex)
    assert isinstance(nowhere.shown().index, ExactIndex)
    assert nowhere.similar(4, set(), careful=False).ids == shelf.similar(4, set(), careful=False).ids


def test_while_one_thread_fills_the_shelf_the_others_see_it_as_it_was(
    sqlite_journal: Journal, tmp_path: Path, clock: Clock
) -> None:
    put(sqlite_journal, 1, **sounding(1))
    filling, go_on = threading.Event(), threading.Event()

    def slow(raw: Vectors) -> Vectors:
        if len(raw) == 2:
            filling.set()
            assert go_on.wait(10)
        return identity(raw)

    shelf = Shelf(sqlite_journal, tmp_path, scaled=slow, clock=clock)
    before = shelf.shown()
    put(sqlite_journal, 2, **sounding(2))
    clock.now += 2
    filler = threading.Thread(target=shelf.shown)
    filler.start()
    assert filling.wait(10)
    assert shelf.shown() is before
    go_on.set()
    filler.join()
    assert len(shelf.shown().rows) == 2


def test_a_database_that_is_away_is_said_and_the_next_question_asks_again(
    shelf: Shelf, sqlite_journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.shown()
    clock.now += 2

    def away() -> None:
        raise JournalUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(sqlite_journal, "read", away)
        with pytest.raises(JournalUnavailable):
            shelf.shown()
    assert len(shelf.shown().rows) == 12


def test_pieces_of_heeds_own_that_one_instrument_leads_are_a_family_and_have_artists_of_their_own() -> None:
    one = tune(Light(1, "Heed", {"mood": "calm", "instruments": ["flute", "harp"]}, 0.1, 0.2, {"dark": 0.3}))
    two = tune(Light(2, "Heed", {"mood": "calm", "instruments": ["flute", "bed"]}, 0.1, 0.2, {}))
    dark = tune(Light(4, "Heed", {"mood": "dark", "instruments": ["flute", "bed"]}, 0.1, 0.2, {}))
    other = tune(Light(3, "Ada", None, 0.1, 0.2, {}))
    assert one.family == two.family != dark.family
    assert one.artist != two.artist
    assert (one.dark, two.dark) == (0.3, 0.0)
    assert (other.artist, other.family) == ("Ada", "")
