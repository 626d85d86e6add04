"""What a message is about, coarsely: which of some thirty situations, found by cues."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from models.reply.rules import rules
from models.reply.stems import plain
from models.words import Language
from models.words.literals import needed

UNKNOWN = "unknown"
STRONG = 3
SHADOWS = frozenset({"low", "lonely", "self_doubt", "guilt", "empty", "anger", "jealousy", "loss", "shame"})
"""What somebody means when it stands beside something glad."""
CARRIED_BACK = 3
"""How many earlier messages may say what a bare "yes, since May" is about."""


@dataclass(frozen=True, slots=True)
class Found:
    """A situation, and whether only earlier messages speak of it."""

    name: str
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak of a situation, and strings of which a text must hold one to match them."""

    situation: str
    weight: int
    pattern: re.Pattern[str]
    needs: tuple[str, ...]

    def found_in(self, read: str) -> bool:
        if self.needs and not any(need in read for need in self.needs):
            return False  # most are: a search with the pattern takes fifty times as long
        return self.pattern.search(read) is not None


@cache
def _cues(language: Language) -> tuple[Cue, ...]:
    start = "" if language == "ko" else r"(?<![^\W_])"
    return tuple(
        Cue(name, weight, re.compile(f"{start}(?:{cue})"), tuple(sorted(needed(cue) or ())))
        for name, by_language in rules("situations").items()
        for kind, weight in (("strong", STRONG), ("cues", 1))
        for cue in by_language[language][kind]
    )


def scores(text: str, language: Language) -> dict[str, int]:
    """The situations that `text` has cues of, with their scores, heaviest situation first."""
    read = plain(text, language)
    found: dict[str, int] = {}
    for cue in _cues(language):
        if cue.found_in(read):
            found[cue.situation] = found.get(cue.situation, 0) + cue.weight
    return found


def situation_of(text: str, language: Language, earlier: Sequence[str] = ()) -> Found:
    """The situation of `text`; where it has no cue, that of the latest of `earlier` that has one."""
    found = scores(text, language)
    if found:
        return Found(_heaviest(found))
    for before in list(reversed(earlier))[:CARRIED_BACK]:
        found = scores(before, language)
        if found:
            return Found(_heaviest(found), carried=True)
    return Found(UNKNOWN)


def _heaviest(found: dict[str, int]) -> str:
    """The situation with the most cues; good news with a shadow over it is about the shadow."""
    shadows = {name: score for name, score in found.items() if name in SHADOWS}
    chosen = max(found, key=lambda name: found[name])
    return max(shadows, key=lambda name: shadows[name]) if chosen == "good_news" and shadows else chosen


def situations() -> tuple[str, ...]:
    """Every situation there is, the unknown one last."""
    return (*rules("situations"), UNKNOWN)
