"""Felt: an estimate of `models`, as the journal keeps it, and back."""

from collections.abc import Sequence
from typing import cast, get_args

from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, SOURCES, Modality
from workers.journal.readings import Felt


def as_felt(estimate: Estimate, message_id: int) -> Felt:
    """What is kept of `estimate`, which was read from the message `message_id`."""
    return Felt(
        message_id,
        estimate.modality,
        estimate.model,
        {str(feeling): chance for feeling, chance in estimate.probabilities.items()},
        estimate.valence,
        estimate.arousal,
        estimate.abstained,
    )


def as_estimate(felt: Felt, of: Sequence[str] = ()) -> Estimate:
    """The estimate that `felt` was kept of, and where that was fused, of which modalities. Raises ValueError where it
    was kept by a program with other feelings."""
    if felt.modality not in get_args(Modality):
        raise ValueError(f"nothing is read from {felt.modality!r}")
    modality = cast(Modality, felt.modality)
    fused = tuple(each for each in SOURCES if each in of) if modality == "fused" else ()
    if felt.abstained is not None:
        return Estimate(modality, felt.model, abstained=felt.abstained, of=fused)
    if set(felt.probabilities) != set(FEELINGS):
        raise ValueError("the reading was kept with other feelings")
    probabilities = {feeling: felt.probabilities[feeling] for feeling in FEELINGS}
    return Estimate(modality, felt.model, probabilities, felt.valence, felt.arousal, of=fused)
