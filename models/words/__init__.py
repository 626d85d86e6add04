"""Every sentence Heed says by itself: reviewed YAML in three languages, and this small loader.

A sentence lives at ``models/words/<language>/<file>.yaml`` and is named by its path through the file:
``say("ko", "start.introduction", name="…")`` reads ``start.yaml`` of Korean, key ``introduction``. A
key may hold one sentence or a list of them (variants). Placeholders are ``{name}``, filled by `str.format`.
All three languages hold the same keys with the same placeholders; a test holds them to it.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Language = Literal["en", "ko", "tr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HERE = Path(__file__).parent
HANGUL = re.compile("[\uac00-\ud7a3]{2}")
TURKISH = re.compile("[ğĞşŞıİ]")  # letters that neither English nor Korean has


class MissingWords(KeyError):
    """No sentence under this key. A defect of the program, never of the person's input."""


@cache
def _file(language: Language, stem: str) -> dict[str, Any]:
    path = HERE / language / f"{stem}.yaml"
    if not path.is_file():
        raise MissingWords(f"no words file {language}/{stem}.yaml")
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return dict(loaded or {})


def _find(language: Language, key: str) -> Any:
    stem, *rest = key.split(".")
    found: Any = _file(language, stem)
    for step in rest:
        if not isinstance(found, dict) or step not in found:
            raise MissingWords(f"no words {key!r} in {language}")
        found = found[step]
    return found


def say(language: Language, key: str, /, **values: object) -> str:
    """The sentence under `key`, filled with `values`. Raises `MissingWords` where there is none."""
    found = _find(language, key)
    if not isinstance(found, str):
        raise MissingWords(f"words {key!r} in {language} are not one sentence")
    return found.format(**values).strip() if values else found.strip()


def variants(language: Language, key: str) -> tuple[str, ...]:
    """All sentences listed under `key`, in the order of the file."""
    found = _find(language, key)
    if not isinstance(found, list):
        raise MissingWords(f"words {key!r} in {language} are not a list")
    return tuple(str(sentence).strip() for sentence in found)


def keys(language: Language, stem: str) -> tuple[str, ...]:
    """The top-level keys of one words file."""
    return tuple(_file(language, stem))


def as_language(code: str | None) -> Language:
    """The language of words nearest to an IETF tag such as Telegram's ``language_code``; English otherwise."""
    head = (code or "").lower().replace("_", "-").split("-")[0]
    for language in LANGUAGES:
        if head == language:
            return language
    return "en"


def by_letters(text: str) -> Language | None:
    """The language whose own letters `text` uses; None where the letters do not tell."""
    if HANGUL.search(text):
        return "ko"
    return "tr" if TURKISH.search(text) else None
