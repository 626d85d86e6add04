"""Which of several estimates of one moment counts, as long as they are not fused."""

from collections.abc import Sequence

from models.emotion.estimate import Estimate


def surest(estimates: Sequence[Estimate]) -> Estimate | None:
    """The estimate whose likeliest feeling has the highest probability, whatever it was read from; of two equally
    sure ones the first. One that abstained only where all did, and None where there is none."""
    speaking = [estimate for estimate in estimates if estimate.abstained is None]
    if speaking:
        return max(speaking, key=lambda estimate: max(estimate.probabilities.values()))
    return estimates[0] if estimates else None
