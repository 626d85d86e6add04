"""Numbers as words. num2words counts; what kind of number it is, is said here."""

import re

from num2words import num2words

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 8: "eighth"}
"""Of other numbers a part is said as a score: 7/10 is "seven out of ten"."""
MOST_DIGITS = 15
"""Longer ones are read digit by digit: nobody takes in a number of quadrillions."""
YEARS = range(1100, 2100)

DECADE = re.compile(r"(?<![\w.,])(?:'|’)?(\d{2}|\d{4})['’]?s\b")
ORDINAL = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d{1,9})(?:st|nd|rd|th)\b", re.IGNORECASE)
CALLED = re.compile(
    r"\b((?:call|dial|text|ring|phone|number(?: is)?)(?: us| them| me)?(?: on| at| to| for)?:? )"
    r"(\+?\d{3,6})\b(?![,.:]?\d|%)",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w.,/-])\+?(?:\(\d{1,5}\)[ -]?)?\d{1,5}(?:[ -]\d{2,5}){1,4}(?![\w,/-]|\.\d)|(?<![\w.,])\+\d{6,15}\b"
)
PHONE_DIGITS = range(6, 16)
ALWAYS = re.compile(r"(?<![\w.,-])24/7(?![\w/])")
HEIGHT = re.compile(r"(?<![\w.,])(\d)['’] ?(\d{1,2})(?:\"|”|''|(?!\w))")
FRACTION = re.compile(r"(?<![\w.,/])(?:(\d{1,4}) )?(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)")
RANGE = re.compile(r"(?<![\w.,/-])(\d[\d,]*(?:\.\d+)?) ?[-–—] ?(?=\d[\d,]*(?:\.\d+)?(?![\w/-]))")
YEAR = re.compile(r"(?<![\w.,$€£-])(\d{4})(?![\w]|[.,]\d)")
NUMBER = re.compile(r"(?<![\w.])([-−+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
REST = re.compile(r"(\.?)(\d+)")
MIXED = re.compile(r"(?<=[A-Za-z])[- ]?(?=\d)|(?<=\d)(?=[A-Za-z])")
COLLAPSED = re.compile(r" {2,}")


def cardinal(number: int) -> str:
    """5280 as "five thousand two hundred and eighty"."""
    return str(num2words(number)).replace(",", "")


def ordinal(number: int) -> str:
    """21 as "twenty-first"."""
    return str(num2words(number, to="ordinal")).replace(",", "")


def year(number: int) -> str:
    """1905 as "nineteen oh-five"."""
    return str(num2words(number, to="year"))


def digits(number: str) -> str:
    """988 as "nine eight eight"; everything that is no digit is left out."""
    return " ".join(DIGITS[int(digit)] for digit in number if digit.isdecimal())


def decimal(whole: str, part: str = "") -> str:
    """ "1,234" and ".50" as "one thousand two hundred and thirty-four point five zero"."""
    bare = whole.replace(",", "")
    long = len(bare) > MOST_DIGITS or (len(bare) > 1 and bare.startswith("0"))
    words = digits(bare) if long else cardinal(int(bare))
    return f"{words} point {digits(part)}" if part else words


def plural(word: str) -> str:
    """ "sixty" as "sixties", "hundred" as "hundreds"."""
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def as_words(text: str) -> str:
    """Every number that is left in `text` as words."""
    text = ALWAYS.sub("twenty-four seven", text)
    text = HEIGHT.sub(lambda found: f"{cardinal(int(found[1]))} foot {cardinal(int(found[2]))}", text)
    text = DECADE.sub(_decade, text)
    text = ORDINAL.sub(lambda found: ordinal(int(found[1].replace(",", ""))), text)
    text = PHONE.sub(_phone, text)
    text = CALLED.sub(lambda found: found[1] + digits(found[2]), text)
    text = FRACTION.sub(_fraction, text)
    text = RANGE.sub(lambda found: f"{found[1]} to ", text)
    text = YEAR.sub(lambda found: year(int(found[1])) if int(found[1]) in YEARS else found[1], text)
    text = MIXED.sub(" ", text)
    text = NUMBER.sub(_number, text)
    return COLLAPSED.sub(" ", REST.sub(_rest, text))


def _decade(found: re.Match[str]) -> str:
    number = int(found[1])
    words = cardinal(number) if number < 100 else year(number)
    return words if words == "zero" else plural(words)


def _phone(found: re.Match[str]) -> str:
    count = sum(character.isdecimal() for character in found[0])
    groups = re.findall(r"\d+", found[0])
    if count not in PHONE_DIGITS or (len(groups) == 2 and all(int(group) in YEARS for group in groups)):
        return found[0]
    return ("plus " if found[0].startswith("+") else "") + ", ".join(digits(group) for group in groups)


def _fraction(found: re.Match[str]) -> str:
    whole, above, below = found[1], int(found[2]), int(found[3])
    if above == below:
        return f"{found[1] + ' ' if whole else ''}{cardinal(above)} {cardinal(below)}"
    if below not in PARTS or not 0 < above < below:
        return f"{found[1] + ' ' if whole else ''}{cardinal(above)} out of {cardinal(below)}"
    part = PARTS[below] + ("s" if above > 1 else "")
    words = f"{cardinal(above) if above > 1 or not whole else 'a'} {part}"
    return f"{cardinal(int(whole))} and {words}" if whole else words


def _number(found: re.Match[str]) -> str:
    sign = {"": "", "+": "plus "}.get(found[1], "minus ")
    return sign + decimal(found[2], (found[3] or "").lstrip("."))


def _rest(found: re.Match[str]) -> str:
    """Digits that are part of no number that is known: one by one."""
    return f" {'point ' if found[1] else ''}{digits(found[2])} "
