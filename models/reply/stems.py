"""Words and their stems in the three languages, light enough to run on every message.

Turkish words are cut to five letters, which is close to a full stemmer for matching (Can et al. 2008,
"Information retrieval on Turkish texts"). Korean words lose their particle. English words lose an ending.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from models.reply.rules import rules
from models.words import LANGUAGES, Language

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
NOT_JAMO = re.compile(r"[^\u3131-\u318e]+")
"""Everything but loose Korean letters, which compatibility normalisation would turn into other signs."""
TURKISH_STEM = 5
KOREAN_PARTICLES = tuple(str(rules("stems")["korean_particles"]).split())
ENGLISH_ENDINGS = ("ingly", "edly", "ings", "ies", "ing", "ied", "ed", "ly", "es", "s", "y", "e")

IRREGULAR = {str(form): str(verb) for verb, forms in rules("stems")["irregular"].items() for form in forms}

EMPTY_WORDS: dict[Language, frozenset[str]] = {
    language: frozenset(str(rules("stems")["empty"][language]).split()) for language in LANGUAGES
}


def plain(text: str, language: Language) -> str:
    """Lower case, compatibility forms unified, apostrophes straightened, invisible characters dropped."""
    unified = (
        NOT_JAMO.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text).replace("’", "'").replace("‘", "'")
    )
    visible = "".join(sign for sign in unified if unicodedata.category(sign) != "Cf")
    if language == "tr":
        return visible.replace("İ", "i").replace("I", "ı").lower()
    return visible.lower().replace("i̇", "i")


def words(text: str, language: Language) -> list[str]:
    """The words of `text`, in order, in lower case."""
    return WORD.findall(plain(text, language))


@lru_cache(maxsize=1 << 13)
def _stem(word: str, language: Language) -> str:
    if HANGUL.search(word):
        for particle in KOREAN_PARTICLES:
            if word.endswith(particle) and len(word) - len(particle) >= 2:
                word = word[: -len(particle)]
                break
        return word[:2] if len(word) > 3 else word
    if language == "tr":
        return word.split("'")[0][:TURKISH_STEM]
    word = word.removesuffix("'s")
    word = IRREGULAR.get(word, word)
    for ending in ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def stem(word: str, language: Language) -> str:
    """The part of a word that its forms share."""
    return _stem(word, language)


def content(text: str, language: Language) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    empty = EMPTY_WORDS[language]
    return [stem(word, language) for word in words(text, language) if word not in empty and len(word) > 1]


def similarity(one: str, other: str, language: Language) -> float:
    """How much two texts say the same with the same words, 0 to 1: overlap of stem pairs and stems (Dice)."""
    first, second = (_grams(text, language) for text in (one, other))
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _grams(text: str, language: Language) -> frozenset[tuple[str, ...]]:
    stems = [stem(word, language) for word in words(text, language)]
    return frozenset([*((single,) for single in stems), *pairwise(stems)])
