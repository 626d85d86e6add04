"""Entities Telegram finds by itself in plain text: commands, mentions, hashtags, links, mail addresses.

Offsets and lengths count UTF-16 code units, as the Bot API does.
"""

import re
from typing import Any

LINK = (
    r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}']"
    r"|(?<![\w.@])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|kr|tr|me)\b(?:/\S*)?"
)
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(LINK, re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def found_in(text: str, taken: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Entities of `text` beside those in `taken` (which keep their place), sorted by offset."""
    entities = list(taken or ())
    if not any(sign in text for sign in "/@#.:"):
        return entities
    spans = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in entities
        if entity["type"] in ("code", "pre", "text_link")
    ]
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            end = start + units(match.group())
            if all(end <= left or start >= right for left, right in spans):
                spans.append((start, end))
                entities.append({"type": kind, "offset": start, "length": end - start})
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def cleaned(text: str) -> str:
    """A person's text as Telegram's server cleans it: control characters become spaces, line ends are ``\\n``,
    bidirectional overrides and line separators (U+2028 to U+202E) are dropped, the ends are trimmed."""
    kept = (
        " " if character < " " and character != "\n" else character
        for character in text.replace("\r\n", "\n").replace("\r", "")
        if not "\u2028" <= character <= "\u202e"
    )
    return "".join(kept).strip()
