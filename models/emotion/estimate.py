"""What software believes somebody feels, or why it does not say; and the one way a prompt speaks of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from models.emotion.labels import FEELINGS, SOURCES, Feeling, Modality

NAMED_FROM = 0.4
"""Least probability at which a prompt names a feeling at all; below it the feeling counts as unclear."""
ALSO_FROM = 0.25
"""Least probability at which a second feeling is named beside the first."""
CERTAINTY = ((0.75, "likely"), (0.55, "fairly likely"), (0.0, "hardly sure"))
"""How a prompt calls a probability: the first word whose bound it reaches."""
PULL = 0.2
"""Distance from 0 at which valence or arousal is worth a word."""
DISAGREEMENT = "disagreement"
"""Why nothing is said where what was read points to different feelings."""
CALLED: dict[Modality, str] = {"text": "words", "voice": "voice", "face": "face"}
"""How a prompt calls what was read."""
WRITTEN = re.compile(r"Feeling, guessed from ([a-z, ]+), may be wrong: (\w+)")
WRITTEN_TORN = re.compile(r"Feeling: ([a-z, ]+) say different things")


class Guess(NamedTuple):
    """What an answer may name, tentatively: a feeling, and what it was read from."""

    feeling: Feeling
    of: tuple[Modality, ...]


class Torn(NamedTuple):
    """What an answer may ask about, and not name: what was read points to different feelings."""

    of: tuple[Modality, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calibrated probabilities over `FEELINGS` (sum 1) with valence and arousal in [-1, 1], from one
    modality and one model version; or, with `abstained` set, no probabilities and the reason. One that is `fused`
    says `of` which modalities."""

    modality: Modality
    model: str
    probabilities: Mapping[Feeling, float] = field(default_factory=dict, repr=False)
    valence: float = field(default=0.0, repr=False)
    arousal: float = field(default=0.0, repr=False)
    abstained: str | None = None
    of: tuple[Modality, ...] = ()

    def __post_init__(self) -> None:
        if self.abstained is not None:
            if self.probabilities:
                raise ValueError("an abstention has no probabilities")
            return
        if (self.modality == "fused") != bool(self.of):
            raise ValueError("a fused estimate, and no other, says of what it is")
        if set(self.probabilities) != set(FEELINGS):
            raise ValueError("an estimate gives every feeling a probability")
        if abs(sum(self.probabilities.values()) - 1) > 0.01:
            raise ValueError("the probabilities of an estimate sum to 1")
        if not (-1 <= self.valence <= 1 and -1 <= self.arousal <= 1):
            raise ValueError("valence and arousal lie in [-1, 1]")

    @property
    def feeling(self) -> Feeling | None:
        """The likeliest feeling, or None where it is too unlikely to be named, or neutral."""
        if self.abstained is not None:
            return None
        likeliest = max(FEELINGS, key=lambda feeling: self.probabilities[feeling])
        if likeliest == "neutral" or self.probabilities[likeliest] < NAMED_FROM:
            return None
        return likeliest

    @property
    def guess(self) -> Guess | Torn | None:
        """What an answer may name of this, or ask about; None where it does neither."""
        if self.abstained == DISAGREEMENT and self.of:
            return Torn(self.of)
        return Guess(self.feeling, self.of or (self.modality,)) if self.feeling is not None else None


def in_prompt(estimate: Estimate | None) -> str:
    """The estimate as one line of a prompt: the only format that training, serving and evaluation use."""
    if estimate is not None and isinstance(estimate.guess, Torn):
        return f"Feeling: {_called(estimate.guess.of)} say different things; ask, name none."
    if estimate is None or estimate.feeling is None:
        return "Feeling: unclear; name none."
    likeliest = estimate.feeling
    also = [
        feeling
        for feeling in FEELINGS
        if feeling not in (likeliest, "neutral") and estimate.probabilities[feeling] >= ALSO_FROM
    ]
    sure = next(word for bound, word in CERTAINTY if estimate.probabilities[likeliest] >= bound)
    words = [" and ".join([likeliest, *also[:1]]) + f" ({sure})"]
    if abs(estimate.valence) >= PULL:
        words.append("pleasant" if estimate.valence > 0 else "unpleasant")
    if abs(estimate.arousal) >= PULL:
        words.append("stirred up" if estimate.arousal > 0 else "low in energy")
    read = _called(estimate.of or (estimate.modality,))
    return f"Feeling, guessed from {read}, may be wrong: {', '.join(words)}."


def guess_in(prompt: str) -> Guess | Torn | None:
    """The guess that `in_prompt` wrote into a prompt, or what it asks about; None where it wrote neither."""
    torn = WRITTEN_TORN.search(prompt)
    if torn is not None:
        return Torn(_of(torn[1])) if _of(torn[1]) else None
    found = WRITTEN.search(prompt)
    if found is None:
        return None
    feeling = next((each for each in FEELINGS if each == found[2]), None)
    return Guess(feeling, _of(found[1])) if feeling is not None and _of(found[1]) else None


def _called(of: tuple[Modality, ...]) -> str:
    """As in "words, voice and face"."""
    *several, last = [CALLED[each] for each in of]
    return f"{', '.join(several)} and {last}" if several else last


def _of(called: str) -> tuple[Modality, ...]:
    """What `_called` called so; empty where it is none of its phrases."""
    words = re.split(", | and ", called)
    found = tuple(each for each in SOURCES if CALLED[each] in words)
    return found if found and _called(found) == called else ()
