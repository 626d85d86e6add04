"""Whether a text may be sent at all. Every rule is a named decision; one that fails is enough.

Pure Python over the patterns in ``rules/guard.yaml``. The guard judges what a model wrote; reviewed
sentences pass it too, which a test holds them to.
"""

import re
from collections.abc import Sequence
from functools import cache

from models.reply.request import Decision
from models.reply.rules import rules
from models.reply.script import foreign_share, language_of
from models.reply.stems import content, plain, similarity, words
from models.words import LANGUAGES, Language

LONGEST = 90
"""Words a reply may have; Korean packs more into a word, so two thirds of it there."""
SHORTEST = 3
FOREIGN = 0.2
"""Share of letters of another writing from which a reply counts as being in another language."""
REPEATED = 0.6
"""Similarity to an earlier answer from which it counts as the same answer."""
PARROTED = 0.72
"""Share of a reply's content stems taken in a row from the person's words, from which it is parroting."""
QUESTION = re.compile(r"[?？]+")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
REMAINDER = re.compile(r"[\w\s.,;:!?'\"“”‘’«»()…–—%&/+*°€$£₺₩-]")


@cache
def _patterns(language: Language) -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple(
        (name, tuple(re.compile(each, re.MULTILINE) for each in rule.get(language, rule.get("any", ()))))
        for name, rule in rules("guard").items()
    )


def judge(
    text: str,
    language: Language,
    *,
    asked: str = "",
    said: Sequence[str] = (),
    doubts: Sequence[str] = (),
    candidate: int = 0,
) -> tuple[Decision, ...]:
    """One decision per rule on `text`, an answer to `asked` after the answers `said`. `doubts` are words of `asked`
    that were hardly understood."""
    read = plain(text, language)
    outcomes = {name: not any(pattern.search(read) for pattern in patterns) for name, patterns in _patterns(language)}
    outcomes["language"] = _in_language(text, language)
    count = len(words(text, language))
    outcomes["length"] = SHORTEST <= count <= (LONGEST * 2 // 3 if language == "ko" else LONGEST)
    outcomes["one_question"] = len(QUESTION.findall(text)) <= 1
    outcomes["parroting"] = not _parrots(text, asked, language)
    outcomes["doubtful"] = not set(content(text, language)) & set(content(" ".join(doubts), language))
    outcomes["repetition"] = all(similarity(text, before, language) < REPEATED for before in said)
    outcomes["loop"] = not _loops(text, language)
    outcomes["whole"] = text.rstrip().endswith((".", "!", "?", "…", '."', '!"', '?"', ".”", "?”", "!”"))
    outcomes["signs"] = all(REMAINDER.match(sign) for sign in text)
    return tuple(Decision(f"guard:{name}", passed, candidate) for name, passed in outcomes.items())


def may_be_sent(decisions: Sequence[Decision]) -> bool:
    """True where every decision passed."""
    return all(decision.passed for decision in decisions)


def _in_language(text: str, language: Language) -> bool:
    if foreign_share(text, language) > FOREIGN:
        return False
    return language_of(text, default=language) == language


def _parrots(text: str, asked: str, language: Language) -> bool:
    """Whether the reply is mostly the person's own words in a row."""
    reply = content(text, language)
    theirs = content(asked, language)
    if len(reply) < 4 or len(theirs) < 4:
        return plain(text, language).strip() == plain(asked, language).strip()
    rows = {tuple(theirs[at : at + 3]) for at in range(len(theirs) - 2)}
    taken = sum(tuple(reply[at : at + 3]) in rows for at in range(len(reply) - 2))
    return taken / max(1, len(reply) - 2) > PARROTED


def _loops(text: str, language: Language) -> bool:
    """Whether the reply says one of its sentences, or five words in a row, twice."""
    sentences = [plain(sentence, language).strip() for sentence in SENTENCE.split(text)]
    if len(set(sentences)) < len(sentences):
        return True
    said = words(text, language)
    rows = [tuple(said[at : at + 5]) for at in range(len(said) - 4)]
    return len(set(rows)) < len(rows)


def rule_names() -> tuple[str, ...]:
    """Every rule, for the record."""
    return tuple(decision.name for decision in judge("", LANGUAGES[0]))
