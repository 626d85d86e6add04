"""The index: it agrees with comparing everything, and what is wrong with its file is seen before Annoy sees it."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.music import index
from models.music.index import AnnoyIndex, ExactIndex, UnusableIndex, built, opened, stamp_of, suitable

annoy = pytest.mark.skipif(not index.available(), reason="annoy is not installed: it is built from source")
ROOT = Path(__file__).resolve().parents[3]


def vectors(count: int, seed: int = 0, dimension: int = 80) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Clustered like music is; ids with gaps, as a catalogue has them."""
    chance = np.random.default_rng(seed)
    middles = chance.normal(size=(max(6, count // 120), dimension))
    found = middles[chance.integers(0, len(middles), count)] + chance.normal(size=(count, dimension))
    return np.arange(count, dtype=np.int64) * 3 + 7, found.astype(np.float32)


def test_exact_search_finds_what_is_nearest_and_leaves_out_what_it_is_told() -> None:
    ids = np.array([5, 9, 12], np.int64)
    exact = ExactIndex(ids, np.array([[0, 0], [3, 4], [1, 0]], np.float32))
    here = np.zeros(2, np.float32)
    assert exact.nearest(here, 3) == [(5, 0.0), (12, 1.0), (9, 5.0)]
    assert exact.nearest(here, 2, frozenset({5})) == [(12, 1.0), (9, 5.0)]
    assert ExactIndex(ids[:0], np.zeros((0, 2), np.float32)).nearest(here, 5) == []


def test_exact_search_tells_near_ties_apart_and_never_finds_what_is_not_finite() -> None:
    points = np.full((4, 80), 100.0, np.float32)
    points[1, 0] += 1e-3
    points[2, 0] += 1e-4
    points[3, 0] = np.nan
    found = ExactIndex(np.arange(4, dtype=np.int64), points).nearest(points[0], 4)
    assert [track for track, _ in found] == [0, 2, 1]
    assert found[0][1] == 0.0
    assert found[1][1] == pytest.approx(1e-4, rel=0.05)


def test_a_question_of_another_dimension_is_refused(tmp_path: Path) -> None:
    ids, points = vectors(50)
    twins: list[ExactIndex | AnnoyIndex] = [ExactIndex(ids, points), ExactIndex(ids[:0], points[:0])]
    if index.available():
        built(tmp_path, points, "s")
        twins.append(opened(tmp_path, ids, 80, "s"))
    for twin in twins:
        for wrong in (np.zeros(79, np.float32), np.zeros((1, 80), np.float32), np.zeros(0, np.float32)):
            with pytest.raises(ValueError, match="80 numbers"):
                twin.nearest(wrong, 5)


@annoy
def test_as_many_are_found_as_there_are_however_many_are_left_out(tmp_path: Path) -> None:
    ids, points = vectors(2000)
    built(tmp_path, points, "s")
    forest = opened(tmp_path, ids, 80, "s")
    without = frozenset(int(each) for each in ids[:1990])
    assert {track for track, _ in forest.nearest(points[0], 50, without)} == set(ids[1990:].tolist())
    assert len(forest.nearest(points[0], 5000)) == 2000


@annoy
def test_one_and_none_make_an_index_as_well(tmp_path: Path) -> None:
    for count in (0, 1):
        ids, points = vectors(6)
        built(tmp_path, points[:count], "s")
        assert len(opened(tmp_path, ids[:count], 80, "s").nearest(points[0], 5)) == count


@annoy
def test_the_same_vectors_make_the_same_file(tmp_path: Path) -> None:
    points = vectors(700)[1]
    assert built(tmp_path / "one", points, "s").name == built(tmp_path / "other", points, "t").name


@annoy
def test_what_is_not_finite_is_no_index_and_the_one_before_stays(tmp_path: Path) -> None:
    ids, points = vectors(50)
    built(tmp_path, points, "s")
    broken = points.copy()
    broken[7, 7] = np.inf
    with pytest.raises(UnusableIndex, match="not finite"):
        built(tmp_path, broken, "s")
    assert opened(tmp_path, ids, 80, "s").nearest(points[0], 1)[0][0] == int(ids[0])


@annoy
def test_a_disk_that_is_full_leaves_the_one_before_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, points = vectors(50)
    file = built(tmp_path, points, "s")

    def full(_: NDArray[np.float32], half: Path) -> None:
        half.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index, "plant", full)
    with pytest.raises(OSError, match="No space"):
        built(tmp_path, points, "t")
    assert {each.name for each in tmp_path.iterdir()} == {"lock", index.SIDECAR, file.name}
    assert opened(tmp_path, ids, 80, "s").nearest(points[0], 1)[0][0] == int(ids[0])


def test_without_annoy_nothing_is_opened_and_everything_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, points = vectors(50)
    monkeypatch.setattr(index, "available", lambda: False)
    assert suitable(index.ANNOY_FROM) is ExactIndex
    with pytest.raises(UnusableIndex, match="not installed"):
        opened(tmp_path, ids, 80, "s")
    with pytest.raises(UnusableIndex, match="not installed"):
        built(tmp_path, points, "s")


@annoy
@pytest.mark.parametrize("count", [6, 720, 10_000])
def test_the_forest_finds_what_exact_search_finds(tmp_path: Path, count: int) -> None:
    ids, all_of_them = vectors(count)
    stamp = stamp_of(ids, all_of_them)
    built(tmp_path, all_of_them, stamp)
    forest, exact = opened(tmp_path, ids, 80, stamp), ExactIndex(ids, all_of_them)
    hits = 0
    for row in range(0, count, max(1, count // 100)):
        one = {track for track, _ in forest.nearest(all_of_them[row], 5)}
        other = {track for track, _ in exact.nearest(all_of_them[row], 5)}
        assert int(ids[row]) in one
        hits += len(one & other)
    asked = 5 * len(range(0, count, max(1, count // 100)))
    assert hits / asked >= 0.98


@annoy
def test_the_twins_leave_out_the_same(tmp_path: Path) -> None:
    ids, all_of_them = vectors(100)
    built(tmp_path, all_of_them, "s")
    forest, exact = opened(tmp_path, ids, 80, "s"), ExactIndex(ids, all_of_them)
    without = frozenset({int(ids[0]), int(ids[7])})
    one, other = (twin.nearest(all_of_them[0], 5, without) for twin in (forest, exact))
    assert [track for track, _ in one] == [track for track, _ in other]
    assert without.isdisjoint(track for track, _ in one)
    np.testing.assert_allclose([far for _, far in one], [far for _, far in other], rtol=1e-3)


def test_the_stamp_tells_other_pieces_and_other_features() -> None:
    ids, all_of_them = vectors(20)
    changed = all_of_them.copy()
    changed[3, 3] += 1e-3
    assert len({stamp_of(ids, all_of_them), stamp_of(ids + 1, all_of_them), stamp_of(ids, changed)}) == 3
    assert stamp_of(ids, all_of_them) == stamp_of(ids.copy(), all_of_them.copy())


def test_a_small_catalogue_is_compared_piece_by_piece() -> None:
    assert suitable(720) is ExactIndex
    assert suitable(index.ANNOY_FROM) is (AnnoyIndex if index.available() else ExactIndex)


@annoy
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("nothing there", "there is none"),
        ("no file", "there is none"),
        ("cut off", "cut off or damaged"),
        ("changed", "cut off or damaged"),
        ("no sidecar", "there is none"),
        ("garbage sidecar", "cannot be read"),
        ("half a sidecar", "cannot be read"),
        ("a list", "cannot be read"),
        ("seal", "sidecar is damaged"),
        ("trees", "another trees"),
        ("dimension", "another dimension"),
        ("count", "another count"),
        ("stamp", "another stamp"),
        ("metric", "another metric"),
        ("format", "another format"),
    ],
)
def test_what_is_wrong_is_seen_before_it_is_opened(tmp_path: Path, harm: str, why: str) -> None:
    ids, all_of_them = vectors(50)
    sidecar = tmp_path / index.SIDECAR
    if harm != "nothing there":
        file = built(tmp_path, all_of_them, "s")
        about = json.loads(sidecar.read_text())
        if harm == "no file":
            file.unlink()
        elif harm == "cut off":
            file.write_bytes(file.read_bytes()[:-100])
        elif harm == "changed":
            file.write_bytes(file.read_bytes()[:-1] + b"\x07")
        elif harm == "no sidecar":
            sidecar.unlink()
        elif harm == "garbage sidecar":
            sidecar.write_bytes(b"\xff\xfe\x00")
        elif harm == "half a sidecar":
            sidecar.write_text(sidecar.read_text()[:40])
        elif harm == "a list":
            sidecar.write_text("[]")
        else:
            sidecar.write_text(json.dumps(about | {harm: "other"}))
    with pytest.raises(UnusableIndex, match=why):
        opened(tmp_path, ids, 80, "s")


@annoy
def test_it_is_never_opened_with_another_dimension_or_for_other_pieces(tmp_path: Path) -> None:
    ids, all_of_them = vectors(50)
    built(tmp_path, all_of_them, "s")
    for wrong in ((ids, 40, "s"), (ids[:-1], 80, "s"), (ids, 80, "t")):
        with pytest.raises(UnusableIndex):
            opened(tmp_path, *wrong)


@annoy
@pytest.mark.parametrize("real", [38, 40, 79, 164])
def test_a_sidecar_that_lies_about_the_dimension_is_seen_before_annoy_ends_the_process(
    tmp_path: Path, real: int
) -> None:
    ids, points = vectors(50, dimension=real)
    built(tmp_path, points, "s")
    sidecar = tmp_path / index.SIDECAR
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"dimension": 80}))
    with pytest.raises(UnusableIndex, match="sidecar is damaged"):
        opened(tmp_path, ids, 80, "s")


@annoy
def test_a_sidecar_beside_the_file_of_another_is_seen(tmp_path: Path) -> None:
    ids, points = vectors(50)
    built(tmp_path / "one", points, "s")
    built(tmp_path / "other", vectors(50, seed=1)[1], "s")
    one, other = (
        {key: json.loads((tmp_path / name / index.SIDECAR).read_text())[key] for key in ("file", "sha256")}
        for name in ("one", "other")
    )
    assert one != other
    sidecar = tmp_path / "other" / index.SIDECAR
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"sha256": one["sha256"]}))
    with pytest.raises(UnusableIndex, match="damaged"):
        opened(tmp_path / "other", ids, 80, "s")


@annoy
def test_who_has_an_old_one_open_keeps_it_while_it_is_replaced(tmp_path: Path) -> None:
    ids, all_of_them = vectors(500)
    built(tmp_path, all_of_them, "old")
    before = opened(tmp_path, ids, 80, "old")
    expected = before.nearest(all_of_them[3], 5)
    built(tmp_path, vectors(500, seed=1)[1], "new")
    assert len(list(tmp_path.glob("*.ann"))) == 1
    assert before.nearest(all_of_them[3], 5) == expected
    with pytest.raises(UnusableIndex, match="another stamp"):
        opened(tmp_path, ids, 80, "old")
