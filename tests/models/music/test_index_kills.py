"""The index while its builders are killed: whoever opens it finds the right answer, or is told that there is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from models.music import index
from models.music.index import ExactIndex, UnusableIndex, built, opened, stamp_of
from tests.models.music.test_index import ROOT, annoy, vectors

SIZE = 1500

# Builds two catalogues by turns in two processes at once, and kills both at a random moment, thirty times. Forked, so
# that not each of them loads its libraries anew: killed are builders, and not starting interpreters.
KILLS = """
import os, random, signal, sys, time
from pathlib import Path
from models.music.index import built, stamp_of
from tests.models.music.test_index import vectors
from tests.models.music.test_index_kills import SIZE
folder, chance = Path(sys.argv[1]), random.Random(11)
both = [(points, stamp_of(ids, points)) for ids, points in (vectors(SIZE, seed) for seed in (0, 1))]
for _ in range(30):
    builders = []
    for first in (0, 1):
        if not (child := os.fork()):
            for turn in range(10_000):
                built(folder, *both[(first + turn) % 2])
            os._exit(0)
        builders.append(child)
    time.sleep(chance.uniform(0.0, 0.25))
    for builder in builders:
        os.kill(builder, signal.SIGKILL)
    for builder in builders:
        assert os.waitstatus_to_exitcode(os.waitpid(builder, 0)[1]) == -signal.SIGKILL
"""

# Opens and asks all the while; an old one stays open while newer ones take its place. Says what it saw at the end.
READS = """
import json, sys
from pathlib import Path
from models.music.index import ExactIndex, UnusableIndex, opened, stamp_of
from tests.models.music.test_index import vectors
from tests.models.music.test_index_kills import SIZE
folder, done = Path(sys.argv[1]), Path(sys.argv[2])
both = [vectors(SIZE, seed) for seed in (0, 1)]
stamps = [stamp_of(*each) for each in both]
right = [[ExactIndex(*each).nearest(each[1][row], 3)[0][0] for row in range(0, SIZE, 250)] for each in both]
saw = {"opened": 0, "wrong": 0, "unusable": []}
held = {}
print("ready", flush=True)
while not done.exists():
    for seed in (0, 1):
        ids, points = both[seed]
        try:
            held[seed] = opened(folder, ids, 80, stamps[seed])
            saw["opened"] += 1
        except UnusableIndex as unusable:
            saw["unusable"] = sorted({*saw["unusable"], str(unusable)})
        for which, forest in held.items():
            points = both[which][1]
            found = [forest.nearest(points[row], 3)[0][0] for row in range(0, SIZE, 250)]
            saw["wrong"] += found != right[which]
print(json.dumps(saw))
"""


@annoy
def test_while_builders_are_killed_whoever_reads_gets_no_wrong_answer_and_never_dies(tmp_path: Path) -> None:
    folder, done = tmp_path / "music", tmp_path / "done"
    folder.mkdir()
    reader = subprocess.Popen(
        [sys.executable, "-c", READS, str(folder), str(done)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    try:
        subprocess.run([sys.executable, "-c", KILLS, str(folder)], cwd=ROOT, check=True, timeout=100)
    finally:
        done.touch()
        told, _ = reader.communicate(timeout=20)
    assert reader.returncode == 0
    saw = json.loads(told)
    assert saw["opened"] > 1
    assert saw["wrong"] == 0
    # It is whole or of the other catalogue; cut off or damaged would mean that it was written where it is read.
    assert set(saw["unusable"]) <= {
        "there is none",
        "it has another stamp",
        "it is replaced faster than it can be read",
    }
    # What the killed left lying goes with the next build.
    ids, points = vectors(SIZE)
    file = built(folder, points, stamp_of(ids, points))
    assert {each.name for each in folder.iterdir()} <= {"lock", index.SIDECAR, "index.partial", file.name}
    assert opened(folder, ids, 80, stamp_of(ids, points)).nearest(points[7], 1) == ExactIndex(ids, points).nearest(
        points[7], 1
    )


@annoy
def test_one_that_is_replaced_between_reading_and_opening_is_looked_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, points = vectors(50)
    built(tmp_path, vectors(50, seed=1)[1], "s")
    stale = (tmp_path / index.SIDECAR).read_bytes()
    built(tmp_path, points, "s")
    fresh = (tmp_path / index.SIDECAR).read_bytes()
    answers = [stale, fresh]
    monkeypatch.setattr(index, "_said", lambda _: answers.pop(0))
    assert opened(tmp_path, ids, 80, "s").nearest(points[3], 1)[0][0] == int(ids[3])
    monkeypatch.setattr(index, "_said", lambda _: stale)
    with pytest.raises(UnusableIndex, match="there is none"):
        opened(tmp_path, ids, 80, "s")
