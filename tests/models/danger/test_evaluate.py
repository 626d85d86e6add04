"""The measuring command: what it counts, what it refuses, and the floor that the screen must keep."""

import gzip
import json
from pathlib import Path

import pytest

from models.danger import evaluate
from models.danger.second import Judge
from tests.rig import weights


def _file(folder: Path, *rows: object) -> str:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def _row(text: str, label: str, language: str = "en", **more: object) -> dict[str, object]:
    return {"text": text, "language": language, "label": label, **more}


def test_the_last_line_is_one_json_object_with_the_promised_metrics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = _file(
        tmp_path,
        _row("I want to die", "clear"),
        _row("lovely weather", "clear"),
        _row("everyone would be better off without me", "unclear"),
        _row("kocam beni dövüyor", "clear", "tr"),
        _row("nice to meet you", "none"),
        _row("I will kill myself", "none"),
        _row("die", "clear", before=["I want to"]),
    )
    assert evaluate.main(["--data", data, "--json"]) == 0
    result = json.loads(capsys.readouterr().out.strip().split("\n")[-1])
    assert (result["task"], result["n"]) == ("danger", 7)
    assert result["metrics"]["recall"] == 0.75
    assert result["metrics"]["false_alarm_rate"] == 0.5
    assert result["metrics"]["helpline_false_rate"] == 0.5
    assert result["by_group"]["language:tr"]["recall"] == 1.0
    assert set(result["by_group"]) == {"language:en", "language:tr"}
    low, high = result["metrics"]["recall_interval"]
    assert 0 < low < 0.75 < high < 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{not json", "line 1: not JSON"),
        ("[1]", "not a JSON object"),
        (_row("hello", "maybe"), "label"),
        (_row("hello", "none", "xx"), "language"),
        ({"language": "en", "label": "none"}, "text"),
        (_row("hello", "none", before="hi"), "before"),
        ("", "no rows"),
    ],
)
def test_a_bad_row_gets_one_clear_line_without_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: object, reason: str
) -> None:
    assert evaluate.main(["--data", _file(tmp_path, row)]) == 2
    complaint = capsys.readouterr().err.strip()
    assert reason in complaint
    assert "\n" not in complaint
    assert "hello" not in complaint


def test_a_folder_of_files_is_measured_gzipped_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _file(tmp_path, _row("I want to die", "clear"))
    (tmp_path / "more.jsonl.gz").write_bytes(gzip.compress(json.dumps(_row("nice to meet you", "none")).encode()))
    assert evaluate.main(["--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.strip().split("\n")[-1])["n"] == 2
    (tmp_path / "empty").mkdir()
    assert evaluate.main(["--data", str(tmp_path / "empty")]) == 2
    assert "empty" in capsys.readouterr().err


def test_a_missing_file_is_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["--data", str(tmp_path / "absent.jsonl")]) == 2
    assert "absent.jsonl" in capsys.readouterr().err


def test_the_wilson_interval_is_the_published_one() -> None:
    low, high = evaluate.wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert evaluate.wilson(0, 0) == (0.0, 1.0)


HELD_OUT = sorted(evaluate.SENTENCES.glob("*.jsonl"))


@pytest.fixture(scope="module")
def second_opinion() -> Judge:
    judge, lacking = evaluate.second_opinion(weights.FOLDER)
    if judge is None:
        pytest.skip(lacking)
    return judge


@pytest.mark.skipif(not HELD_OUT, reason="the held-out sentences are not beside this installation")
def test_the_door_alone_has_not_become_worse_than_its_card_says() -> None:
    measured = evaluate.report(evaluate.read(HELD_OUT))["door"]
    assert measured["recall"] >= 0.85
    assert measured["false_alarm_rate"] <= 0.02
    assert measured["helpline_false_rate"] <= 0.005


@pytest.mark.weights
@pytest.mark.skipif(not HELD_OUT, reason="the held-out sentences are not beside this installation")
def test_with_its_second_opinion_the_screen_has_not_become_worse_than_its_card_says(second_opinion: Judge) -> None:
    result = evaluate.report(evaluate.read(HELD_OUT, second_opinion), second_opinion=True)
    assert result["metrics"]["recall"] >= evaluate.GOALS["recall"]
    assert result["metrics"]["false_alarm_rate"] <= evaluate.GOALS["false_alarm_rate"]
    assert result["metrics"]["helpline_false_rate"] <= 0.01
    assert result["metrics"]["recall"] > result["door"]["recall"]


@pytest.mark.weights
@pytest.mark.skipif(not HELD_OUT, reason="the held-out sentences are not beside this installation")
@pytest.mark.xfail(strict=True, reason="this goal is missed by one sentence of 312: see models/danger/CARD.md")
def test_helplines_are_shown_wrongly_no_oftener_than_the_goal(second_opinion: Judge) -> None:
    measured = evaluate.metrics(evaluate.read(HELD_OUT, second_opinion))
    assert measured["helpline_false_rate"] <= evaluate.GOALS["helpline_false_rate"]
