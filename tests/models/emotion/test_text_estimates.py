"""What is said of a text, and when nothing is said."""

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from models.emotion.head import Card, UnreadableHead
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.text import train
from models.emotion.text.adapter import Adapter
from models.emotion.text.blend import Blend, load, save
from models.emotion.text.corpus import Labelled, Language, found, labelled, language_of
from models.emotion.text.evaluate import judge, main
from models.emotion.text.learning import Held, Recipe, learn, matrix, unweighed
from models.emotion.text.ngrams import Shape, hashed, pieces, spelled, tidy
from models.emotion.text.predict import ENCODER, FILES, HEADS, Text, predict
from models.emotion.text.split import held_out
from models.encoder import Unreadable, read_learned
from models.weights import MissingWeight, learned
from models.weights.learned import Licence
from tests.rig.weights import FOLDER, weight

TURKISH = Path(__file__).parent / "turkish_feelings.jsonl"


@pytest.fixture(scope="module")
def reader() -> Text:
    weight(ENCODER)
    return Text(FOLDER)


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
    sure = [reader.read(text, "en").abstained for text in ("why would anyone do that", "well, so that was that")]
    assert "unsure" in sure


def test_the_function_and_the_reader_say_the_same(reader: Text) -> None:
    text = "I am so happy for you, this is wonderful!"
    assert predict(text, "en", FOLDER).probabilities == reader.read(text, "en").probabilities


def test_a_very_long_text_is_read_in_bounded_time(reader: Text) -> None:
    assert reader.read("I am happy. " * 20_000, "en").model


@pytest.mark.weights
def test_training_evaluation_and_serving_read_a_text_alike_to_one_in_a_hundred_thousand(reader: Text) -> None:
    """Training and evaluation read many texts, serving reads one."""
    batch = ["I am so happy for you!", "오늘은 조금 지쳤어요.", "Bugün çok yoruldum ama mutluyum.", "ok"]
    together = reader.heard(batch, "ko")
    for place, text in enumerate(batch):
        alone = reader.heard([text], "ko")
        np.testing.assert_allclose(alone.costs[0], together.costs[place], atol=1e-5)
        np.testing.assert_allclose(alone.opinions[0], together.opinions[place], atol=1e-5)


@pytest.mark.weights
def test_a_short_message_is_read_in_a_moment(reader: Text) -> None:
    text = "I had such a long day and nobody even asked how I was, so I went to bed"
    reader.read(text, "en")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        reader.read(text, "en")
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1


def test_without_the_weights_of_the_encoder_nothing_is_read_and_the_command_that_fetches_them_is_named(
    tmp_path: Path,
) -> None:
    with pytest.raises(MissingWeight, match=f"heed models pull {ENCODER}"):
        Text(tmp_path)


