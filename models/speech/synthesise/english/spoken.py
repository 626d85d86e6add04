"""A line of written English as the words that somebody reading it aloud would say."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.speech.synthesise.english import calendar, clock, money, numbers

HERE = Path(__file__).parent
SPACES = re.compile(r"[ \t]{2,}")
BEFORE_MARK = re.compile(r" +([,.;:!?])")
EITHER = re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])")
NUMBER = r"(?<![\w.])([-−]?\d[\d,]*(?:\.\d+)?)"


@cache
def _table() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "english.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _alternatives(name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_table()[name], key=len, reverse=True))


def spoken(text: str) -> str:
    """`text`, already free of links, marks and emoji, with every number and abbreviation as words.

    From the particular to the general: what a date or a sum of money has taken is no plain number any more.
    """
    text = money.as_words(text)
    text = calendar.as_words(text)
    text = clock.as_words(text)
    text = _units(text)
    text = _abbreviations(text)
    text = numbers.as_words(text)
    text = EITHER.sub(" or ", text)
    text = _symbols(text)
    return BEFORE_MARK.sub(r"\1", SPACES.sub(" ", text)).strip()


def _units(text: str) -> str:
    def named(found: re.Match[str]) -> str:
        one, several = _table()["units"][found[2]]
        return f"{found[1]} {one if found[1] in ('1', '-1') else several}"

    return re.sub(rf"{NUMBER} ?({_alternatives('units')})(?![\w/])", named, text)


def _abbreviations(text: str) -> str:
    table = _table()
    text = re.sub(
        rf"(?<!\w)({_alternatives('numbered')}) ?(?=\d)",
        lambda found: f"{table['numbered'][found[1]]} ",
        text,
    )
    text = re.sub(
        rf"\b({_alternatives('titles')})(?:\.|(?<=r|s|t|f)) (?=[A-Z])",
        lambda found: f"{table['titles'][found[1]]} ",
        text,
    )

    def unfolded(found: re.Match[str]) -> str:
        rest = found.string[found.end() :]
        last = not rest.strip() or (found[1] == "etc." and re.match(r"\s+[A-Z]", rest) is not None)
        ends = found[1].endswith(".") and last
        words = str(table["abbreviations"][found[1]])
        return words + "." if ends and not words.endswith(".") else words

    return re.sub(rf"(?<![\w.])({_alternatives('abbreviations')})(?!\w)", unfolded, text)


def _symbols(text: str) -> str:
    for symbol, word in _table()["symbols"].items():
        if symbol in text:
            text = text.replace(symbol, f" {word} " if word else " ")
    return text
