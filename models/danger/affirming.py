"""The answer to the one direct question that an unclear finding was met with: is it a yes?"""

import re
from functools import cache

from models.words import LANGUAGES, variants

SHORT = 12
"""Words: a longer answer says more than yes, and the screen reads it by itself."""


@cache
def _phrases() -> tuple[str, ...]:
    return tuple(phrase for language in LANGUAGES for phrase in variants(language, "affirm.phrases"))


def affirms(text: str) -> bool:
    """Whether `text`, said right after the question, is a yes or leaves it open. All three languages are read."""
    plain = " ".join(re.sub(r"[^\w\s]", " ", text.replace("İ", "i").lower()).split())
    if not plain or len(plain.split()) > SHORT:
        return False
    return any(plain == phrase or plain.startswith(phrase + " ") for phrase in _phrases())
