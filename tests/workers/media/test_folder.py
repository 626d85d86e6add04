"""What only the folder promises."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workers.media.folder import ABANDONED_S, BEGUN, FolderStore
from workers.media.store import StoreDenied, StoreUnavailable


def test_a_folder_keeps_its_files_for_its_user_and_no_half_of_one(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "media")
    store.put("tracks/a.mp3", b"a", "audio/mpeg")
    file = tmp_path / "media" / "tracks" / "a.mp3"
    assert file.stat().st_mode & 0o077 == 0
    assert {folder.stat().st_mode & 0o777 for folder in (file.parent, file.parent.parent)} == {0o700}
    (file.parent / f"{BEGUN}zzz").write_bytes(b"half")  # as a kill leaves it
    assert list(store.keys()) == ["tracks/a.mp3"]


def test_a_write_that_fails_leaves_what_was_there_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / "media")
    store.put("tracks/a.mp3", b"a", "audio/mpeg")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workers.media.folder.os.fsync", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        store.put("tracks/a.mp3", b"b", "audio/mpeg")
    assert store.get("tracks/a.mp3") == b"a"
    assert [path.name for path in (tmp_path / "media" / "tracks").iterdir()] == ["a.mp3"]


def test_what_a_kill_left_half_written_is_removed_when_nobody_can_be_writing_it_any_more(tmp_path: Path) -> None:
    place = tmp_path / "media" / "tracks"
    place.mkdir(parents=True)
    old, young = place / f"{BEGUN}old", place / f"{BEGUN}young"
    for half in (old, young):
        half.write_bytes(b"half")
    os.utime(old, (0, time.time() - ABANDONED_S - 60))
    FolderStore(tmp_path / "media").put("covers/a.jpg", b"a", "image/jpeg")
    assert (old.exists(), young.exists()) == (False, True)


def test_a_folder_that_cannot_be_listed_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path / "media")
    store.put("tracks/a.mp3", b"a", "audio/mpeg")
    listed = os.scandir

    def forbidden(path: str) -> object:  # as a user without the right finds it; root finds no such thing
        if str(path).endswith("tracks"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(StoreDenied):
        list(store.keys())


def test_a_folder_gives_no_link(tmp_path: Path) -> None:
    assert FolderStore(tmp_path).link("tracks/a.mp3", 60) is None


def test_a_place_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    store = FolderStore(tmp_path / "file")
    for ask in (lambda: store.put("a", b"x", "text/plain"), lambda: store.get("a")):
        with pytest.raises(StoreUnavailable):
            ask()


def test_who_uses_a_folder_does_not_load_boto3(tmp_path: Path) -> None:
    code = (
        "import sys; from workers.settings import Settings; from workers.media.opening import store_from;"
        f"s = store_from(Settings(_env_file=None, home={str(tmp_path)!r})); s.put('a', b'x', 'text/plain');"
        "assert s.get('a') == b'x'; print([m for m in ('boto3', 'botocore', 'numpy') if m in sys.modules])"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HEED_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
