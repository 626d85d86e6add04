"""The measures, on cases that can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from models.emotion import plots, scores
from models.emotion.circumplex import PLACES, valence_arousal
from models.emotion.labels import FEELINGS


def test_unweighted_recall_does_not_reward_the_common_class() -> None:
    truth, guess = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert scores.uar(truth, guess, 3) == pytest.approx(0.5)


def test_macro_f1_counts_only_feelings_that_occur() -> None:
    truth, guess = scores.one_hot(np.array([0, 1, 1]), 3), scores.one_hot(np.array([0, 1, 0]), 3)
    assert scores.macro_f1(truth, guess) == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_calibration_error_is_nothing_where_sureness_is_earned() -> None:
    assert scores.calibration_error(np.full(10, 0.7), np.arange(10) < 7) == pytest.approx(0, abs=1e-9)


def test_calibration_error_is_the_gap_where_it_is_not() -> None:
    assert scores.calibration_error(np.full(10, 0.9), np.arange(10) < 4) == pytest.approx(0.5)


def test_the_surest_come_first_on_the_risk_curve() -> None:
    curve = scores.risk_coverage(np.array([0.2, 0.9, 0.5]), np.array([False, True, True]))
    np.testing.assert_allclose(curve.y, [0, 0, 1 / 3])


def test_the_interval_of_a_share_holds_the_share() -> None:
    low, high = scores.bootstrap(np.arange(100) < 60)
    assert low < 0.6 < high


@pytest.mark.parametrize("feeling", FEELINGS)
def test_a_certain_feeling_has_its_own_valence_and_arousal(feeling: str) -> None:
    certain = {name: float(name == feeling) for name in FEELINGS}
    assert valence_arousal(certain) == PLACES[feeling]  # type: ignore[index]  # one of FEELINGS


def test_the_three_pictures_are_written(tmp_path: Path) -> None:
    truth, guess = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2])
    confidence, right = np.array([0.9, 0.8, 0.4, 0.6]), truth == guess
    plots.confusion_matrix(scores.confusion(truth, guess, 3), ("a", "b", "c"), tmp_path / "confusion.png")
    plots.reliability_diagram(scores.reliability(confidence, right), 0.1, tmp_path / "reliability.png")
    plots.risk_coverage_curve(scores.risk_coverage(confidence, right), (0.7, 0.1), tmp_path / "risk.png")
    assert all(path.stat().st_size > 1_000 for path in tmp_path.glob("*.png"))
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_the_error_of_the_surest_leaves_out_those_of_which_one_was_least_sure() -> None:
    confidence, right = np.array([0.9, 0.2, 0.8, 0.7]), np.array([True, False, True, False])
    assert scores.error_of_surest(confidence, right, 0.5) == 0
    assert scores.error_of_surest(confidence, right, 0.75) == pytest.approx(1 / 3)
    assert scores.error_of_surest(confidence, right, 1.0) == 0.5
