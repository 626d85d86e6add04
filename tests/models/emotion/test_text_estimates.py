"""What is said of a text, and when nothing is said."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from models.dataset import UnreadableData
from models.emotion.head import UnreadableHead
from models.emotion.labels import FEELINGS
from models.emotion.text import train
from models.emotion.text.blend import load
from models.emotion.text.corpus import labelled, language_of, languages
from models.emotion.text.evaluate import main
from models.emotion.text.learning import matrix
from models.emotion.text.mapping import GOEMOTIONS, KOTE, feelings
from models.emotion.text.ngrams import hashed, pieces, tidy
from models.emotion.text.predict import FILES, HEADS, Text, predict
from models.emotion.text.train import kept_vectors
from models.emotion.text.vectors import vectors

TURKISH = Path(__file__).parent / "turkish_feelings.jsonl"


@pytest.fixture(scope="module")
def reader() -> Text:
    return Text()


@pytest.mark.parametrize(
    ("text", "language", "feeling"),
    [
        ("I am so happy for you, this is wonderful!", "en", "happiness"),
        ("I'm furious, how dare they treat you like that, I hate them", "en", "anger"),
        ("I miss her so much, I have been crying all day", "en", "sadness"),
        ("오늘 정말 행복하고 기분이 너무 좋아요!", "ko", "happiness"),
        ("무서워서 잠을 못 자겠어요. 너무 불안해요.", "ko", "fear"),
    ],
)
def test_plain_feelings_are_named(reader: Text, text: str, language: str, feeling: str) -> None:
    estimate = reader.read(text, language)
    assert estimate.abstained is None
    assert max(FEELINGS, key=lambda name: estimate.probabilities[name]) == feeling
    assert sum(estimate.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_pleasant_and_unpleasant_lie_on_their_sides(reader: Text) -> None:
    glad = reader.read("Thank you, I love it, I am so happy!", "en")
    sad = reader.read("I'm so sad and disappointed, I feel terrible", "en")
    assert glad.valence > 0.2 > -0.2 > sad.valence


@pytest.mark.parametrize("text", ["", "   ", "!!!", "12345", "👍"])
def test_a_text_without_words_is_not_read(reader: Text, text: str) -> None:
    assert reader.read(text, "en").abstained == "no words"


def test_a_language_that_was_not_learned_is_not_read(reader: Text) -> None:
    assert reader.read("Je suis content", "fr").abstained == "language"


@pytest.mark.parametrize("language", ["en", "tr"])
def test_letters_without_sense_are_called_unfamiliar(reader: Text, language: str) -> None:
    assert reader.read("asdf qwer zxcv poiu", language).abstained == "unfamiliar"


def test_a_plain_message_to_a_companion_is_not_called_unfamiliar(reader: Text) -> None:
    said = reader.read("I had such a long day and nobody even asked how I was.", "en")
    assert said.abstained != "unfamiliar"


def test_a_text_of_no_clear_feeling_leaves_it_unsure(reader: Text) -> None:
    sure = [reader.read(text, "en").abstained for text in ("well that is something I suppose", "hm, so you say")]
    assert "unsure" in sure


def test_the_function_and_the_reader_say_the_same(reader: Text) -> None:
    text = "I am so happy for you, this is wonderful!"
    assert predict(text, "en").probabilities == reader.read(text, "en").probabilities


def test_a_very_long_text_is_read_in_bounded_time(reader: Text) -> None:
    assert reader.read("I am happy. " * 20_000, "en").model


def test_training_evaluation_and_serving_read_a_text_alike_to_one_in_a_hundred_thousand(tmp_path: Path) -> None:
    """Training keeps vectors of batches, evaluation reads batches, serving reads one text."""
    batch = ["I am so happy for you!", "오늘은 조금 지쳤어요.", "Bugün çok yoruldum ama mutluyum.", "ok"]
    kept = kept_vectors(batch, tmp_path)
    again = kept_vectors(batch, tmp_path)
    alone = np.concatenate([vectors([text]) for text in batch])
    np.testing.assert_allclose(kept, vectors(batch), atol=1e-5)
    np.testing.assert_allclose(kept, again, atol=0)
    np.testing.assert_allclose(kept, alone, atol=1e-4)


def test_opinions_of_a_batch_and_of_one_text_are_alike_to_one_in_ten_thousand(reader: Text) -> None:
    batch = ["I am so happy for you!", "Leave me alone, I am angry.", "ok"]
    head = reader.head("en")
    together = head.probabilities(batch)
    alone = np.concatenate([head.probabilities([text]) for text in batch])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_pieces_are_hashed_alike_whoever_hashes_them() -> None:
    (numbers, often), (again, _) = hashed(["So so happy", "So so happy"], 2, 4, 2, 16)
    np.testing.assert_array_equal(numbers, again)
    assert matrix([(numbers, often)], 16).shape == (1, 1 << 16)
    assert pieces("ab", 1, 2, 1) == {" ": 2, "a": 1, "b": 1, " a": 1, "ab": 1, "b ": 1, "\x1fab": 1}


def test_case_width_and_stretched_letters_do_not_matter() -> None:
    assert tidy("  SOOOOOO\n happy ") == tidy("sooo happy")
    assert tidy("İyiyim") == tidy("iyiyim")


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


def test_the_turkish_sentences_are_two_hundred_of_all_seven_feelings() -> None:
    rows = labelled(TURKISH)
    assert len(rows) == 200
    counts = [sum(feeling in row.feelings for row in rows) for feeling in FEELINGS]
    assert min(counts) >= 28
    assert language_of([row.text for row in rows]) == "tr"


@pytest.mark.parametrize("name", sorted({name for files in FILES.values() for name in files.values()}))
def test_each_head_says_what_it_was_trained_on_and_under_which_licence(name: str) -> None:
    card = load(HEADS / f"{name}.npz").card
    assert card.licence
    assert card.trained_on
    forbidden = {"ko_single", "ko_short", "tr_tweets", "dair", "meld"}
    assert card.commercial == (not forbidden & set(card.trained_on))


def test_the_open_heads_allow_commercial_use() -> None:
    assert all(load(HEADS / f"{name}.npz").card.commercial for name in FILES["open"].values())


def test_no_head_was_trained_on_its_dev_part(texts: Path) -> None:
    for name, corpus in (("en", "goemotions"), ("ko", "ko_single")):
        rows = labelled(texts / corpus / "dev.jsonl.gz")
        known = np.isin([row.digest for row in rows], load(HEADS / f"{name}.npz").seen)
        assert known.mean() < 0.01


def test_probabilities_of_held_out_texts_are_as_right_as_they_are_sure(texts: Path, reader: Text) -> None:
    rows = labelled(texts / "goemotions" / "dev.jsonl.gz")[:600]
    chances = reader.head("en").probabilities([row.text for row in rows])
    right = [FEELINGS[int(top)] in row.feelings for top, row in zip(chances.argmax(axis=1), rows, strict=True)]
    assert abs(float(chances.max(axis=1).mean()) - float(np.mean(right))) < 0.08


def test_an_evaluation_ends_with_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "made" / "dev.jsonl.gz"
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8") as written:
        for text, label in (
            ("I love how the harbour looks in May", "happiness"),
            ("I am terrified of the neighbour on the third floor", "fear"),
            ("the ferry to the island leaves at nine", "neutral"),
        ):
            written.write(json.dumps({"text": text, "label": label}) + "\n")
    main(["--data", str(path), "--json"])
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (result["task"], result["n"], result["language"]) == ("text", 3, "en")
    assert {"uar", "accuracy", "macro_f1", "ece", "coverage", "selective_error"} <= set(result["metrics"])
    assert "corpus:made" in result["by_group"]
    assert result["model"]


def test_texts_of_several_languages_are_judged_each_by_its_own_head(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text, label in (
        ("one", "The bakery on the corner burned my favourite bread", "sadness"),
        ("two", "그 가게 앞 화분이 또 넘어져 있어서 웃음이 났어요", "happiness"),
        ("three", "Bahçedeki şu küçük ışık beni çok mutlu ediyor", "happiness"),
    ):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"text": text, "label": label}) + "\n", encoding="utf-8")
    assert main(["--data", str(tmp_path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["n"], result["language"]) == (3, "en, ko, tr")
    assert {"language:en", "language:ko", "language:tr"} <= set(result["by_group"])


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


def test_a_training_run_that_was_stopped_goes_on_and_gives_the_same_heads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "happiness": "what a lovely day number",
        "anger": "leave me alone at last number",
        "neutral": "the bus is number",
    }
    (tmp_path / "made").mkdir()
    with gzip.open(tmp_path / "made" / "train.jsonl.gz", "wt", encoding="utf-8") as written:
        for number in range(250):
            for label, text in said.items():
                written.write(json.dumps({"text": f"{text} {number}", "label": label}) + "\n")
    plan = {
        "seed": 1,
        "recipe": {
            **{"passes": 2, "least": 2, "networks": 1, "hidden": 8, "decay": 0.003, "epochs": 1, "folds": 2},
            **{"coverage": 0.7, "familiar": 0.99},
        },
        "heads": {
            "en": {
                **{"own": ["made"], "beside": [], "pieces": {"shortest": 2, "longest": 3, "words": 1, "bits": 10}},
                **{"alpha": 0.0001, "name": "made-1", "licence": "none", "commercial": True},
            }
        },
    }
    (tmp_path / "train.yaml").write_text(json.dumps(plan), encoding="utf-8")
    given = ["--data", str(tmp_path), "--run", str(tmp_path / "train.yaml"), "--cache", str(tmp_path / "kept")]
    assert train.main([*given, "--out", str(tmp_path / "first")]) == 0
    assert load(tmp_path / "first" / "en.npz").card.name == "made-1"

    monkeypatch.setattr(train, "trained", lambda *_: pytest.fail("what was finished is not done again"))
    assert train.main([*given, "--out", str(tmp_path / "second")]) == 0
    assert (tmp_path / "first" / "en.npz").read_bytes() == (tmp_path / "second" / "en.npz").read_bytes()


@pytest.mark.parametrize("content", ["", "no json\n", '["a list"]\n', '{"text": "x", "label": "zeal"}\n'])
def test_a_file_without_labelled_texts_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableData):
        labelled(tmp_path / "texts.jsonl")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData):
        labelled(tmp_path / "nothing.jsonl.gz")


def test_a_file_that_is_no_head_is_named_as_such(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", something=np.zeros(3))
    with pytest.raises(UnreadableHead):
        load(tmp_path / "other.npz")
