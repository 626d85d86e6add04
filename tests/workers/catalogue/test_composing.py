"""Composing the catalogue that Heed makes itself: the same everywhere, never twice, and it goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.music.moods import MOODS
from tests.workers.catalogue.test_commands import archive as archive
from tests.workers.catalogue.test_commands import faults
from tests.workers.catalogue.test_commands import home as home
from workers.catalogue.composing import Composer, make, missing
from workers.catalogue.keeping import Archive
from workers.catalogue.pieces import Wanted, wanted
from workers.catalogue.starter import LATER_S, step_aside
from workers.journal import leases, tracks
from workers.settings import PROJECT

COMPOSER = Composer()


def originals(archive: Archive) -> set[str]:
    with archive.journal.read() as session:
        return tracks.originals(session, tracks.COMPOSED)


def test_one_of_every_mood_comes_first() -> None:
    assert [each.mood for each in wanted(2)] == [*MOODS, *MOODS]
    assert wanted(2)[7].original == f"heed:{MOODS[1]}/0001"
    assert wanted(0) == []


def test_a_composed_piece_is_free_and_keeps_what_it_was_made_of(archive: Archive) -> None:
    left = missing(archive, 1)
    assert [each for each, _ in left] == wanted(1)
    assert [piece.original for piece in make(archive, left[:1], COMPOSER)] == ["heed:joyful/0000"]
    with archive.journal.read() as session:
        (track,) = tracks.every(session)
    assert (track.artist, track.licence, track.moods_by) == ("Heed", "CC0-1.0", tracks.BY_COMPOSER)
    assert track.moods == {mood: float(mood == "joyful") for mood in MOODS}
    assert track.made_of is not None
    assert track.made_of["mood"] == "joyful"
    assert json.dumps(track.made_of)
    assert track.title
    assert faults(archive) == []


def test_a_second_run_makes_nothing_new_and_a_lost_object_comes_back_byte_for_byte(
    archive: Archive,
) -> None:
    two = missing(archive, 1)[:2]
    assert len(list(make(archive, two, COMPOSER))) == 2
    assert [each for each, _ in missing(archive, 1)] == wanted(1)[2:]
    with archive.journal.read() as session:
        first = tracks.kept(session)[0]
    before = archive.store.get(first.key)
    archive.store.delete(first.key)
    lost = [(each, instead) for each, instead in missing(archive, 1) if instead is not None]
    assert lost == [(Wanted("joyful", 0), first.id)]
    assert len(list(make(archive, lost, COMPOSER))) == 1
    assert archive.store.get(first.key) == before
    assert faults(archive) == []


def test_a_piece_that_somebody_took_away_stays_away(archive: Archive) -> None:
    list(make(archive, missing(archive, 1)[:1], COMPOSER))
    archive.remove([1])
    assert Wanted("joyful", 0) not in [each for each, _ in missing(archive, 1)]


HASTY = "tests.workers.catalogue.hasty"


class Starter:
    """The starter as the supervisor starts it, but for its patience: tests run on busy machines."""

    def __init__(self, home: Path, pieces: str = "1") -> None:
        self.log = home / "logs" / "starter.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workers.process", "starter", str(self.log), HASTY, "starter"],
            cwd=PROJECT,
            env={**os.environ, "HEED_HOME": str(home), "HEED_MUSIC_STARTER": pieces},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its niceness is that of its session, which must not be the tests'
        )

    def end(self, seconds: float = 100) -> int:
        return self.process.wait(seconds)


@pytest.fixture
def start(home: Path) -> Iterator[list[Starter]]:
    started: list[Starter] = []
    yield started
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def test_the_starter_goes_on_after_kill_9_and_ends(home: Path, archive: Archive, start: list[Starter]) -> None:
    start.append(Starter(home))
    deadline = time.monotonic() + 60
    while len(originals(archive)) < 2:
        assert time.monotonic() < deadline
        assert start[0].process.poll() is None
        time.sleep(0.05)
    start[0].process.send_signal(signal.SIGKILL)
    start[0].process.wait()
    before = originals(archive)
    assert len(before) < 6

    start.append(Starter(home))
    assert start[1].end() == 0
    assert originals(archive) == {each.original for each in wanted(1)}
    assert faults(archive) == []
    made = [line for line in start[1].log.read_text().splitlines() if "composed: piece=" in line]
    assert len(made) in {5, 6}  # the kill may fall between a piece and the line that tells of it
    assert '"the starter catalogue is complete: pieces=6"' in start[1].log.read_text()
    with archive.journal.read() as session:
        assert not leases.held(session, leases.STARTER)


def test_a_starter_with_nothing_to_do_loads_no_model_and_ends_at_once(
    home: Path, archive: Archive, start: list[Starter]
) -> None:
    start.append(Starter(home, "0"))
    assert start[0].end(20) == 0
    assert originals(archive) == set()


def test_a_second_starter_leaves_the_first_alone(home: Path, archive: Archive, start: list[Starter]) -> None:
    start.append(Starter(home))
    deadline = time.monotonic() + 60
    while not originals(archive):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    start.append(Starter(home))
    assert start[1].end(30) == 0
    assert "another process composes" in start[1].log.read_text()
    start[0].process.terminate()
    assert start[0].end(30) == 0, "asked to stop, it stops where it is"


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="only Linux tells")
def test_what_composes_runs_only_in_idle_time_and_what_asks_the_database_does_not() -> None:
    def policy() -> int:
        return os.sched_getscheduler(0)

    with ThreadPoolExecutor(1, initializer=step_aside) as aside:
        assert aside.submit(policy).result() == os.SCHED_IDLE
        child = [sys.executable, "-c", "import os; print(os.sched_getscheduler(0))"]
        started = aside.submit(subprocess.run, child, capture_output=True, text=True).result()
    assert int(started.stdout) == os.SCHED_IDLE, "what it starts, such as ffmpeg, runs in idle time too"
    assert policy() != os.SCHED_IDLE


def test_a_starter_waits_longer_and_longer_for_what_is_away() -> None:
    assert list(LATER_S) == sorted(LATER_S)