@pytest.mark.weights
def test_an_adapter_of_another_make_is_named_as_such(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", about=np.array("{}"))
    with pytest.raises(Unreadable):
        Adapter(weight(ENCODER), tmp_path / "other.npz")


def test_a_row_its_translation_and_its_equals_are_never_both_learned_and_held_out() -> None:
    said = [f"number {number} of a hundred" for number in range(100)]
    rows = [Labelled(text, ("neutral",), "one", ("neutral",), True, id=f"id{n}") for n, text in enumerate(said)]
    rows += [Labelled(f"{n}번째 문장", ("neutral",), "two", ("neutral",), True, id=f"id{n}") for n in range(100)]
    rows += [Labelled(f"  {text.upper()}", ("neutral",), "three", ("neutral",), False) for text in said]
    kept, held = held_out(rows)
    assert 5 < len(held) < 60
    assert not {row.id for row in kept if row.id} & {row.id for row in held}
    assert not {tidy(row.text) for row in kept} & {tidy(row.text) for row in held}


def test_pieces_are_hashed_alike_whoever_hashes_them() -> None:
    (numbers, often), (again, _) = hashed(["So so happy", "So so happy"], Shape(2, 4, 2, 16))
    np.testing.assert_array_equal(numbers, again)
    assert matrix([(numbers, often)], 16).shape == (1, 1 << 16)
    assert pieces("ab", Shape(1, 2, 1, 8)) == {" ": 2, "a": 1, "b": 1, " a": 1, "ab": 1, "b ": 1, "\x1fab": 1}


def test_the_choice_of_one_feeling_is_weighed_on_the_texts_that_are_asked_and_on_no_other() -> None:
    recipe = Recipe(0.01, 2, 1, 0.1, 0.7, 0.99, 1)
    card = Card("made", "none", True, ("made",), FEELINGS)

    def learned_from(others: Feeling) -> Blend:
        said = [FEELINGS[number % 2] for number in range(40)] + [others] * 40
        rows = [Labelled(f"text {number}", (each,), "made", (each,), False) for number, each in enumerate(said)]
        opinions = np.random.default_rng(1).normal(size=(80, 1)).astype(np.float32)
        held = Held(rows, np.zeros(80, np.float32), opinions, np.array([True]), np.arange(80) < 40)
        return learn(unweighed(rows, ["made"], Shape(1, 1, 1, 0), recipe, card), held, recipe)

    sad, glad = learned_from("sadness"), learned_from("happiness")
    np.testing.assert_array_equal(sad.mix, glad.mix)
    assert sad.sure_from == glad.sure_from
    assert (sad.each_from != glad.each_from).any()


def test_pieces_choose_as_the_corpora_that_stand_alone_tell_it() -> None:
    """Of pieces in two opinions the choice goes by the first, several feelings by both."""
    recipe = Recipe(1e-4, 20, 1, 1.0, 0.7, 0.99, 1)
    card = Card("made", "none", True, ("made",), FEELINGS)
    own = [Labelled(f"rain {n}", ("fear",), "own", ("fear",), False) for n in range(20)]
    own += [Labelled(f"sun {n}", ("anger",), "own", ("anger",), False) for n in range(20)]
    others = [Labelled(f"rain {n}", ("happiness",), "others", ("happiness",), False) for n in range(20, 100)]
    head = unweighed([*own, *others], ["own"], Shape(2, 4, 1, 12), recipe, card, alone=["own"])
    assert head.pieces.shape == (4096, 2 * len(FEELINGS))
    nothing = np.zeros((1, 0), np.float32)
    (said,) = head.opinions(["rain"], nothing)
    fear, happiness = FEELINGS.index("fear"), FEELINGS.index("happiness")
    assert said[fear] > said[happiness]
    assert said[7 + fear] < said[7 + happiness]
    served = load(HEADS / "ko.npz")
    assert served.mix[:7].any()
    assert not served.mix[7:14].any()
    assert served.each[7:14].any()


def test_a_head_keeps_its_letters_in_its_file(tmp_path: Path) -> None:
    head = load(HEADS / "ko.npz")
    assert head.shape.letters == "jamo"
    save(head, tmp_path / "again.npz")
    assert load(tmp_path / "again.npz").shape == head.shape
    assert Shape(1, 4, 1, 20).letters == "written", "what heads without that number were trained with"


def test_case_width_and_stretched_letters_do_not_matter() -> None:
    assert tidy("  SOOOOOO\n happy ") == tidy("sooo happy")
    assert tidy("İyiyim") == tidy("iyiyim")


def test_korean_endings_share_pieces_whatever_syllable_they_are_joined_to() -> None:
    went, saw = (set(pieces(spelled(tidy(text), "jamo"), Shape(3, 4, 1, 8, "jamo"))) for text in ("갔어", "봤어"))
    assert spelled("ㅆ어", "jamo")[1:] + " " in went & saw
    written = [set(pieces(tidy(text), Shape(3, 4, 1, 8))) for text in ("갔어", "봤어")]
    assert not written[0] & written[1]


def test_the_turkish_sentences_are_two_hundred_of_all_seven_feelings() -> None:
    rows = labelled(TURKISH)
    assert len(rows) == 200
    counts = [sum(feeling in row.feelings for row in rows) for feeling in FEELINGS]
    assert min(counts) >= 28
    assert language_of([row.text for row in rows]) == "tr"


@pytest.mark.parametrize("name", sorted(path.stem for path in HEADS.glob("*.npz")))
def test_each_file_says_what_it_was_trained_on_and_under_which_licence(name: str) -> None:
    card = next(each for each in learned() if each.path == f"emotion/text/heads/{name}.npz")
    assert card.licence
    assert card.commercial == card.serves("open")
    assert card.size < 5_000_000


def test_the_open_heads_and_their_adapter_allow_commercial_use_and_saw_no_forbidden_corpus() -> None:
    forbidden = {"ko_single", "ko_short", "tr_tweets", "dair", "meld"}
    for files in FILES["open"].values():
        head = load(HEADS / f"{files.head}.npz")
        assert head.card.commercial
        assert not forbidden & set(head.card.trained_on)
        assert not forbidden & set(head.hears)
        about, _ = read_learned(HEADS / f"{files.adapter}.npz")
        assert not forbidden & set(about["words"])


@pytest.mark.parametrize("licence", ["all", "open"])
def test_what_is_said_to_be_used_is_what_is_read(licence: Licence) -> None:
    read = {name for files in FILES[licence].values() for name in (files.head, files.adapter)}
    said = [each for each in learned() if each.path.startswith("emotion/text/") and each.serves(licence)]
    assert {Path(each.path).stem for each in said} == read


@pytest.mark.parametrize("licence", ["all", "open"])
def test_each_head_is_read_upon_the_adapter_that_it_was_trained_upon(licence: Licence) -> None:
    for files in FILES[licence].values():
        about, _ = read_learned(HEADS / f"{files.adapter}.npz")
        assert Card.read(about["card"]).trained_on == load(HEADS / f"{files.head}.npz").card.trained_on


@pytest.mark.weights
def test_a_language_that_nobody_writes_costs_no_memory() -> None:
    weight(ENCODER)
    reader = Text(FOLDER)
    reader.read("I am so happy for you!", "en")
    assert (set(reader._adapters), set(reader._heads)) == ({"free"}, {"en"})
    reader.read("정말 기뻐요!", "ko")
    assert set(reader._adapters) == {"free", "korean"}
    free = Text(FOLDER, "open")
    for language in ("en", "ko", "tr"):
        free.read("Bugün çok mutluyum, 정말 so happy", language)
    assert set(free._adapters) == {"free"}


@pytest.mark.weights
def test_two_who_write_at_once_are_read_by_one_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, made = Text(weight(ENCODER).parent), []

    def slowly(*given: Path) -> Adapter:
        made.append(given)
        time.sleep(0.05)
        return Adapter(*given)

    monkeypatch.setattr("models.emotion.text.predict.Adapter", slowly)
    with ThreadPoolExecutor(4) as several_at_once:
        adapters = list(several_at_once.map(reader.adapter, ["en"] * 4))
    assert len(made) == 1
    assert len(set(map(id, adapters))) == 1


@pytest.mark.weights
@pytest.mark.parametrize(
    ("corpus", "language"), [("goemotions", "en"), ("ko_single", "ko"), ("kote", "ko"), ("tr_tweets", "tr")]
)
def test_what_was_learned_remembers_its_texts_and_hardly_any_is_of_the_dev_part(
    texts: Path, reader: Text, corpus: str, language: Language
) -> None:
    for part, least, most in (("train", 1, 1), ("dev", 0, 0.01)):
        rows = labelled(texts / corpus / f"{part}.jsonl.gz")
        assert least <= np.isin([row.digest for row in rows], reader.adapter(language).seen).mean() <= most


@pytest.mark.weights
def test_probabilities_of_held_out_texts_are_as_right_as_they_are_sure(texts: Path, reader: Text) -> None:
    rows = labelled(texts / "goemotions" / "dev.jsonl.gz")[:600]
    judged = judge(rows, reader, "en")
    right = [FEELINGS[int(top)] in row.feelings for top, row in zip(judged.chances.argmax(axis=1), rows, strict=True)]
    assert abs(float(judged.chances.max(axis=1).mean()) - float(np.mean(right))) < 0.08


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
    weight(ENCODER)
    main(["--data", str(path), "--weights", str(FOLDER), "--json"])
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
    weight(ENCODER)
    assert main(["--data", str(tmp_path), "--weights", str(FOLDER), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["n"], result["language"]) == (3, "en, ko, tr")
    assert {"language:en", "language:ko", "language:tr"} <= set(result["by_group"])


def test_what_has_no_known_label_or_another_language_is_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"text": "the ferry goes at nine from the other pier", "label": "neutral", "language": "en"},
        {"text": "Bahçedeki ışık beni çok mutlu ediyor", "label": "mutlu", "language": "tr"},
        {"text": "Je suis content", "label": "joy", "language": "fr"},
        *({"text": "so what", "label": "zeal"}, {"label": "joy"}),
    ]
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert (len(found(path).rows), found(path).unlabelled, found(path).foreign) == (2, 2, 1)
    weight(ENCODER)
    for asked, counts in (([], (2, 2, 1)), (["--language", "tr"], (1, 2, 2))):
        assert main(["--data", str(path), "--weights", str(FOLDER), "--json", *asked]) == 0
        result = json.loads(capsys.readouterr().out)
        assert (result["n"], result["unlabelled"], result["other_language"]) == counts
        assert result["left_out"] == 0
    assert main(["--data", str(path), "--weights", str(FOLDER), "--language", "ko"]) == 2
    assert "no row is in the language ko" in capsys.readouterr().err


