"""Whether a sentence that says something back says it as it was: the same people doing the same things.

A small model swaps who did what ("my boyfriend left me" becomes "you left your boyfriend") and makes up
what nobody said. Both are checked by words alone, in English: the only language such a model writes here.
"""

from collections.abc import Sequence, Set

from models.reply.stems import EMPTY_WORDS, content, stem, words
from models.words import Language

NEW = 0.5
"""Share of the words that carry meaning which may be the model's own in what is stated as a fact."""
NEAR = 3
"""Words within which a verb and whom it concerns stand."""
SUBJECT = frozenset({"you", "you've", "you'd", "you're"})
PASSIVE = frozenset({"were", "was", "got", "been", "get", "are", "being", "be", "you're"})
SAME_FROM = 5
"""Letters from which two stems with the same beginning are forms of one word."""


def faithful(part: str, language: Language, *, asked: str, guess: bool = False) -> bool:
    """Whether `part` swaps nobody and, where it does not call itself a guess, adds little to `asked`."""
    if language != "en":
        return True
    added = 0.0 if guess else invented(part, language, asked=asked)
    return added <= NEW and not _swaps(words(part, language), words(asked, language))


def invented(part: str, language: Language, *, asked: str) -> float:
    """Share of the meaning in `part` that is not in `asked`, 0 to 1."""
    theirs = set(content(asked, language))
    own = content(part, language)
    return sum(not _known(each, theirs) for each in own) / len(own) if own else 0.0


def _known(one: str, theirs: Set[str]) -> bool:
    return one in theirs or any(one[:SAME_FROM] == other[:SAME_FROM] for other in theirs if len(other) >= SAME_FROM)


def _swaps(reply: Sequence[str], asked: Sequence[str]) -> bool:
    done_to_them = _verbs_before(asked, "me")
    for at, word in enumerate(reply):
        if stem(word, "en") not in done_to_them or word in EMPTY_WORDS["en"]:
            continue
        before, after = reply[max(0, at - NEAR) : at], reply[at + 1 : at + 1 + NEAR]
        doing = bool(SUBJECT & set(before)) and not PASSIVE & set(before)
        if doing and "you" not in after:
            return True
    done_by_them = _verbs_after(asked, ("i", "i've", "i'd"))
    for at, word in enumerate(reply):
        if stem(word, "en") not in done_by_them:
            continue
        before, after = reply[max(0, at - NEAR) : at], reply[at + 1 : at + 1 + NEAR]
        if "you" in after and not SUBJECT & set(before):
            return True
    return False


def _verbs_before(said: Sequence[str], whom: str) -> set[str]:
    found: set[str] = set()
    for at, word in enumerate(said):
        if word == whom:
            near = said[max(0, at - NEAR) : at]
            if not {"i", "i've", "i'm"} & set(near):
                found |= {stem(each, "en") for each in near if each not in EMPTY_WORDS["en"]}
    return found


def _verbs_after(said: Sequence[str], who: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for at, word in enumerate(said):
        if word in who:
            found |= {stem(each, "en") for each in said[at + 1 : at + 3] if each not in EMPTY_WORDS["en"]}
    return found
