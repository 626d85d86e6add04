"""Dates as words."""

import re

from models.speech.synthesise.english.numbers import ordinal, year

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "|".join(sorted([*MONTHS, *(month[:3] for month in MONTHS), "Sept"], key=len, reverse=True))
_YEAR = r"(?:,? (\d{4})\b(?![.,]?\d))?"
ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
SLASHED = re.compile(r"(?<![\w/.])(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d{2})(?![\w/]|\.\d)")
MONTH_DAY = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?![:%\w]|[.,]\d){_YEAR}")
DAY_MONTH = re.compile(rf"(?<![\w.,:])(?:[Tt]he )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b\.?{_YEAR}")
MONTH_YEAR = re.compile(rf"\b({_MONTH})\.? (\d{{4}})\b(?![.,]?\d)")
SHORT = re.compile(r"\b(Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.(?= |$)")


def as_words(text: str) -> str:
    """Every date in `text` as words. Of "3/4/2026" the month is said first, as in the United States; with
    points, or where only the second number can be a month, the day comes first."""
    text = ISO.sub(lambda found: _date(found[0], int(found[2]), int(found[3]), found[1]), text)
    text = SLASHED.sub(_slashed, text)
    text = MONTH_DAY.sub(lambda found: _date(found[0], _place(found[1]), int(found[2]), found[3]), text)
    text = DAY_MONTH.sub(lambda found: _date(found[0], _place(found[2]), int(found[1]), found[3], first=True), text)
    text = MONTH_YEAR.sub(lambda found: f"{MONTHS[_place(found[1]) - 1]} {year(int(found[2]))}", text)
    return SHORT.sub(lambda found: MONTHS[_place(found[1]) - 1], text)


def _place(month: str) -> int:
    return next(place for place, name in enumerate(MONTHS, 1) if name.startswith(month[:3]))


def _slashed(found: re.Match[str]) -> str:
    first, second, when = int(found[1]), int(found[3]), found[4]
    if len(when) == 2:
        when = ("19" if int(when) > 50 else "20") + when
    day_first = found[2] == "." or first > 12
    month, day = (second, first) if day_first else (first, second)
    return _date(found[0], month, day, when)


def _date(written: str, month: int, day: int, when: str | None, *, first: bool = False) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return written
    words = f"the {ordinal(day)} of {MONTHS[month - 1]}" if first else f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{words}, {year(int(when))}" if when else words
