"""Verifying: whatever is wrong between rows and objects is found, and repairing takes nothing that is needed."""

from pathlib import Path

import pytest

from tests.workers.catalogue.conftest import Add
from tests.workers.catalogue.tones import written
from workers.catalogue.keeping import Archive
from workers.catalogue.verifying import Fault, drop, objects, orphans
from workers.journal import tracks


@pytest.fixture
def keys(archive: Archive, add: Add, tmp_path: Path) -> list[str]:
    add(*(written(tmp_path / f"{number}.wav", number, seconds=6) for number in (1, 2, 3)))
    with archive.journal.read() as session:
        return [piece.key for piece in tracks.kept(session)]


def test_a_whole_catalogue_has_no_fault(archive: Archive, keys: list[str]) -> None:
    assert list(objects(archive)) == [None] * 3
    assert list(objects(archive, quick=True)) == [None] * 3
    assert orphans(archive) == []


def test_what_is_missing_or_damaged_is_found_piece_by_piece(archive: Archive, keys: list[str]) -> None:
    archive.store.delete(keys[0])
    data = bytearray(archive.store.get(keys[1]))
    data[len(data) // 2] ^= 1
    archive.store.put(keys[1], bytes(data), "audio/mpeg")
    assert list(objects(archive)) == [Fault("missing", keys[0], 1), Fault("damaged", keys[1], 2), None]
    assert list(objects(archive, quick=True)) == [Fault("missing", keys[0], 1), None, None]
    archive.store.put(keys[1], bytes(data[:-100]), "audio/mpeg")
    assert list(objects(archive, quick=True))[1] == Fault("damaged", keys[1], 2)


def test_a_damaged_object_is_deleted_by_repairing_and_comes_back_with_its_file(
    archive: Archive, add: Add, keys: list[str], tmp_path: Path
) -> None:
    whole = archive.store.get(keys[1])
    archive.store.put(keys[1], b"damaged", "audio/mpeg")
    faults = [fault for fault in objects(archive) if fault is not None]
    assert drop(archive, faults) == [Fault("missing", keys[1], 2)]
    assert not archive.store.has(keys[1])
    assert [outcome.state for outcome in add(tmp_path / "2.wav")] == ["added"]
    assert archive.store.get(keys[1]) == whole
    assert list(objects(archive)) == [None] * 3


def test_objects_without_a_piece_are_found_and_deleted_only_by_repairing(archive: Archive, keys: list[str]) -> None:
    archive.store.put("tracks/left.mp3", b"left by a killed program", "audio/mpeg")
    archive.store.put("covers/left.jpg", b"x", "image/jpeg")
    archive.store.put("elsewhere/mine.txt", b"not of the catalogue", "text/plain")
    left = {"tracks/left.mp3", "covers/left.jpg"}
    assert {(fault.wrong, fault.key) for fault in orphans(archive)} == {("orphan", key) for key in left}
    assert {fault.wrong for fault in orphans(archive, repair=True)} == {"cleared"}
    assert orphans(archive) == []
    assert archive.store.has("elsewhere/mine.txt")
    assert all(archive.store.has(key) for key in keys)


def test_repairing_waits_for_a_piece_that_is_about_to_get_its_row(archive: Archive, keys: list[str]) -> None:
    """An object is there first: whoever clears up must not see it before its row can be seen too."""
    other = Archive(archive.journal, archive.store, patience_s=0.5)
    archive.store.put("tracks/left.mp3", b"x", "audio/mpeg")
    with other.alone():
        archive.patience_s = 0.3
        with pytest.raises(RuntimeError, match="another program"):
            orphans(archive, repair=True)
    assert archive.store.has("tracks/left.mp3")
    assert [fault.wrong for fault in orphans(archive, repair=True)] == ["cleared"]


def test_a_cover_that_is_shared_stays_until_the_last_piece_with_it_is_gone(archive: Archive, keys: list[str]) -> None:
    archive.store.put("covers/one.jpg", b"x", "image/jpeg")
    with archive.journal.write() as session:
        for track in tracks.every(session)[:2]:
            track.cover_key = "covers/one.jpg"
    archive.remove([1])
    assert archive.store.has("covers/one.jpg")
    assert orphans(archive) == []
    archive.remove([2])
    assert not archive.store.has("covers/one.jpg")
