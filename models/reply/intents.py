"""What is never left to a model: found by rules, answered by reviewed sentences."""

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from models.reply.age import stated_age
from models.reply.rules import rules
from models.reply.script import LETTER
from models.reply.stems import plain, words
from models.words import Language, variants

MINOR = "minor"
VOWEL = re.compile(r"[aeiouyıöüâîû]")
SAD_FACES = frozenset("😢😭😞😔😟🙁☹😣😖😫😩🥺😥😰😿💔😓🥲😪")
HAPPY_FACES = frozenset("😀😃😄😁😆😂🤣😊🙂😎🥳😍🤩😋🎉🎊😹😸👍🙌💪✨🌞☀")
HEARTS = frozenset("❤🧡💛💚💙💜🖤🤍🤎💕💞💓💗💖💘💝💟🥰😘🤗🫂🌹")


@dataclass(frozen=True, slots=True)
class Intent:
    """What was found, and whether the message says the person is under age."""

    name: str | None
    minor: bool = False


def intent_of(text: str, language: Language, *, min_age: int = 18) -> Intent:
    """The intent of `text` that a reviewed sentence answers, if there is one."""
    age = stated_age(text, language)
    if age is not None and age < min_age:
        return Intent(MINOR, minor=True)
    if not text.strip():
        return Intent("emoji")
    if not LETTER.search(text):
        return Intent(_picture(text) or _by_pattern(text, language))
    found = _by_pattern(text, language)
    if found is None and _gibberish(text, language):
        return Intent("gibberish")
    return Intent(found)


def answer(name: str, language: Language, *, seed: int, said: Sequence[str] = ()) -> str:
    """A reviewed answer to the intent `name`; one not yet in `said` while there is one."""
    possible = list(variants(language, f"intents.{name}"))
    random.Random(seed).shuffle(possible)
    heard = "\n".join(said)
    return next((each for each in possible if each not in heard), possible[0])


def intents() -> tuple[str, ...]:
    """Every intent that has reviewed answers."""
    return (*rules("intents"), "emoji_sad", "emoji_happy", "emoji_heart", "emoji", "gibberish")


@cache
def _patterns(language: Language) -> tuple[tuple[str, int, tuple[re.Pattern[str], ...]], ...]:
    start = "" if language == "ko" else r"(?<![^\W_])"
    return tuple(
        (
            name,
            int(rule["words"]),
            tuple(re.compile(each if each.startswith("^") else f"{start}(?:{each})") for each in rule[language]),
        )
        for name, rule in rules("intents").items()
    )


def _by_pattern(text: str, language: Language) -> str | None:
    read = " ".join(plain(text, language).split())
    count = len(words(text, language))
    for name, most, patterns in _patterns(language):
        if count <= most and any(pattern.search(read) for pattern in patterns):
            return name
    return None


def _picture(text: str) -> str | None:
    """Which kind of pictures a message without letters holds; None where it holds none."""
    signs = [sign for sign in text if unicodedata.category(sign) in ("So", "Sk", "Sm")]
    if not signs:
        return None
    for name, kind in (("emoji_sad", SAD_FACES), ("emoji_heart", HEARTS), ("emoji_happy", HAPPY_FACES)):
        if any(sign in kind for sign in signs):
            return name
    return "emoji"


def _gibberish(text: str, language: Language) -> bool:
    """Letters that make no word: long without a vowel, one sign over and over, or loose Korean letters."""
    said = words(text, language)
    if not said or len(said) > 6:
        return False
    return all(_senseless(word) for word in said)


def _senseless(word: str) -> bool:
    letters = [sign for sign in word if sign.isalpha()]
    if not letters:
        return False
    if all("\u3131" <= sign <= "\u318e" for sign in letters):
        return len(letters) > 3 and not set(letters) <= set("ㅋㅎㅠㅜ")
    if any(ord(sign) > 0x24F for sign in letters):
        return False
    if len(letters) >= 6 and len(set(letters)) <= 2:
        return True
    vowels = len(VOWEL.findall(word))
    return (
        (len(letters) >= 5 and vowels == 0)
        or (len(letters) >= 8 and vowels / len(letters) < 0.2)
        or bool(len(letters) >= 5 and re.search(r"asdf|qwer|zxcv|sdfg|dfgh|fghj|ghjk|hjkl|jkl;|uiop", word))
    )
