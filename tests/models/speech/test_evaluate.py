"""Evaluations end in one line of JSON that says what was measured on how much."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from models.speech import card, evaluate
from models.speech.evaluate import rows_of
from models.speech.recognise.scripted import ScriptedRecogniser
from models.speech.synthesise.tone import ToneSynthesiser
from models.speech.wer import character_errors, word_errors, words_of
from tests.models.speech.sounds import SENTENCE, encoded, speech

COLUMNS = ("path", "corpus", "speaker", "sex", "language", "label", "transcript")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "voice"
    folder.mkdir()
    (folder / "a.ogg").write_bytes(encoded("opus", tmp_path))
    (folder / "b.wav").write_bytes(encoded("wav", tmp_path, speech("It rains.")))
    (folder / "silent.wav").write_bytes(encoded("wav", tmp_path, speech() * 0))
    rows = [
        ("a.ogg", "read", "1", "f", "en", "", SENTENCE),
        ("b.wav", "read", "2", "m", "en", "", "it rains"),
        ("silent.wav", "read", "2", "m", "en", "", "hello"),
        ("a.ogg", "acted", "1", "f", "en", "sad", SENTENCE),
        ("b.wav", "read", "2", "m", "en", "", ""),
    ]
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return folder


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "recogniser_from", lambda name, **_: ScriptedRecogniser([SENTENCE, "it reigns"]))


def test_recognition_is_measured_after_opus_and_by_group(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["recognition", "--data", str(data), "--json"]) == 0
    out = capsys.readouterr().out.strip().splitlines()
    assert len(out) == 1
    result = json.loads(out[0])
    assert {"task", "n", "condition", "hinted", "metrics", "by_group", "model"} == set(result)
    assert all(isinstance(value, float | int) for value in result["metrics"].values())
    assert (result["task"], result["n"], result["model"]) == ("recognition", 3, "scripted")
    assert result["metrics"]["wer"] == pytest.approx(2 / 19, abs=1e-3)
    assert result["metrics"]["unheard"] == 1
    assert result["condition"] == "opus24k"
    assert 10 < result["metrics"]["kbit_s"] < 40
    assert result["metrics"]["rtf"] >= 0
    assert result["by_group"]["sex:f"]["wer"] == 0
    assert result["by_group"]["corpus:read"]["n"] == 3


def test_acted_corpora_are_measured_only_when_they_are_asked_for(data: Path) -> None:
    assert len(rows_of(data, [], None)) == 3
    assert len(rows_of(data, ["acted"], None)) == 1
    assert len(rows_of(data, ["all"], "en")) == 4
    assert rows_of(data, ["all"], "ko") == []


def test_speech_is_measured_in_every_mood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"text": SENTENCE}) + "\n", encoding="utf-8")
    assert evaluate.main(["speech", "--voice", "tone", "--data", str(lines), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["n"] == 3
    assert {"mood:calm", "mood:neutral", "mood:bright"} <= set(result["by_group"])


def test_a_recording_that_cannot_be_decoded_counts_as_not_heard_and_the_rest_is_measured(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (data / "b.wav").read_bytes()
    (data / "b.wav").write_bytes(whole[: len(whole) // 2])
    assert evaluate.main(["recognition", "--data", str(data), "--json"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["n"] == 3
    assert (result["metrics"]["refused"], result["metrics"]["unheard"]) == (1, 2)
    assert result["by_group"]["sex:m"]["wer"] == 1
    assert result["by_group"]["sex:f"]["wer"] == 0
    assert "b.wav" in said.err


@pytest.mark.parametrize("packed", [False, True])
def test_sentences_to_speak_may_be_a_folder_of_json_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bool
) -> None:
    lines = (json.dumps({"text": SENTENCE}) + "\n").encode()
    file = tmp_path / "few" / ("one.jsonl.gz" if packed else "one.jsonl")
    file.parent.mkdir()
    file.write_bytes(gzip.compress(lines) if packed else lines)
    assert evaluate.main(["speech", "--voice", "tone", "--data", str(file.parent), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 3


def test_a_folder_with_an_index_is_spoken_from_its_transcripts(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main(["speech", "--voice", "tone", "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 9


def test_a_line_of_which_nothing_can_be_said_aloud_is_counted_and_not_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in ("***", SENTENCE)), encoding="utf-8")
    assert evaluate.main(["speech", "--voice", "tone", "--data", str(lines), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["refused"] == 3


def test_what_hears_and_what_speaks_are_those_that_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, dict[str, object]]] = []

    def heard(name: str, **more: object) -> ScriptedRecogniser:
        asked.append((name, more))
        return ScriptedRecogniser([SENTENCE])

    def spoken(name: str, **more: object) -> ToneSynthesiser:
        asked.append((name, more))
        return ToneSynthesiser()

    monkeypatch.setattr(evaluate, "recogniser_from", heard)
    monkeypatch.setattr(evaluate, "synthesiser_from", spoken)
    monkeypatch.setenv("HEED_SYNTHESISER_KEY", "a key")
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"text": SENTENCE}) + "\n", encoding="utf-8")
    evaluate.main([
        "speech", "--data", str(lines), "--json", "--recogniser", "whisper:larger", "--device", "cuda",
        "--synthesiser", "server", "--synthesiser-url", "http://somewhere/v1", "--synthesiser-voice", "v",
    ])  # fmt: skip
    (recogniser, heard_by), (voice, spoken_by) = asked
    assert (recogniser, heard_by["device"]) == ("whisper:larger", "cuda")
    assert (voice, spoken_by["url"], spoken_by["voice"], spoken_by["key"]) == (
        "server", "http://somewhere/v1", "v", "a key",
    )  # fmt: skip
    assert "a key" not in capsys.readouterr().out


def test_nothing_to_measure_is_said_and_not_counted_as_perfect(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main(["recognition", "--data", str(data), "--language", "ko"]) == 2
    assert evaluate.main(["recognition", "--data", str(data / "nothing")]) == 2
    assert capsys.readouterr().out == ""


def test_an_index_that_names_a_missing_file_is_refused_by_its_line(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "a.ogg").unlink()
    assert evaluate.main(["recognition", "--data", str(data)]) == 2
    said = capsys.readouterr()
    assert "line 2" in said.err
    assert said.err.count("\n") == 1
    assert SENTENCE not in said.err


def test_the_card_is_written_from_the_figures_and_names_no_place(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "KEPT", tmp_path / "results.json")
    monkeypatch.setattr(card, "CARD", tmp_path / "CARD.md")
    evaluate.main(["recognition", "--data", str(data), "--json", "--card"])
    text = (tmp_path / "CARD.md").read_text(encoding="utf-8")
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert card.written(kept) == text
    assert "## Limits" in text
    assert "--data DATA" in text
    assert str(tmp_path) not in text


def test_the_card_in_the_project_is_the_one_its_figures_give() -> None:
    kept = json.loads(card.KEPT.read_text(encoding="utf-8"))
    assert card.CARD.read_text(encoding="utf-8") == card.written(kept)
    assert {result["task"] for result in kept.values()} == {"recognition", "speech"}


def test_a_word_error_is_a_word_changed_added_or_left_out() -> None:
    assert word_errors("one two three", "one two three", "en").errors == 0
    assert word_errors("one two three", "one too three", "en").rate == pytest.approx(1 / 3)
    assert word_errors("one two", "one", "en").errors == 1
    assert word_errors("one", "one and more", "en").errors == 2
    assert word_errors("", "anything", "en").rate == 0
    assert character_errors("안녕하세요", "안녕 하세요", "ko").errors == 0


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("mister brown is twenty one", "Mr. Brown is 21."), ("it's all right", "It’s alright!"),
        ("the colour grey", "the color gray"), ("in nineteen ninety five", "In 1995,"),
    ],
)  # fmt: skip
def test_a_spelling_is_no_error(said: str, heard: str) -> None:
    assert word_errors(said, heard, "en").errors == 0


def test_turkish_letters_are_lowered_the_turkish_way() -> None:
    assert words_of("IŞIK İyi", "tr") == ["ışık", "iyi"]
