"""Adding music: what comes in, what is there already, and what is refused."""

import hashlib
import shutil
from pathlib import Path

import pytest

from models.music import sound
from tests.workers.catalogue.conftest import Add
from tests.workers.catalogue.tones import RATE, encoded, piece, written
from workers.catalogue import originals
from workers.catalogue.keeping import Archive
from workers.catalogue.licences import Terms
from workers.journal import tracks
from workers.journal.tables import Track
from workers.media.store import StoreUnavailable


def only(archive: Archive) -> Track:
    with archive.journal.read() as session:
        (track,) = tracks.every(session)
        return track


def test_a_file_becomes_a_piece_whose_object_has_its_sha256_and_is_as_loud_as_all_others(
    archive: Archive, add: Add, tmp_path: Path
) -> None:
    file = written(tmp_path / "quiet song.wav", 1, loudness=0.02)
    (outcome,) = add(file, given=Terms("CC-BY-4.0", artist="Ada", source="https://example.org", attribution="by Ada"))
    assert outcome.state == "added"
    track = only(archive)
    data = archive.store.get(track.key)
    assert hashlib.sha256(data).hexdigest() == track.sha256
    assert (len(data), track.key) == (track.size, f"tracks/{track.sha256}.mp3")
    assert (track.title, track.artist, track.licence) == ("quiet song", "Ada", "CC-BY-4.0")
    assert (track.source, track.attribution) == ("https://example.org", "by Ada")
    assert track.seconds == pytest.approx(12.0, abs=0.2)
    assert track.loudness is not None
    assert track.loudness < -30
    (tmp_path / "out.mp3").write_bytes(data)
    decoded = sound.decoded(tmp_path / "out.mp3")
    assert sound.loudness(decoded.samples, decoded.rate) == pytest.approx(-16, abs=1.0)
    assert sum(track.moods.values()) == pytest.approx(1.0, abs=0.01)
    assert -1 <= track.valence <= 1
    assert -1 <= track.arousal <= 1


