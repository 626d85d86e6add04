"""An estimate says what it may, and a prompt speaks of it in one format."""

import pytest

from models.emotion.estimate import Estimate, guess_in, in_prompt
from models.emotion.labels import FEELINGS, Feeling


def _estimate(valence: float = -0.6, arousal: float = -0.3, **shares: float) -> Estimate:
    left = (1 - sum(shares.values())) / (len(FEELINGS) - len(shares))
    spread: dict[Feeling, float] = {feeling: shares.get(feeling, left) for feeling in FEELINGS}
    return Estimate("text", "test-1", spread, valence, arousal)


def test_a_likely_feeling_is_named_as_a_guess_with_its_colour() -> None:
    line = in_prompt(_estimate(sadness=0.6, fear=0.3))
    assert line == (
        "Feeling, guessed from words, may be wrong: sadness and fear (fairly likely), unpleasant, low in energy."
    )


@pytest.mark.parametrize(("share", "word"), [(0.45, "hardly sure"), (0.6, "fairly likely"), (0.9, "likely")])
def test_a_prompt_says_how_sure_the_guess_is(share: float, word: str) -> None:
    line = in_prompt(_estimate(sadness=share))
    assert f"sadness ({word})" in line
    guess = guess_in(line)
    assert guess is not None
    assert guess.feeling == "sadness"


def test_under_low_confidence_no_feeling_is_named() -> None:
    assert _estimate(sadness=0.3).feeling is None
    assert in_prompt(_estimate(sadness=0.3)) == "Feeling: unclear; name none."


def test_an_abstention_names_no_feeling_and_holds_no_probabilities() -> None:
    abstained = Estimate("voice", "test-1", abstained="too short")
    assert abstained.feeling is None
    assert in_prompt(abstained) == in_prompt(None)
    with pytest.raises(ValueError, match="no probabilities"):
        Estimate("voice", "test-1", {"sadness": 1.0}, abstained="too short")


def test_probabilities_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        Estimate("text", "test-1", dict.fromkeys(FEELINGS, 0.5))
    with pytest.raises(ValueError, match="every feeling"):
        Estimate("text", "test-1", {"sadness": 1.0})


def test_an_estimate_printed_tells_nobody_how_somebody_feels() -> None:
    assert "sadness" not in repr(_estimate(sadness=0.6))
