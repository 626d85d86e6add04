"""The evaluation counts what it says it counts and prints one JSON object last."""

import gzip
import json
from pathlib import Path

import pytest

from models.dataset import UnreadableData
from models.reply.evaluate import PROMPTS, main, measured, read
from models.reply.request import Reply


def test_the_last_line_is_one_object_of_the_shared_shape(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = tmp_path / "few.jsonl"
    lines = [{"text": "my dog died", "language": "en"}, {"text": "너무 외로워요", "language": "ko"}]
    data.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main(["--engine", "inprocess", "--data", str(data), "--json"]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert set(result) == {"task", "n", "metrics", "by_group", "model"}
    assert result["n"] == 2
    assert set(result["by_group"]) == {"language:en", "language:ko"}


def test_fallbacks_and_answers_given_twice_are_counted() -> None:
    replies = [
        Reply("a", "model", seconds=1.0),
        Reply("a", "fallback", seconds=3.0),
        Reply("b", "intent:human", seconds=9.0),
        Reply("c", "model", seconds=2.0),
    ]
    figures = measured([], replies)
    assert figures["fallback_share"] == 0.25
    assert figures["answers_given_twice"] == 1
    assert figures["seconds_p50"] == 2.0
    assert figures["sources"] == {"fallback": 1, "intent": 1, "model": 2}


def test_the_prompts_of_the_evaluation_are_fifty_or_more_and_all_different() -> None:
    prompts = read(PROMPTS)
    assert len({prompt.text for prompt in prompts}) == len(prompts) >= 50


def test_a_malformed_line_is_named_by_its_number_and_not_by_its_words(tmp_path: Path) -> None:
    data = tmp_path / "bad.jsonl"
    data.write_text('{"text": "fine"}\n{"zebrafinch": 1}\n', encoding="utf-8")
    with pytest.raises(UnreadableData, match="object 2") as caught:
        read(data)
    assert "zebrafinch" not in str(caught.value)


def test_a_folder_of_lines_is_read_gzipped_or_not(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text('{"text": "fine"}\n', encoding="utf-8")
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(b'{"text": "iyi", "language": "tr"}'))
    assert [prompt.language for prompt in read(tmp_path)] == ["en", "tr"]


def test_wrong_data_end_with_one_line_and_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "bad.jsonl"
    data.write_text('{"zebrafinch": 1}\n', encoding="utf-8")
    assert main(["--engine", "inprocess", "--data", str(data), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "zebrafinch" not in said.err
