"""The index: it agrees with comparing everything, and what is wrong with its file is seen before Annoy sees it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
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


BUILDS = """
import sys
from pathlib import Path
from tests.models.music.test_index import vectors
from models.music.index import built, stamp_of
print("ready", flush=True)
for seed in range(10_000):
    ids, all_of_them = vectors(400, seed % 2)
    built(Path(sys.argv[1]), all_of_them, stamp_of(ids, all_of_them))
"""


@annoy
def test_killed_at_any_moment_beside_another_builder_it_leaves_one_that_is_whole(tmp_path: Path) -> None:
    """Two build two catalogues by turns into one folder and are killed; what is there afterwards is one of them."""
    known = {stamp_of(*vectors(400, seed)): vectors(400, seed) for seed in (0, 1)}
    chance = random.Random(5)
    for _ in range(8):
        builders = [
            subprocess.Popen(
                [sys.executable, "-c", BUILDS, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for builder in builders:
            assert builder.stdout is not None
            assert builder.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.05, 0.4))
        for builder in builders:
            os.kill(builder.pid, signal.SIGKILL)
            builder.communicate()
        if not (tmp_path / index.SIDECAR).exists():
            continue
        stamp = json.loads((tmp_path / index.SIDECAR).read_text())["stamp"]
        ids, all_of_them = known[stamp]
        found = opened(tmp_path, ids, 80, stamp).nearest(all_of_them[7], 1)
        assert found[0][0] == int(ids[7])
    ids, all_of_them = known[stamp_of(*vectors(400))]
    built(tmp_path, all_of_them, "after")
    assert not list(tmp_path.glob("building-*"))
    assert opened(tmp_path, ids, 80, "after").nearest(all_of_them[0], 1)[0][0] == int(ids[0])
