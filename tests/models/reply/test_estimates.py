"""Right estimates against shuffled ones: what is compared, and that it can come out either way."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.dataset import UnreadableData
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS
from models.reply import estimates
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from models.reply.estimates import DATA, answered, estimate, legible, measured, read, report

ROOTS = {
    "fear": ("scar", "worr", "afraid", "anx"),
    "sadness": ("sad", "heavy", "hurt"),
    "happiness": ("glad", "happy"),
}


class Roots:
    """Reads a feeling where a word of it stands."""

    def read(self, text: str, language: str) -> Estimate:
        for feeling, roots in ROOTS.items():
            if any(root in text.casefold() for root in roots):
                return estimate(next(each for each in FEELINGS if each == feeling))
        return Estimate("text", "roots", abstained="unsure")


def _data(folder: Path, *rows: tuple[str, str]) -> Path:
    file = folder / "open.jsonl"
    file.write_text(
        "".join(json.dumps({"text": text, "language": "en", "feeling": feeling}) + "\n" for text, feeling in rows)
    )
    return file


def test_no_line_that_comes_with_heed_is_told_its_own_feeling_as_that_of_another() -> None:
    cases = read(DATA)
    assert len(cases) > 100
    assert {case.language for case in cases} == {"en", "ko", "tr"}
    assert all(case.other != case.feeling for case in cases)


def test_the_three_ways_differ_in_nothing_but_the_estimate(tmp_path: Path) -> None:
    (case, *_) = read(_data(tmp_path, ("Tomorrow.", "fear"), ("Tomorrow.", "happiness")))
    right, shuffled = case.told("right"), case.told("shuffled")
    assert right is not None
    assert shuffled is not None
    assert (right.feeling, shuffled.feeling, case.told("none")) == ("fear", "happiness", None)


@pytest.mark.parametrize("rows", [(("Tomorrow.", "fear"), ("Today.", "fear")), (("Tomorrow.", "hunger"),), ()])
def test_data_in_which_nothing_can_be_shuffled_are_refused(tmp_path: Path, rows: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(UnreadableData):
        read(_data(tmp_path, *rows))


def test_answers_that_take_the_estimate_up_are_told_from_answers_that_do_not(tmp_path: Path) -> None:
    rows = [(f"Tomorrow is day {number}.", ("fear", "sadness")[number % 2]) for number in range(20)]
    cases = read(_data(tmp_path, *rows))
    composer = Composer(InProcessEngine(), candidates=2)
    scores = {way: legible(Roots(), cases, answered(composer, cases, way)) for way in estimates.WAYS}
    taken_up = report(cases, scores, "inprocess")["metrics"]
    assert taken_up["difference_low"] > 0
    deaf = measured({"right": scores["none"], "shuffled": scores["none"], "none": scores["none"]})
    assert deaf["difference"] == deaf["difference_low"] == deaf["difference_high"] == 0


def test_the_interval_covers_no_difference_where_there_is_none() -> None:
    chance = np.random.default_rng(1)
    figures = measured({way: chance.random(200) for way in estimates.WAYS})
    assert figures["difference_low"] < 0 < figures["difference_high"]


def test_the_command_prints_one_result_and_writes_what_was_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "text_reader", lambda weights, licence: Roots())
    file = _data(tmp_path, ("Tomorrow is the day.", "fear"), ("The letter is here.", "sadness"))
    given = ["--data", str(file), "--engine", "inprocess", "--json", "--answers", str(tmp_path / "answers.jsonl")]
    assert estimates.main(given) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["task"], result["n"]) == ("estimates", 2)
    assert set(result["by_group"]) == {"language:en"}
    assert {"right", "shuffled", "none", "difference"} <= result["metrics"].keys()
    assert len((tmp_path / "answers.jsonl").read_text().splitlines()) == 2
