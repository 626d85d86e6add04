"""`heed music …` as a person types it: what it says, how it ends, and what kill -9 leaves behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.workers.catalogue.deadly import POINTS
from tests.workers.catalogue.tones import written
from workers.catalogue.keeping import Archive
from workers.catalogue.verifying import objects, orphans
from workers.journal import tracks
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.media.opening import store_from
from workers.settings import PROJECT, Settings

Done = subprocess.CompletedProcess[str]
Music = Callable[..., Done]


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    """A HEED_HOME with a database."""
    folder = tmp_path / "a home"
    folder.mkdir()
    shutil.copy(migrated, folder / "heed.db")
    return folder


@pytest.fixture
def archive(home: Path) -> Iterator[Archive]:
    settings = Settings.load(home=home)
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    yield Archive(journal, store_from(settings), patience_s=40)
    journal.close()


def begun(home: Path, *words: str, program: str = "workers.catalogue") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", program, *words],
        cwd=PROJECT,
        env={**os.environ, "HEED_HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Done:
    out, err = process.communicate(timeout=90)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def music(home: Path) -> Music:
    def run(*words: str, program: str = "workers.catalogue") -> Done:
        return ended(begun(home, *words, program=program))

    return run


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        written(tmp_path / "album" / f"{number}.wav", number, seconds=6)
    return tmp_path / "album"


def count(archive: Archive) -> int:
    with archive.journal.read() as session:
        return tracks.count(session)


def faults(archive: Archive) -> list[object]:
    return [fault for fault in objects(archive) if fault is not None] + orphans(archive)


def test_from_adding_to_removing(music: Music, archive: Archive, album: Path, tmp_path: Path) -> None:
    (album / "broken.mp3").write_bytes(b"this is no sound")
    added = music("add", str(album), "--licence", "CC0-1.0", "--artist", "Ada")
    assert added.returncode == 1, added.stderr
    assert added.stdout.splitlines()[-1] == "4 files: 3 added, 1 broken"
    assert "broken.mp3" in added.stderr
    assert added.stderr.endswith("heed: 1 of 4 files were not added\n")

    again = music("add", *(str(album / f"{number}.wav") for number in (1, 2, 3)), "--licence", "CC0-1.0")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "3 files: 3 here")

    shown = music("list")
    assert shown.returncode == 0
    assert [line.split()[-1] for line in shown.stdout.splitlines()[1:]] == ["1", "2", "3"]
    told = json.loads(music("list", "--json").stdout)
    assert [(piece["id"], piece["artist"], piece["licence"]) for piece in told] == [
        (number, "Ada", "CC0-1.0") for number in (1, 2, 3)
    ]

    (tmp_path / "moods.csv").write_text("id,mood\n1,dark\n2,cheerful\n")
    retagged = music("retag", str(tmp_path / "moods.csv"))
    assert (retagged.returncode, retagged.stdout) == (1, "1 pieces retagged\n")
    assert retagged.stderr.startswith("line 3: 'cheerful' is none of joyful")

    removed = music("remove", "2", "77")
    assert (removed.returncode, removed.stdout) == (1, "removed  2  2\n")
    assert removed.stderr == "heed: there is no piece 77\n"

    assert music("verify").stdout == "2 pieces looked at, 0 faults\n"
    archive.store.put("tracks/left.mp3", b"x", "audio/mpeg")
    wrong = music("verify", "--quick")
    assert (wrong.returncode, "tracks/left.mp3" in wrong.stderr) == (1, True)
    assert music("verify", "--repair").returncode == 0
    assert faults(archive) == []


@pytest.mark.parametrize(
    "words", [["add"], ["add", "/nowhere/at/all"], ["remove", "x"], ["compose", "--per-mood", "0"], ["sing"], []]
)
def test_a_wrong_word_is_code_2(music: Music, words: list[str]) -> None:
    done = music(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_without_sound_is_said(music: Music, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = music("add", str(tmp_path / "empty"), "--licence", "MIT")
    assert (done.returncode, done.stderr) == (1, "heed: there is no sound in these folders\n")


def test_a_database_that_was_never_made_is_one_line_and_code_1(music: Music, home: Path, album: Path) -> None:
    (home / "heed.db").unlink()
    done = music("list")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("point", ["before the object", "between object and row"])
def test_kill_9_while_adding_leaves_at_most_an_object_and_the_next_run_goes_on(
    music: Music, archive: Archive, album: Path, point: str
) -> None:
    words = ("add", str(album), "--licence", "CC0-1.0")
    killed = music(point, "2", *words, program="tests.workers.catalogue.deadly")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert count(archive) == 1
    assert all(fault.wrong == "orphan" for fault in orphans(archive))
    assert [fault for fault in objects(archive) if fault is not None] == []

    again = music(*words)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "3 files: 1 here, 2 added"), again.stderr
    assert faults(archive) == []


def test_kill_9_while_removing_leaves_an_object_that_repairing_deletes(
    music: Music, archive: Archive, album: Path
) -> None:
    music("add", str(album), "--licence", "CC0-1.0")
    killed = music("between row and object", "1", "remove", "1", program="tests.workers.catalogue.deadly")
    assert killed.returncode == -signal.SIGKILL
    assert count(archive) == 2
    assert len(orphans(archive)) == 1
    assert music("verify", "--repair").returncode == 0
    assert faults(archive) == []


def test_two_adds_at_once_add_every_piece_once(home: Path, archive: Archive, album: Path) -> None:
    words = ("add", str(album), "--licence", "CC0-1.0")
    both = [ended(process) for process in [begun(home, *words), begun(home, *words)]]
    assert [done.returncode for done in both] == [0, 0], both
    assert count(archive) == 3
    assert sum(done.stdout.count("added  ") for done in both) == 3
    assert faults(archive) == []


def test_the_api_is_served_to_whoever_shows_the_token_until_ctrl_c(
    home: Path, music: Music, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = music("serve")
    assert (refused.returncode, "HEED_API_TOKEN is not set" in refused.stderr) == (2, True)
    music("add", str(album), "--licence", "CC0-1.0")
    monkeypatch.setenv("HEED_API_TOKEN", "a-token-of-sixteen-letters")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        taken = music("serve", "--port", str(port))
    assert (taken.returncode, f"port {port}" in taken.stderr) == (1, True)

    serving = begun(home, "serve", "--port", str(port))
    url = f"http://127.0.0.1:{port}/api/music/similar?track_id=1"
    deadline = time.monotonic() + 30
    while True:
        try:
            answer = httpx.get(url, headers={"Authorization": "Bearer a-token-of-sixteen-letters"})
            break
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            assert serving.poll() is None
            time.sleep(0.1)
    assert sorted(track["id"] for track in answer.json()["tracks"]) == [2, 3]
    assert httpx.get(url).status_code == 401
    serving.send_signal(signal.SIGINT)
    done = ended(serving)
    assert done.returncode == 0
    assert done.stderr == f"http://127.0.0.1:{port}/docs\n"


def test_every_point_of_death_is_used() -> None:
    assert set(POINTS) == {"before the object", "between object and row", "between row and object"}
