"""Words and their stems in the three languages, light enough to run on every message.

Turkish words are cut to five letters, which is close to a full stemmer for matching (Can et al. 2008,
"Information retrieval on Turkish texts"). Korean words lose their particle. English words lose an ending.
"""

import re
import unicodedata
from functools import lru_cache

from models.words import Language

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
TURKISH_STEM = 5
KOREAN_PARTICLES = (
    "에서는 에게서 한테서 으로는 이라고 이라는 에서 에게 한테 까지 부터 이랑 처럼 보다 으로 라고 라는 하고 께서 "
    "은 는 이 가 을 를 에 의 로 와 과 도 만 랑 께"
).split()
ENGLISH_ENDINGS = ("ingly", "edly", "ings", "ies", "ing", "ied", "ed", "ly", "es", "s", "y", "e")

EMPTY_WORDS: dict[Language, frozenset[str]] = {
    "en": frozenset(
        "a an and are as at be been but by can can't did didn't do does doesn't don't for from get got had has have "
        "he her hers him his how i i'd i'll i'm i've if in into is isn't it it's its just know like lot made make "
        "me more most much my never no not now of off on one only or other our out over really said say she should "
        "so some still such than that that's the their them then there they thing things think this those though to "
        "today too up us very want was wasn't we were what when where which while who why will with would you you're "
        "your yours about after again all also always am any anything because before being even ever every feel "
        "feeling feels felt going gonna good here keep last time way well right sure yes yeah ok okay".split()
    ),
    "ko": frozenset(
        "그 저 나 너 내 제 난 전 넌 우리 이 것 거 게 건 걸 좀 더 또 다 안 못 잘 왜 뭐 어떻게 그냥 정말 진짜 너무 많이 "
        "오늘 지금 그래서 그런데 근데 그리고 하지만 있어 있어요 없어 없어요 같아 같아요 해 해요 했어 했어요 하는 하고".split()
    ),
    "tr": frozenset(
        "ben sen o biz siz onlar bir bu şu ve ile de da ki mi mı mu mü ne çok daha en gibi için ama fakat ya hem her "
        "hiç var yok değil bana sana ona beni seni onu benim senin bugün şimdi sonra önce kadar olan oldu olarak "
        "nasıl neden niye şey şeyi böyle öyle artık".split()
    ),
}


def plain(text: str, language: Language) -> str:
    """Lower case, compatibility forms unified, curly apostrophes straightened, invisible characters dropped."""
    unified = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
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
    return frozenset([*((single,) for single in stems), *zip(stems, stems[1:], strict=False)])
