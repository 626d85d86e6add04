"""Sums of money as words."""

import re

from models.speech.synthesise.english.numbers import cardinal, decimal

SIGNS: dict[str, tuple[str, str, str]] = {
    "$": ("dollar", "dollars", "cent"),
    "€": ("euro", "euros", "cent"),
    "£": ("pound", "pounds", "penny"),
    "₺": ("lira", "lira", "kurush"),
    "₩": ("won", "won", ""),
    "¥": ("yen", "yen", ""),
    "₹": ("rupee", "rupees", "paisa"),
}
"""One, several, and the hundredth part."""
CODES = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "TRY": "₺", "TL": "₺", "KRW": "₩", "JPY": "¥", "INR": "₹"}
SEVERAL = {"cent": "cents", "penny": "pence", "kurush": "kurush", "paisa": "paise"}
SIZES = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion"}

_SIZE = r"(?: ?(hundred|thousand|million|billion|trillion|bn|mn|[kKmMbB])\b)?"
_SUM = r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?"
_CODE = "|".join(re.escape(code) for code in CODES)
BEFORE = re.compile(rf"(?<!\w)(?:(US\$|[{''.join(SIGNS)}])|({_CODE}) ){_SUM}{_SIZE}")
BEHIND = re.compile(rf"(?<![\w.,]){_SUM}{_SIZE} ?(?:({_CODE})\b|([{''.join(SIGNS)}]))")
CENTS = re.compile(r"(?<![\w.,])(\d+) ?¢")


def as_words(text: str) -> str:
    """Every sum of money in `text` as words."""
    text = BEFORE.sub(lambda found: _sum(found[1] or found[2], found[3], found[4], found[5]), text)
    text = BEHIND.sub(lambda found: _sum(found[4] or found[5], found[1], found[2], found[3]), text)
    return CENTS.sub(lambda found: f"{cardinal(int(found[1]))} {'cent' if found[1] == '1' else 'cents'}", text)


def _sum(sign: str, whole: str, part: str | None, size: str | None) -> str:
    one, several, hundredth = SIGNS[CODES.get(sign, sign)]
    if size:
        return f"{decimal(whole, part or '')} {SIZES.get(size.lower(), size)} {several}"
    count = int(whole.replace(",", ""))
    words = f"{decimal(whole)} {one if count == 1 else several}"
    if not part or not int(part):
        return words
    if len(part) != 2 or not hundredth:
        return f"{decimal(whole, part)} {several}"
    cents = int(part)
    small = f"{cardinal(cents)} {hundredth if cents == 1 else SEVERAL[hundredth]}"
    return small if count == 0 else f"{words} and {small}"