@pytest.mark.weights
def test_a_training_run_that_was_stopped_goes_on_and_gives_the_same_heads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="torch is of the extra [train]")
    weight(ENCODER)
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
    recipe = {"passes": 2, "least": 2, "trust": 0.1, "coverage": 0.7, "familiar": 0.99}
    lesson = {"rank": 2, "rate": 0.001, "epochs": 1, "batch": 32, "longest": 16, "smoothing": 0.1}
    pieces = {"shortest": 2, "longest": 3, "words": 1, "bits": 10}
    card = {"licence": "none", "commercial": True}
    plan = {
        **{"seed": 1, "recipe": recipe, "lesson": lesson},
        "adapters": {"all": {"name": "made", "lesson": {"shown": {"made": 0.5}}, **card}},
        "heads": {
            "en": {
                **{"name": "made-en", "adapter": "all", "pieces": pieces, "alpha": 0.0001},
                **{key: ["made"] for key in ("hears", "chooses", "spelled", "corpora")},
            }
        },
    }
    (tmp_path / "train.yaml").write_text(json.dumps(plan), encoding="utf-8")
    given = ["--data", str(tmp_path), "--weights", str(FOLDER), "--run", str(tmp_path / "train.yaml")]
    given += ["--cache", str(tmp_path / "kept")]
    assert train.main([*given, "--out", str(tmp_path / "first")]) == 0
    assert load(tmp_path / "first" / "en.npz").card.name == "made-en"

    for work in ("teach", "trained"):
        monkeypatch.setattr(train, work, lambda *_: pytest.fail("what was finished is not done again"))
    assert train.main([*given, "--out", str(tmp_path / "second")]) == 0
    for name in ("all", "en"):
        assert (tmp_path / "first" / f"{name}.npz").read_bytes() == (tmp_path / "second" / f"{name}.npz").read_bytes()


def test_a_file_that_is_no_head_is_named_as_such(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", something=np.zeros(3))
    with pytest.raises(UnreadableHead):
        load(tmp_path / "other.npz")
