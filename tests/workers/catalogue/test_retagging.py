"""Retagging: what somebody says about moods holds, and a wrong line is named without spoiling the others."""

from pathlib import Path

import pytest

from models.music.moods import ANCHORS
from tests.rig.records import put
from tests.workers.catalogue.tones import written
from workers.catalogue import originals
from workers.catalogue.retagging import BadTags, retag
from workers.journal import tracks
from workers.journal.database import Journal


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "moods.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_piece_is_named_by_id_path_title_or_artist(sqlite_journal: Journal, tmp_path: Path) -> None:
    file = written(tmp_path / "song.wav", 1, seconds=1)
    put(sqlite_journal, 1, original=originals.name_of(file))
    put(sqlite_journal, 2, title="Song, with a comma")
    put(sqlite_journal, 3, title="Twice", artist="Ada")
    put(sqlite_journal, 4, title="Twice", artist="Grace")
    with sqlite_journal.read() as session:
        before = tracks.revision(session)
    done = retag(
        sqlite_journal,
        csv(
            tmp_path,
            "Path,id,title,artist,mood,valence,arousal\n"
            'song.wav,,,,dark,,\n,,"Song, with a comma",,joyful,0.9,0.1\n,,Twice,Grace,,-0.2,0.3\n',
        ),
    )
    assert (done.ids, done.errors) == ([1, 2, 4], [])
    with sqlite_journal.read() as session:
        dark, joyful, placed = (tracks.get(session, each) for each in (1, 2, 4))
        assert tracks.revision(session) != before
    assert dark is not None
    assert joyful is not None
    assert placed is not None
    assert (dark.moods["dark"], dark.valence, dark.arousal) == (1.0, *ANCHORS["dark"])
    assert (joyful.moods["joyful"], joyful.moods["dark"], joyful.valence, joyful.arousal) == (1.0, 0.0, 0.9, 0.1)
    assert (placed.moods, placed.valence, placed.arousal) == ({"calm": 1.0}, -0.2, 0.3)
    assert {dark.moods_by, joyful.moods_by, placed.moods_by} == {tracks.BY_PERSON}


def test_every_wrong_line_is_named_and_the_right_ones_are_taken(sqlite_journal: Journal, tmp_path: Path) -> None:
    put(sqlite_journal, 1)
    put(sqlite_journal, 2, title="Twice")
    put(sqlite_journal, 3, title="Twice")
    lines = ["9,,calm,,", "x,,calm,,", ",,calm,,", ",Twice,calm,,", ",Nothing,calm,,", "1,,happy,,", "1,,,,"]
    lines += ["1,,,2,0", "1,,,nan,0", "1,,,0.1,", "1,,tender,,"]
    done = retag(sqlite_journal, csv(tmp_path, "id,title,mood,valence,arousal\n" + "\n".join(lines)))
    assert done.ids == [1]
    assert [error.partition(":")[0] for error in done.errors] == [f"line {number}" for number in range(2, 12)]
    assert "there is no piece 9" in done.errors[0]
    assert "several pieces (2, 3)" in done.errors[3]
    assert "joyful, energetic" in done.errors[5]
    with sqlite_journal.read() as session:
        assert {track.moods_by for track in tracks.every(session)} == {tracks.BY_PERSON, tracks.BY_HEAD}


@pytest.mark.parametrize("text", ["", "title,artist\n", "mood,valence\n", "id,valence\n"])
def test_a_list_without_the_columns_is_refused_as_a_whole(sqlite_journal: Journal, tmp_path: Path, text: str) -> None:
    with pytest.raises(BadTags, match="the first line must name"):
        retag(sqlite_journal, csv(tmp_path, text))
    with pytest.raises(BadTags, match="No such file"):
        retag(sqlite_journal, tmp_path / "gone.csv")
    (tmp_path / "latin.csv").write_bytes(b"id,mood\n\xe9,calm\n")
    with pytest.raises(BadTags, match="UTF-8"):
        retag(sqlite_journal, tmp_path / "latin.csv")
