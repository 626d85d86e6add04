"""The mood of a spoken answer follows how the person seems, and is the voice's own where that is unclear."""

import pytest

from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling
from models.speech.synthesise import MOODS
from models.speech.synthesise.mood import answering


def seeming(feeling: Feeling, valence: float, arousal: float) -> Estimate:
    rest = 0.3 / (len(FEELINGS) - 1)
    probabilities = {each: 0.7 if each == feeling else rest for each in FEELINGS}
    return Estimate("voice", "test", probabilities, valence, arousal)


@pytest.mark.parametrize(
    ("estimate", "mood"),
    [
        (None, "neutral"),
        (Estimate("voice", "test", abstained="too short"), "neutral"),
        (seeming("neutral", 0.0, 0.0), "neutral"),
        (seeming("surprise", 0.1, 0.6), "neutral"),
        (seeming("sadness", -0.6, -0.3), "calm"),
        (seeming("anger", -0.5, 0.6), "calm"),
        (seeming("happiness", 0.8, 0.5), "bright"),
    ],
)
def test_who_is_unhappy_is_answered_calmly_and_who_is_glad_brightly(estimate: Estimate | None, mood: str) -> None:
    assert answering(estimate) == {str(name): each for name, each in MOODS.items()}[mood]
