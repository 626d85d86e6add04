"""Which sentences of a candidate make sense as an answer; the others are dropped one by one.

A small model often writes one good sentence beside a hollow or a mistaken one. Judging sentences apart
keeps the good one.
"""

import re
from functools import cache
from itertools import pairwise

from models.reply.faithful import faithful
from models.reply.rules import rules
from models.reply.situation import scores, situation_of
from models.reply.stems import content, plain, words
from models.words import Language

BRIGHT = frozenset({"good_news", "everyday", "longing", "unknown", "decision"})
"""Situations in which bright words fit."""
LONGEST = 30
"""Words of one sentence; a small model loses the thread in longer ones."""
SHORTEST = 3
ADDRESSED = re.compile(r"\W*(?:so )?you(?:,| \w+ (?:is|isn't|was|wasn't|has)\b)", re.IGNORECASE)
"""A sentence that calls somebody "You, the landlord" talks to the wrong one; "You work is boring" to nobody."""
DANGLING = frozenset(
    "a an the it's it is sounds seems to of for with at in on and but so that your you their his her".split()
)
"""Words that cannot end a sentence that was cut."""


def supported(sentence: str, language: Language, *, asked: str) -> str:
    """`sentence` up to the first part that neither speaks of what was said nor calls itself a guess.

    A small model likes to go on where it knows nothing ("…, and now it's time to move"): such ends are cut
    off. Empty where already the first part makes no sense.
    """
    clause = rules("sense")["clause"].get(language)
    cuts = [found.start() for found in re.finditer(clause, sentence)] if clause else []
    theirs = set(content(asked, language))
    end = 0
    if ADDRESSED.match(sentence):
        return ""
    for start, stop in pairwise([0, *cuts, len(sentence)]):
        part = sentence[start:stop].strip(" ,")
        guess = _guesses(part, language)
        hollow = start and not (theirs & set(content(part, language)) or guess)
        if (
            hollow
            or not faithful(part, language, asked=asked, guess=guess)
            or _found("drop", part, language)
            or not in_mood(part, language, asked=asked)
        ):
            break
        end = stop
    text = sentence if end == len(sentence) else _opened(sentence[:end].rstrip(" ,")) + "."
    said = words(text, language)
    dangles = end < len(sentence) and bool(said) and said[-1] in DANGLING
    return text if SHORTEST <= len(said) <= LONGEST and not dangles else ""


def _opened(text: str) -> str:
    """A cut sentence begins as one that says back: "So you …"."""
    return "So y" + text[1:] if re.match(r"You\b", text) else text


def _guesses(part: str, language: Language) -> bool:
    pattern = rules("sense")["guess"].get(language)
    return bool(pattern and re.search(pattern, plain(part, language)))


def worth_asking(question: str, language: Language, *, asked: str, before: str) -> bool:
    """Whether a question of a candidate is about what was told: it shares a word with it, and no stock
    question."""
    if not in_mood(question, language, asked=asked) or _found("question", question, language):
        return False
    if _found("drop", question, language):
        return False
    theirs = {*content(asked, language), *content(before, language)}
    return bool(theirs & set(content(question, language)))


def in_mood(sentence: str, language: Language, *, asked: str) -> bool:
    """Whether bright words answer nothing sad, and dark ones nothing glad."""
    situation = situation_of(asked, language).name
    told = scores(asked, language)
    glad = situation == "good_news"
    bright, dark = (_mood(kind, sentence, language) - _mood(kind, asked, language) for kind in ("bright", "dark"))
    if bright and not glad and "good_news" not in told and situation not in BRIGHT:
        return False
    return not (dark and glad and len(told) == 1)


def _found(kind: str, sentence: str, language: Language) -> bool:
    read = plain(sentence, language).strip()
    return any(pattern.search(read) for pattern in _patterns(kind, language))


def _mood(kind: str, sentence: str, language: Language) -> set[str]:
    """The words of this mood in `sentence`; those the person used themselves colour nothing."""
    pattern = rules("sense")[kind].get(language)
    return {found.group() for found in re.finditer(pattern, plain(sentence, language))} if pattern else set()


@cache
def _patterns(kind: str, language: Language) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each) for each in rules("sense")[kind].get(language, ()))
