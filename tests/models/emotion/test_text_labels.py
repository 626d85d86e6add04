"""Which labels of other sets are known, and where they are looked for."""

import json
from pathlib import Path

import pytest

from models.dataset import UnreadableData
from models.emotion.labels import FEELINGS
from models.emotion.text.corpus import labelled, languages
from models.emotion.text.mapping import GOEMOTIONS, KOTE, feelings, labels, several


def test_every_label_of_goemotions_has_one_feeling() -> None:
    named = [name for names in GOEMOTIONS.values() for name in names]
    assert len(named) == len(set(named)) == 28


def test_no_label_of_kote_has_two_feelings() -> None:
    named = [name for names in KOTE.values() for name in names]
    assert len(named) == len(set(named))


def test_labels_of_every_form_are_read() -> None:
    assert feelings({"labels": ["approval", "neutral"]}) == ("happiness", "neutral")
    assert feelings({"label": "joy"}) == ("happiness",)
    assert feelings({"emotion": "fear", "sentiment": "negative"}) == ("fear",)
    assert feelings({"label_ko": "분노", "detail_ko": "짜증"}) == ("anger",)
    assert feelings({"labels": ["비장함"]}) == ()


@pytest.mark.parametrize(
    ("word", "feeling"),
    [
        *(("calm", "neutral"), ("Anxious", "fear"), ("Joyful", "happiness"), ("scared", "fear")),
        *(("공포", "fear"), ("혐오", "disgust"), ("당황", "surprise"), ("중립", "neutral"), ("불안", "fear")),
        *(("kızgın", "anger"), ("Kizgin", "anger"), ("mutlu", "happiness"), ("ÜZGÜN", "sadness"), ("korku", "fear")),
        *(("iğrenme", "disgust"), ("şaşkın", "surprise"), ("nötr", "neutral"), ("öfke", "anger")),
    ],
)
def test_common_words_for_the_seven_feelings_are_known_in_three_languages(word: str, feeling: str) -> None:
    assert feelings({"label": word}) == (feeling,)


def test_the_seventh_of_seven_may_be_a_number_or_a_word() -> None:
    for place, feeling in enumerate(FEELINGS):
        assert [feelings({"label7": given}) for given in (place, str(place), feeling)] == [(feeling,)] * 3
    assert feelings({"label7": 7}) == feelings({"label7": -1}) == feelings({"label7": ""}) == ()
    assert feelings({"label": 3}) == ()
    assert feelings({"label": "Wut", "label7": "anger"}) == ("anger",)


def test_labels_in_one_string_with_commas_are_a_list() -> None:
    row = {"labels": "joy, love,grief"}
    assert feelings(row) == ("happiness", "sadness")
    assert len(labels(row)) == 3
    assert several(row)
    assert not several({"label": "joy"})


def test_of_a_folder_the_training_parts_are_no_test(tmp_path: Path) -> None:
    for part in ("train", "dev"):
        (tmp_path / f"{part}.jsonl").write_text(json.dumps({"text": part, "label": "joy"}) + "\n", encoding="utf-8")
    assert [row.text for row in labelled(tmp_path)] == ["dev"]
    assert [row.text for row in labelled(tmp_path / "train.jsonl")] == ["train"]


def test_a_row_that_names_its_language_is_believed(tmp_path: Path) -> None:
    lines = [{"text": "merhaba", "label": "joy", "language": "tr"}, {"text": "hello", "label": "Angry"}]
    (tmp_path / "made.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    rows = labelled(tmp_path / "made.jsonl")
    assert languages(rows) == ["tr", "en"]
    assert rows[1].feelings == ("anger",)


@pytest.mark.parametrize("content", ["", "no json\n", '["a list"]\n', '{"text": "x", "label": "zeal"}\n'])
def test_a_file_without_labelled_texts_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableData):
        labelled(tmp_path / "texts.jsonl")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData):
        labelled(tmp_path / "nothing.jsonl.gz")
