"""Whether a sentence that says something back says it as it was: the same people doing the same things.

A small model swaps who did what ("my boyfriend left me" becomes "you left your boyfriend"), drops a "not"
and makes up what nobody said. All three are checked by words alone, in English: the only language in which
such a model writes here. The checks err toward dropping a sentence.
"""

from collections.abc import Sequence, Set

from models.reply.stems import EMPTY_WORDS, content, stem, words
from models.words import Language

NEW = 0.5
"""Share of the words that carry meaning which may be the model's own in what is stated as a fact."""
NEAR = 3
"""Words within which a verb and whom it concerns stand."""
SAME_FROM = 5
"""Letters from which two stems with the same beginning are forms of one word."""
SELF = frozenset({"i", "i'm", "i've", "i'd", "im", "ive", "we", "we're", "we've"})
SUBJECT = frozenset({"you", "you've", "you'd", "you're"})
OTHERS = frozenset({"he", "she", "they", "it", "who", "nobody", "everyone", "everybody", "someone", "somebody"})
NOBODY = frozenset({"nobody", "everybody", "everyone", "someone", "somebody"})
OF_OTHERS = frozenset({"my", "our", "the", "his", "her", "their", "a", "an"})
BESIDE = frozenset({"has", "have", "had", "is", "was", "were", "are", "been", "be", "just", "getting", "always"})
PASSIVE = frozenset({"were", "was", "got", "been", "get", "are", "being", "be", "you're"})
BY_ITSELF = frozenset({"gone", "away", "ill", "sick", "back", "better", "pregnant", "old"})
"""What somebody is without anybody doing it to them, although "been" stands before it."""
TELLING = frozenset({"said", "says", "told", "asked", "thinks", "thought"})
DISTANT = frozenset({"person", "user", "message", "conversation"})
"""How somebody is spoken about, not to."""
NEGATIONS = frozenset({"not", "never", "no", "nobody", "nothing", "without", "none", "neither", "cannot", "hardly"})
LACKING = frozenset(
    {
        "died",
        "dead",
        "failed",
        "left",
        "barely",
        "lost",
        "lose",
        "missing",
        "gone",
        "alone",
        "forgot",
        "forgotten",
        "ignored",
        "missed",
        "stopped",
    }
)


GRAVE = frozenset(
    {"lost", "died", "dead", "death", "dying", "killed", "funeral", "cancer", "divorced", "pregnant", "fired"}
)
"""Words so heavy that no guess may bring them up."""
LEFT_OUT = frozenset({"except", "else", "instead", "without"})
"""Where somebody tells of being left out, an answer that misses it turns the story round."""


def faithful(part: str, language: Language, *, asked: str, guess: bool = False) -> bool:
    """Whether `part` swaps nobody, turns no "not" round and, where it is no guess, adds little to `asked`."""
    if language != "en":
        return True
    said, told = words(part, language), words(asked, language)
    added = 0.0 if guess else invented(part, language, asked=asked)
    if LEFT_OUT & set(told) and not LEFT_OUT & set(said):
        return False
    if GRAVE & set(said) and not GRAVE & set(told):
        return False
    if DISTANT & set(said) - set(told):
        return False
    return added <= NEW and not _swaps(said, told) and not _turns_round(said, told)


def invented(part: str, language: Language, *, asked: str) -> float:
    """Share of the meaning in `part` that is not in `asked`, 0 to 1."""
    theirs = set(content(asked, language))
    own = content(part, language)
    return sum(not _known(each, theirs) for each in own) / len(own) if own else 0.0


def _known(one: str, theirs: Set[str]) -> bool:
    return one in theirs or any(one[:SAME_FROM] == each[:SAME_FROM] for each in theirs if len(each) >= SAME_FROM)


def _swaps(said: Sequence[str], told: Sequence[str]) -> bool:
    """Whether "you" do in `said` what others did in `told`, or suffer what they did themselves."""
    by_others, by_them = _done_by_others(told), _done_by_them(told)
    if SUBJECT & set(said[:2]) and "you" in said[2:] and said[said.index("you", 2) - 1] in ("without", "with"):
        return True
    for at, word in enumerate(said):
        root = stem(word, "en")
        before, after = set(said[max(0, at - NEAR) : at]), said[at + 1 : at + 1 + NEAR]
        acts = bool(SUBJECT & before) and (word.endswith("ing") or word in BY_ITSELF or not PASSIVE & before)
        if root in by_others and acts and "you" not in after:
            return True
        if root in by_them and "you" in after and not SUBJECT & before:
            return True
    return False


def _done_by_others(told: Sequence[str]) -> set[str]:
    """Stems of what stands right behind somebody else, or before "me"."""
    found: set[str] = set()
    for at, word in enumerate(told):
        before = list(told[max(0, at - NEAR - 1) : at])
        if word == "me" and not SELF & set(before):
            found |= {stem(each, "en") for each in before if each not in EMPTY_WORDS["en"]}
        while before and before[-1] in BESIDE:
            before.pop()
        behind_noun = len(before) > 1 and bool(OF_OTHERS & set(before[-3:-1]))
        if before and before[-1] in NOBODY and len(word) > 2:
            found.add(stem(word, "en"))
        if before and (before[-1] in OTHERS or behind_noun) and not SELF & set(before) and _tells(word):
            found.add(stem(word, "en"))
    return found - _done_by_them(told)


def _done_by_them(told: Sequence[str]) -> set[str]:
    """Stems of what stands right behind "I"."""
    found: set[str] = set()
    for at, word in enumerate(told):
        if word in SELF:
            found |= {stem(each, "en") for each in told[at + 1 : at + 1 + NEAR] if _tells(each)}
    return found


def _tells(word: str) -> bool:
    return word in TELLING or word in BY_ITSELF or (word not in EMPTY_WORDS["en"] and len(word) > 2)


def _negates(word: str) -> bool:
    return word in NEGATIONS or word.endswith("n't") or word in ("dont", "cant", "didnt", "wont", "isnt")


def _turns_round(said: Sequence[str], told: Sequence[str]) -> bool:
    """Whether a "not" of `told` is missing in `said`, or one was added."""
    here = any(_negates(word) or word in LACKING for word in said)
    there = any(_negates(word) or word in LACKING for word in told)
    if any(map(_negates, said)) and not there:
        return True
    denied = {
        stem(each, "en")
        for at, word in enumerate(told)
        if _negates(word)
        for each in told[at + 1 : at + 1 + NEAR]
        if _tells(each)
    }
    return not here and bool(denied & {stem(word, "en") for word in said})
