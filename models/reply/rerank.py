"""How well a text that may be sent answers: taking up, care, tentativeness, fitting length."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from models.reply.rules import rules
from models.reply.situation import scores, situation_of
from models.reply.stems import content, plain, similarity, words
from models.words import Language

ENOUGH = 0.55
"""Score from which a candidate is taken without asking for another."""
SHORT, LONG = 9, 48
"""Words between which a reply has a comfortable length (Korean: half of it)."""
WEIGHTS = {"relevance": 0.4, "care": 0.2, "tentative": 0.15, "length": 0.15, "fresh": 0.1}


@dataclass(frozen=True, slots=True)
class Score:
    """Parts of a score, each 0 to 1, and their weighted sum."""

    relevance: float
    care: float
    tentative: float
    length: float
    fresh: float

    @property
    def total(self) -> float:
        return sum(weight * float(getattr(self, part)) for part, weight in WEIGHTS.items())


@cache
def _cue(kind: str, language: Language) -> re.Pattern[str]:
    return re.compile("|".join(rules("rerank")[kind][language]))


def score(
    text: str, language: Language, *, asked: str, said: Sequence[str] = (), earlier: Sequence[str] = ()
) -> Score:
    """How well `text` answers `asked`, after the answers `said` and the person's messages `earlier`."""
    read = plain(text, language)
    count = len(words(text, language)) * (2 if language == "ko" else 1)
    nearest = max((similarity(text, before, language) for before in said), default=0.0)
    stated = bool(_cue("stated", language).search(read))
    hedged = bool(_cue("hedged", language).search(read))
    return Score(
        relevance=_relevance(text, language, asked, earlier),
        care=1.0 if _cue("care", language).search(read) else 0.4,
        tentative=1.0 if hedged else 0.2 if stated else 0.7,
        length=1.0 if SHORT <= count <= LONG else 0.5 if count < SHORT else max(0.0, 1 - (count - LONG) / 30),
        fresh=max(0.0, 1 - nearest * 1.5),
    )


def _relevance(text: str, language: Language, asked: str, earlier: Sequence[str]) -> float:
    """Content words taken up, or the same situation spoken of; very short messages ask for little."""
    theirs = set(content(asked, language))
    reply = set(content(text, language))
    shared = len(theirs & reply)
    found = situation_of(asked, language, earlier)
    same = found.name in scores(text, language)
    wanted = 1 if len(theirs) < 4 else 2
    if not theirs:
        return 0.7
    return min(1.0, shared / wanted * 0.7 + (0.4 if same else 0.0))
