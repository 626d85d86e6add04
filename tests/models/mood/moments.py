"""Moments for tests: how somebody seemed, so many hours ago."""

from datetime import UTC, datetime, timedelta

from models.emotion.estimate import DISAGREEMENT, Estimate
from models.emotion.labels import Feeling, Modality
from models.mood.moment import Moment
from tests.rig.readers import estimate_of

UNTIL = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)  # a Sunday


def moment(hours: float, feeling: Feeling = "neutral", *modalities: Modality, sure: float = 0.7) -> Moment:
    """Of one modality, words unless others are named, or of several that agree."""
    of = modalities or ("text",)
    fused: Modality = of[0] if len(of) == 1 else "fused"
    read = tuple(estimate_of(each, feeling, sure) for each in of)
    return Moment(UNTIL - timedelta(hours=hours), estimate_of(fused, feeling, sure), read)


def torn(hours: float) -> Moment:
    """A smile over sad words."""
    read = (estimate_of("text", "sadness"), estimate_of("face", "happiness"))
    return Moment(
        UNTIL - timedelta(hours=hours),
        Estimate("fused", "scripted-1", abstained=DISAGREEMENT, of=("text", "face")),
        read,
    )
