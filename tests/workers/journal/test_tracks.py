"""Tracks of the catalogue: what can be played, and that every change of it can be noticed."""

import pytest

from tests.rig.records import put
from workers.journal import tracks
from workers.journal.database import Journal

BOT = 1000000001


def test_what_is_added_can_be_played_and_what_is_removed_cannot(journal: Journal) -> None:
    first, second = put(journal, 1), put(journal, 2, artist="Grace", made_of={"tempo": 80})
    with journal.write() as session:
        assert [track.id for track in tracks.remove(session, [first, first, 99])] == [first]
    with journal.read() as session:
        assert tracks.get(session, first) is None
        assert tracks.get(session, 99) is None
        assert tracks.here(session) == [tracks.Light(second, "Grace", {"tempo": 80}, 0.4, -0.6, {"calm": 1.0})]
        assert [row.id for row in tracks.described(session)] == [second]
        assert [row.id for row in tracks.prints(session)] == [second]
        assert [row.key for row in tracks.kept(session)] == [f"tracks/{2:064x}.mp3"]
        assert list(tracks.some(session, [first, second])) == [second]
        assert [track.id for track in tracks.every(session)] == [second]
        assert tracks.count(session) == 1


def test_the_revision_is_another_after_every_change_and_the_same_without_one(journal: Journal) -> None:
    seen = []
    for change in (lambda: None, lambda: put(journal, 1), lambda: put(journal, 2)):
        change()
        with journal.read() as session:
            seen.append(tracks.revision(session))
            assert tracks.revision(session) == seen[-1]
    assert len(set(seen)) == 3
    assert all(seen)


def test_a_change_that_fails_changes_no_revision(journal: Journal) -> None:
    put(journal, 1)
    with journal.read() as session:
        before = tracks.revision(session)
    with pytest.raises(tracks.AlreadyHere):
        put(journal, 1)
    with journal.read() as session:
        assert tracks.revision(session) == before


def test_a_piece_that_comes_back_keeps_its_id_and_takes_the_new_values(journal: Journal) -> None:
    track_id = put(journal, 1)
    with journal.write() as session:
        tracks.keep_upload(session, BOT, track_id, "old")
        tracks.remove(session, [track_id])
    assert put(journal, 1, title="Another title", sha256="b" * 64) == track_id
    with journal.read() as session:
        track = tracks.get(session, track_id)
        assert track is not None
        assert (track.title, track.sha256, track.removed_at) == ("Another title", "b" * 64, None)
        assert tracks.upload(session, BOT, track_id) is None


def test_an_upload_is_remembered_for_each_bot_and_forgotten_with_the_piece(journal: Journal) -> None:
    track_id = put(journal, 1)
    with journal.write() as session:
        tracks.keep_upload(session, BOT, track_id, "one")
        tracks.keep_upload(session, BOT, track_id, "two")
        tracks.keep_upload(session, BOT, 99, "of no piece")
    with journal.read() as session:
        assert tracks.upload(session, BOT, track_id) == "two"
        assert tracks.upload(session, BOT + 1, track_id) is None
        assert tracks.upload(session, BOT, 99) is None
    with journal.write() as session:
        tracks.drop_upload(session, BOT, track_id)
    with journal.read() as session:
        assert tracks.upload(session, BOT, track_id) is None


def test_what_was_made_once_is_known_even_when_it_was_taken_away(journal: Journal) -> None:
    put(journal, 1, original="heed:calm/0001")
    put(journal, 2, original="heed:calm/0002")
    put(journal, 3, original="heed%calm/0003")
    with journal.write() as session:
        tracks.remove(session, [1])
    with journal.read() as session:
        assert tracks.originals(session, "heed:") == {"heed:calm/0001", "heed:calm/0002"}
        found = tracks.of_original(session, "heed:calm/0001")
        assert found is not None
        assert found.removed_at is not None
        assert tracks.of_sha256(session, f"{2:064x}") is not None
