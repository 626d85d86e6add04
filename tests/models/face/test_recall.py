"""How many of the faces that people counted are found."""

import json
from pathlib import Path

import pytest

from models.dataset import UnreadableData
from models.emotion.face import evaluate
from models.emotion.face.card import written as card
from models.emotion.head import load
from models.face.finder import LANDMARKER, Finder
from models.face.recall import Tally, counted, is_counted
from tests.models.face.pictures import scene, written
from tests.rig.weights import FOLDER, weight


@pytest.mark.weights
def test_of_portraits_and_of_groups_down_to_24_pixels_nearly_every_face_is_found(faces: Path, finder: Finder) -> None:
    told = counted(faces / "photos", finder).report()
    assert told["n"] >= 16
    assert told["metrics"]["recall_portraits"] >= 0.97
    for name in ("recall_groups", "recall_groups_at_24", "recall_groups_at_24_within_2048"):
        assert told["metrics"][name] >= 0.8
    assert told["metrics"]["wrong"] <= 1


@pytest.mark.weights
def test_an_evaluation_of_counted_faces_ends_with_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weight(LANDMARKER)
    (tmp_path / "index.csv").write_text("file,faces\na.png,0\nb.png,1\nc.png,2\n", encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.png").write_bytes(written(scene(300, 200), "PNG"))
    (tmp_path / "c.png").write_bytes(b"nothing")
    assert evaluate.main(["--data", str(tmp_path), "--weights", str(FOLDER), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (told["n"], told["unread"]) == (2, 1)
    assert {"task", "n", "metrics", "by_group", "model"} <= set(told)
    assert told["by_group"] == {"portraits": {"n": 1, "recall": 0}}
    assert told["metrics"]["recall_portraits"] == 0
    assert told["metrics"]["recall_groups"] is None


def test_an_index_that_names_feelings_is_no_count(tmp_path: Path) -> None:
    for head, is_count in (("file,faces", True), ("file,label", False), ("file,faces,emotion", False)):
        (tmp_path / "index.csv").write_text(f"{head}\n", encoding="utf-8")
        assert is_counted(tmp_path) is is_count
    assert not is_counted(tmp_path / "none")
    (tmp_path / "index.csv").write_bytes(b"\xff\xfe\xe4,\x00label\n")
    assert not is_counted(tmp_path)
    (tmp_path / "set.zip").write_bytes(b"PK\x03\x04\xbb\xff")
    assert not is_counted(tmp_path / "set.zip")


@pytest.mark.weights
@pytest.mark.parametrize("row", ["a.png,many", ",1", "missing.png,1"])
def test_a_count_that_is_none_is_refused(tmp_path: Path, finder: Finder, row: str) -> None:
    (tmp_path / "index.csv").write_text(f"file,faces\n{row}\n", encoding="utf-8")
    with pytest.raises(UnreadableData):
        counted(tmp_path, finder)


def test_more_faces_than_there_are_are_no_better_than_all() -> None:
    tally = Tally()
    tally.add(2, 5)
    tally.add(2, 1)
    assert (tally.found, tally.there, tally.recall) == (3, 4, 0.75)


def test_the_card_says_how_many_faces_are_found() -> None:
    head = load(evaluate.HERE / "heads" / "all.npz")
    metrics = {"error": 0.2, "error_at_70": 0.1, "accuracy_of_all": 0.8, "found": 0.981}
    result = {"n": 90, "protocol": "p", "metrics": metrics, "by_group": {}, "abstentions": {}}
    tallies = ("recall_portraits", "recall_groups", "recall_groups_at_24", "recall_groups_at_24_within_2048")
    found = {"faces": dict.fromkeys(tallies, "7 of 7"), "metrics": {"wrong": 0}}
    text = card(
        {"FER+": ({**result, "refused": {}}, head), "photos": ({**result, "refused": {"picture.no_face": 10}}, head)},
        "make",
        found,
    )
    assert "photos: a face is found in 98.1% of 100 pictures" in text
    assert text.count("7 of 7") == 4
    assert "lone face" in text
