"""What a story expects of one message: which sentence it is, what it holds, which buttons it has."""

import re
from typing import Any

from models.words import Language, MissingWords, say, variants
from tests.rig.people import buttons, text_of

Message = dict[str, Any]


def pattern(language: Language, key: str) -> re.Pattern[str]:
    """The sentence under a words key (any of its variants), placeholders standing for anything."""
    try:
        sentences: tuple[str, ...] = (say(language, key),)
    except MissingWords:
        sentences = variants(language, key)
    written = "|".join(_as_pattern(sentence) for sentence in sentences)
    return re.compile(written, re.DOTALL)


def _as_pattern(sentence: str) -> str:
    parts = re.split(r"\{\w+\}", sentence)
    return ".*?".join(re.escape(part.strip()) if not part.strip() else re.escape(part) for part in parts)


def complaint(expected: dict[str, Any], message: Message, language: Language, danger_text: str | None) -> str | None:
    """What is wrong with `message`; None where it is as expected.

    Keys: words, not_words (a key or several), contains, without (text), danger (true: the reviewed danger text;
    false: not it), buttons (list of data, "none", or "some"), quotes (message_id), file (true).
    """
    text = text_of(message)
    for key in _list(expected.get("words")):
        if not pattern(language, key).search(text):
            return f"is not {key}"
    for key in _list(expected.get("not_words")):
        if pattern(language, key).search(text):
            return f"is {key}"
    for part in _list(expected.get("contains")):
        if part not in text:
            return f"does not hold {part!r}"
    for part in _list(expected.get("without")):
        if part in text:
            return f"holds {part!r}"
    if "danger" in expected and (danger_text is not None and text == danger_text) != expected["danger"]:
        return "is not the reviewed danger text" if expected["danger"] else "is a danger text"
    if "file" in expected and ("document" in message) != expected["file"]:
        return "is not a file"
    return _about_buttons(expected.get("buttons"), buttons(message)) or _about_quotes(expected, message)


def _about_buttons(expected: Any, found: list[str]) -> str | None:
    if expected is None or (expected == "some" and found) or (expected == "none" and not found):
        return None
    if isinstance(expected, list):
        missing = [data for data in expected if not any(re.fullmatch(data, one) for one in found)]
        return f"lacks buttons {missing}, has {found}" if missing else None
    return f"has buttons {found}, not {expected}"


def _about_quotes(expected: dict[str, Any], message: Message) -> str | None:
    if "quotes" not in expected:
        return None
    quoted = message.get("reply_to_message", {}).get("message_id")
    return None if quoted == expected["quotes"] else f"quotes {quoted}, not {expected['quotes']}"


def _list(value: Any) -> list[str]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]
