"""Times of day as words."""

import re

from models.speech.synthesise.english.numbers import cardinal

_HALF = r"(?: ?([ap])(?:\.m\.|m\b))"
TIME = re.compile(rf"(?<![\w.:])(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?![\d:]){_HALF}?", re.IGNORECASE)
DOTTED = re.compile(rf"(?<![\w.:])(\d{{1,2}})\.(\d{{2}})(?={_HALF})", re.IGNORECASE)
HOUR = re.compile(rf"(?<![\w.:,])(\d{{1,2}}){_HALF}", re.IGNORECASE)


def as_words(text: str) -> str:
    """Every time of day in `text` as words: "7:05 pm" as "seven oh five PM"."""
    return HOUR.sub(_hour, TIME.sub(_time, DOTTED.sub(r"\1:\2", text)))


def _time(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    if hour > 24 or minute > 59 or int(second or 0) > 59:
        return found[0]
    words = cardinal(hour)
    if minute:
        words += f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    elif not found[4]:
        words += " o'clock" if 1 <= hour <= 12 else " hundred hours" if hour else " hours"
    if second and int(second):
        words += f" and {cardinal(int(second))} second{'' if int(second) == 1 else 's'}"
    return words + _half(found, 4)


def _hour(found: re.Match[str]) -> str:
    return cardinal(int(found[1])) + _half(found, 2) if 0 < int(found[1]) <= 12 else found[0]


def _half(found: re.Match[str], group: int) -> str:
    """The half of the day, and the full stop that a dotted "p.m." at the end of a sentence stands for too."""
    if not found[group]:
        return ""
    rest = found.string[found.end() :]
    ends = found[0].endswith(".") and (not rest.strip() or re.match(r"\s+[A-Z]", rest) is not None)
    return f" {found[group].upper()}M{'.' if ends else ''}"
