"""Moments: what is known of how somebody seemed, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from models.emotion.estimate import NAMED_FROM, Estimate
from models.emotion.labels import FEELINGS, Feeling, Modality

Span = Literal["day", "week", "month"]
SPANS: tuple[Span, ...] = get_args(Span)
LENGTH: Mapping[Span, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment (`at` is aware): the estimates that were read from single modalities, and what they come to.

    An abstention, of either kind, leaves no mark.
    """

    at: datetime
    fused: Estimate = field(repr=False)
    read: tuple[Estimate, ...] = field(default=(), repr=False)

    @property
    def valence(self) -> float | None:
        """In [-1, 1]; None where it is unknown."""
        return self.fused.valence if self.fused.abstained is None else None

    @property
    def feeling(self) -> Feeling | None:
        """The likeliest feeling, calm among them; None where none is likely enough to be named."""
        if self.fused.abstained is not None:
            return None
        likeliest = max(FEELINGS, key=lambda feeling: self.fused.probabilities[feeling])
        return likeliest if self.fused.probabilities[likeliest] >= NAMED_FROM else None

    @property
    def marks(self) -> tuple[tuple[Modality, float], ...]:
        """What is drawn of it: every reading at its own valence, and what several of them come to. A single one
        stands where the line passes."""
        spoken = [each for each in self.read if each.abstained is None]
        if self.valence is None:
            return tuple((each.modality, each.valence) for each in spoken)
        if len(spoken) == 1:
            return ((spoken[0].modality, self.valence),)
        return (*((each.modality, each.valence) for each in spoken), ("fused", self.valence))
