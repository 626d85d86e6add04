"""One plain spelling of what was typed, so that a rule is written once and not once per disguise.

Steps that all languages share: invisible signs dropped, look-alike letters read as what they look like, loose
Korean jamo put together again, letters typed apart joined. All are linear in the length of the text.
"""

import re
import unicodedata

MAX_CHARS = 8192
"""Longer texts are read at both ends (Telegram's own limit for one message is 4,096)."""

_TAIL = 3072

_PAIRS = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s",
    "ԁ": "d", "һ": "h", "ӏ": "l", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "ё": "e", "ɡ": "g",
    "α": "a", "ε": "e", "ρ": "p", "ν": "v", "ι": "i", "κ": "k", "ο": "o", "τ": "t", "υ": "u",
    "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j",
    "ᴋ": "k", "ʟ": "l", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u",
    "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z", "ł": "l", "ø": "o", "đ": "d", "ɩ": "i",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‐": "-", "‑": "-", "–": "-", "—": " , ", "，": ",",
    "、": ",", "。": ". ", "…": ". ", "؟": "?", "\u2800": " ", "\u3164": "", "\u115f": "", "\u1160": "",
}  # fmt: skip


_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


class _Fold(dict[int, str | None]):
    """A lazy table for `str.translate`: invisible signs vanish, every blank becomes a space or a line end."""

    def __missing__(self, code: int) -> str | None:
        kind = unicodedata.category(chr(code))
        folded: str | None = chr(code)
        if code in (0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029):
            folded = "\n"
        elif kind == "Zs" or code == 0x09:
            folded = " "
        elif kind in ("Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"):
            folded = None
        if len(self) < 20_000:
            self[code] = folded
        return folded


def _lookalikes() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(seen): meant for seen, meant in _PAIRS.items()}
    # Letters drawn as signs that NFKC leaves alone: circled, squared, and the flags' regional indicators.
    for first in (0x1F150, 0x1F170, 0x1F1E6):
        table.update({first + place: chr(ord("a") + place) for place in range(26)})
    # NFKC turns loose jamo into conjoining ones; here they are turned back.
    for first, letters in ((0x1100, _LEADS), (0x1161, _VOWELS), (0x11A8, _TAILS)):
        table.update({first + place: letter for place, letter in enumerate(letters)})
    return table


class _Unmarked(dict[int, str | None]):
    """A lazy table that takes the marks off Latin letters and leaves every other sign as it is."""

    def __missing__(self, code: int) -> str | None:
        base = unicodedata.normalize("NFD", chr(code))[0]
        bare = base if base.isascii() else chr(code)
        if len(self) < 20_000:
            self[code] = bare
        return bare


# Controls are kept in the first pass (a combining dot must meet NFKC) and dropped in the second.
_SEEN = _Fold(_lookalikes())
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+")
_UNMARKED = _Unmarked({ord("ı"): "i"})
_UNMARKED_BUT_OE = _Unmarked({ord("ı"): "i", ord("ö"): "ö"})

_LOOSE = re.compile(f"([{_LEADS}])([{_VOWELS}])([{_TAILS}](?![{_VOWELS}]))?")
_OPEN = re.compile("([가-힣])([ㄱ-ㅊㅌㅍ])(?=[가-힣])")

_APART = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_,*/|~+·]{1,3}[^\W\d_](?![^\W_])){2,}")
_JOINTS = re.compile(r"[ .\-_,*/|~+·]+")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")


def _syllable(found: re.Match[str]) -> str:
    lead, vowel, tail = found.groups()
    code = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28
    return chr(0xAC00 + code + (_TAILS.index(tail) + 1 if tail else 0))


def _closed(found: re.Match[str]) -> str:
    syllable, tail = found.groups()
    code = ord(syllable) - 0xAC00
    if code % 28 or tail not in _TAILS:
        return found.group()
    return chr(0xAC00 + code + _TAILS.index(tail) + 1)


def _joined(found: re.Match[str]) -> str:
    return _JOINTS.sub("", found.group())


def plain(text: str) -> str:
    """`text` as it was meant: compatibility forms folded, lower case, no invisible signs, jamo composed."""
    if len(text) > MAX_CHARS:
        text = text[: MAX_CHARS - _TAIL] + "\n" + text[-_TAIL:]
    text = _INVISIBLE.sub("", text)
    if any("ㄱ" <= sign <= "ㅣ" for sign in text):
        text = _OPEN.sub(_closed, _LOOSE.sub(_syllable, text))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_SEEN)
    return text[: 2 * MAX_CHARS]


def joined_letters(text: str) -> str:
    """Three or more single letters in a row ("d i e", "d.i.e") read as one word."""
    return _APART.sub(_joined, text)


def unmarked(text: str, *, keep_oe: bool = False) -> str:
    """Latin letters without their marks; with `keep_oe` the Turkish ö stays, as it carries meaning."""
    return text.translate(_UNMARKED_BUT_OE if keep_oe else _UNMARKED)


def shorter_runs(word: str, keep: int) -> str:
    """Letters repeated three times or more, cut to `keep` ("dieee" to "die")."""
    return _LONG_RUN.sub(lambda run: run.group(1) * keep, word)
