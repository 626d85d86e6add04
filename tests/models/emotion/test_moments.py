"""Several moments of one face are one estimate."""

import pytest

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.face.moments import together
from tests.rig.readers import estimate_of


def silent(reason: str) -> Estimate:
    return Estimate("face", "scripted-1", abstained=reason)


def test_the_moments_that_speak_are_averaged_and_the_silent_ones_left_out() -> None:
    found = together(
        [estimate_of("face", "sadness", 0.9), silent("unsure"), estimate_of("face", "sadness", 0.7)], 0.5
    )
    assert found.abstained is None
    assert found.probabilities["sadness"] == pytest.approx(0.8)
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert (found.valence, found.arousal) == pytest.approx(valence_arousal(found.probabilities))
    assert found.model == "scripted-1"


def test_moments_that_contradict_each_other_name_nothing() -> None:
    found = together([estimate_of("face", "sadness", 0.9), estimate_of("face", "happiness", 0.9)], 0.6)
    assert found.abstained == "unsure"


def test_where_every_moment_is_silent_the_commonest_reason_counts() -> None:
    found = together([silent("unsure"), silent("unfamiliar"), silent("unfamiliar")], 0.5)
    assert found.abstained == "unfamiliar"