def test_a_second_run_over_the_same_folder_decodes_nothing(
    archive: Archive, add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "music"
    for number in (1, 2):
        written(folder / f"{number}.wav", number)
    assert [outcome.state for outcome in add(*originals.found([folder]))] == ["added", "added"]
    monkeypatch.setattr(sound, "decoded", None)  # would fail if it were called
    again = add(*originals.found([folder]))
    assert [outcome.state for outcome in again] == ["here", "here"]
    assert [outcome.track_id for outcome in again] == [1, 2]


def test_the_same_recording_is_known_in_another_format_and_loudness_and_other_music_is_not(
    archive: Archive, add: Add, tmp_path: Path
) -> None:
    first = written(tmp_path / "song.wav", 1, seconds=20)
    copy = encoded(tmp_path / "copy.mp3", first, "-b:a", "96k", "-filter:a", "volume=0.5")
    short = encoded(tmp_path / "short.ogg", first, "-c:a", "libvorbis", "-ss", "0.7")
    other = written(tmp_path / "other.wav", 2, seconds=20)
    states = [outcome.state for outcome in add(first, copy, short, other)]
    assert states == ["added", "twin", "twin", "added"]
    assert len(list(archive.store.keys("tracks/"))) == 2


@pytest.mark.parametrize("content", [b"", b"this is no sound at all\n" * 100, b"ID3\x04" + bytes(5000)])
def test_a_broken_file_is_named_and_the_next_one_is_added(
    archive: Archive, add: Add, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "broken.mp3").write_bytes(content)
    broken, good = add(tmp_path / "broken.mp3", written(tmp_path / "good.wav", 3))
    assert (broken.state, good.state) == ("broken", "added")
    assert broken.failed
    assert "broken.mp3" in broken.line


def test_a_file_that_vanishes_is_named(add: Add, tmp_path: Path) -> None:
    (outcome,) = add(tmp_path / "gone.mp3")
    assert (outcome.state, outcome.why) == ("broken", "No such file or directory")


def test_what_is_silent_or_too_short_is_refused(add: Add, tmp_path: Path) -> None:
    silent = written(tmp_path / "silent.wav", 1, loudness=0.0000001)
    short = written(tmp_path / "short.wav", 1, seconds=2)
    outcomes = add(silent, short)
    assert [outcome.state for outcome in outcomes] == ["refused", "refused"]
    assert "2.0 s" in outcomes[1].why


def test_without_a_licence_nothing_is_taken(archive: Archive, add: Add, tmp_path: Path) -> None:
    file = written(tmp_path / "song.wav", 1)
    (outcome,) = add(file, given=Terms())
    assert outcome.state == "refused"
    assert "--licence" in outcome.why
    with archive.journal.read() as session:
        assert tracks.count(session) == 0
    assert list(archive.store.keys("tracks/")) == []


def test_a_list_of_licences_in_the_folder_names_terms_title_and_artist(
    archive: Archive, add: Add, tmp_path: Path
) -> None:
    file = written(tmp_path / "album" / "01.wav", 1)
    (tmp_path / "album" / "LICENSE.csv").write_text(
        "file,licence,title,artist,attribution\n01.wav,CC-BY-SA-4.0,Morning,Ada,Music by Ada\n", encoding="utf-8"
    )
    assert add(file, given=Terms())[0].state == "added"
    track = only(archive)
    assert (track.title, track.artist, track.licence, track.attribution) == (
        "Morning", "Ada", "CC-BY-SA-4.0", "Music by Ada",
    )  # fmt: skip


def test_a_licence_in_the_tag_counts_where_it_is_known(archive: Archive, add: Add, tmp_path: Path) -> None:
    wav = written(tmp_path / "song.wav", 1)
    free = encoded(
        tmp_path / "free.flac", wav, "-metadata", "license=https://creativecommons.org/licenses/by/4.0/",
        "-metadata", "title=Dawn", "-metadata", "artist=Grace",
    )  # fmt: skip
    other = written(tmp_path / "other.wav", 2)
    bound = encoded(tmp_path / "bound.flac", other, "-metadata", "license=all rights reserved")
    outcomes = add(free, bound, given=Terms())
    assert [outcome.state for outcome in outcomes] == ["added", "refused"]
    track = only(archive)
    assert (track.title, track.artist, track.licence) == ("Dawn", "Grace", "CC-BY-4.0")


@pytest.mark.parametrize(
    ("name", "artist", "title"),
    [
        ("03 - Ada - Blue - Green.wav", "Ada", "Blue - Green"),
        ("Ada - Blue.wav", "Ada", "Blue"),
        ("blue.wav", "", "blue"),
    ],
)
def test_a_file_without_tags_is_called_as_its_name_says(
    archive: Archive, add: Add, tmp_path: Path, name: str, artist: str, title: str
) -> None:
    add(written(tmp_path / name, 1, seconds=6))
    assert (only(archive).artist, only(archive).title) == (artist, title)


def test_a_piece_that_was_taken_away_comes_back_with_its_id(archive: Archive, add: Add, tmp_path: Path) -> None:
    file = written(tmp_path / "song.wav", 1)
    add(file)
    gone = archive.remove([1])
    assert not archive.store.has(gone[0].key)
    (outcome,) = add(file)
    assert (outcome.state, outcome.track_id) == ("added", 1)
    assert archive.store.has(only(archive).key)


def test_a_piece_whose_object_was_lost_gets_it_again_from_its_file(
    archive: Archive, add: Add, tmp_path: Path
) -> None:
    file = written(tmp_path / "song.wav", 1)
    add(file)
    archive.store.delete(only(archive).key)
    (outcome,) = add(file)
    assert (outcome.state, outcome.track_id) == ("added", 1)
    assert archive.store.has(only(archive).key)


def test_a_store_that_is_away_ends_the_run_without_a_row_and_the_next_run_goes_on(
    archive: Archive, add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(key: str, data: bytes, content_type: str) -> None:
        raise StoreUnavailable("the store cannot be reached")

    file = written(tmp_path / "song.wav", 1)
    with monkeypatch.context() as broken:
        broken.setattr(archive.store, "put", away)
        with pytest.raises(StoreUnavailable):
            add(file)
    with archive.journal.read() as session:
        assert tracks.count(session) == 0
    assert [outcome.state for outcome in add(file)] == ["added"], "and nobody waits for a lease"


def test_a_folder_is_searched_to_the_bottom_for_sound_and_each_file_comes_once(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a" / "b" / "one.wav", 1), written(tmp_path / "TWO.WAV", 2)
    (tmp_path / "a" / "cover.jpg").write_bytes(b"x")
    shutil.copy(one, tmp_path / "a" / "named.dat")
    assert originals.found([tmp_path, one]) == [two, one]
    assert originals.found([tmp_path / "a" / "named.dat"]) == [tmp_path / "a" / "named.dat"]
    with pytest.raises(originals.NoSuchPlace, match="nowhere"):
        originals.found([tmp_path / "nowhere"])


def test_the_tones_of_these_tests_differ() -> None:
    assert abs(float((piece(1) * piece(2)).mean())) < 0.5 * float((piece(1) ** 2).mean())
    assert len(piece(1, 3)) == 3 * RATE
