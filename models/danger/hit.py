"""What the danger screen says of a message: which kind, how surely, and by which rule. Never the words."""

from dataclasses import dataclass
from enum import StrEnum

from models.words import Language


class Tier(StrEnum):
    """How plainly it was said: `clear` gets helplines at once, `unclear` one kind question first."""

    clear = "clear"
    unclear = "unclear"


class Kind(StrEnum):
    """What the danger is. Each kind has its own reviewed answer."""

    suicide = "suicide"
    self_harm = "self_harm"
    abuse = "abuse"
    harm_to_others = "harm_to_others"


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding of the screen. `rule` is the id of the lexicon's rule, such as ``en.suicide.wish``."""

    tier: Tier
    kind: Kind
    language: Language
    rule: str
