"""Which of the three languages a text is written in, told by its signs and its small words."""

import re

from models.reply.stems import EMPTY_WORDS, HANGUL, words
from models.words import Language

TURKISH_ONLY = re.compile(r"[ğışİĞŞ]")
COMMAND = re.compile(r"/[a-z]+\b")
LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str, default: Language = "en", *, margin: int = 1) -> Language:
    """The language of `text`; `default` where too little speaks for another of the three.

    `margin` is by how many small words (a Turkish letter counts two) English or Turkish has to lead.
    """
    letters = len(LETTER.findall(text))
    if not letters:
        return default
    if len(HANGUL.findall(text)) * 3 >= letters:
        return "ko"
    turkish = sum(word in EMPTY_WORDS["tr"] for word in words(text, "tr")) + 2 * len(TURKISH_ONLY.findall(text))
    english = sum(word in EMPTY_WORDS["en"] for word in words(text, "en"))
    if abs(turkish - english) < margin:
        return default
    return "tr" if turkish > english else "en"


def foreign_share(text: str, language: Language) -> float:
    """Share of the letters that the writing of `language` does not use, 0 to 1."""
    letters = LETTER.findall(COMMAND.sub("", text))
    if not letters:
        return 0.0
    if language == "ko":
        return sum(not HANGUL.match(letter) for letter in letters) / len(letters)
    return sum(ord(letter) > 0x24F for letter in letters) / len(letters)
