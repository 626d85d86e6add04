"""Every sentence of every words file, also of files that come later, held to the same few rules."""

import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.words import HERE, LANGUAGES

TELEGRAM_TEXT = 4096  # characters of one message, https://core.telegram.org/bots/api#sendmessage
BUTTON = 24  # what a phone shows of one of two buttons in a row without cutting it
COMMAND = 60  # what the command menu shows in one line; Telegram itself allows 256

STEMS = sorted({path.stem for language in LANGUAGES for path in (HERE / language).glob("*.yaml")})
FILES = sorted(path for language in LANGUAGES for path in (HERE / language).glob("*.yaml"))
OTHER_LANGUAGES = [language for language in LANGUAGES if language != "en"]

# Words of Latin letters that are written so in Korean too: names, and how one types commands.
LATIN_IN_KOREAN = {"heed", "english", "türkçe", "telegram", "cases", "claim", "gif"}
LATIN_KEYS = ("settings.language_name.",)
# What people write, not what Heed says: each language has its own ways, and as many as it has.
HEARD = re.compile(r"\.phrases\[\d+\]$")
# Pieces of a line that may be empty, and the line of a persona that the (English) prompt is given.
FRAGMENTS = ("danger.how.", "danger.hours.")
PROMPT_LINE = re.compile(r"^personas\..*\.style$")


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Each sentence with its dotted key; an item of a list is `key[3]`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{key}[{number}]")
    else:
        yield key, value


def _sentences(language: str, stem: str) -> dict[str, Any]:
    leaves = _leaves(_load(HERE / language / f"{stem}.yaml"), stem)
    return {key: sentence for key, sentence in leaves if not HEARD.search(key) and not PROMPT_LINE.search(key)}


def _placeholders(sentence: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]


def _named_for_a_button(key: str) -> bool:
    steps = key.split(".")
    return any(step == "button" or step.startswith("button_") for step in steps) or key in {
        "country.more",
        "country.back",
    }


def test_there_is_a_words_file_to_look_at_in_every_language() -> None:
    assert {path.parent.name for path in FILES} == set(LANGUAGES)
    assert {"start", "help", "settings", "turn"} <= set(STEMS)


@pytest.mark.parametrize("stem", STEMS)
def test_every_language_has_the_file(stem: str) -> None:
    missing = [language for language in LANGUAGES if not (HERE / language / f"{stem}.yaml").is_file()]
    assert missing == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_keys_are_words_and_every_value_is_a_sentence(path: Path) -> None:
    def look(value: Any, key: str) -> None:
        if isinstance(value, dict):
            assert value, f"{key} is empty"
            for name, inner in value.items():
                # `on:` and `no:` without quotes are booleans in YAML 1.1
                assert isinstance(name, str), f"{key}: the key {name!r} needs quotes"
                look(inner, f"{key}.{name}")
        elif isinstance(value, list):
            assert value, f"{key} is an empty list"
            for inner in value:
                look(inner, key)
        else:
            assert isinstance(value, str), f"{key}: {value!r} needs quotes"
            visible = [letter for letter in value if unicodedata.category(letter)[0] not in "ZC"]
            assert visible or key.startswith(FRAGMENTS), f"{key} says nothing"

    look(_load(path), path.stem)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
@pytest.mark.parametrize("stem", STEMS)
def test_every_language_has_the_same_keys_and_as_many_variants(language: str, stem: str) -> None:
    assert list(_sentences(language, stem)) == list(_sentences("en", stem))


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
@pytest.mark.parametrize("stem", STEMS)
def test_every_language_fills_the_same_placeholders(language: str, stem: str) -> None:
    there = _sentences(language, stem)
    for key, sentence in _sentences("en", stem).items():
        assert set(_placeholders(there[key])) == set(_placeholders(sentence)), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_placeholders_are_plain_names_and_none_is_left_when_they_are_filled(path: Path) -> None:
    for key, sentence in _leaves(_load(path), path.stem):
        names = _placeholders(sentence)
        assert all(re.fullmatch(r"[a-z_]+", name) for name in names), key
        filled = sentence.format(**dict.fromkeys(names, "7"))
        assert not re.search(r"[{}<>]|%\(|%s|\$\w", filled), f"{key} holds the mark of a placeholder"
        assert not re.search(r"\b(TODO|FIXME|XXX|lorem)\b", filled), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_list_holds_no_placeholders_because_variants_are_said_as_they_stand(path: Path) -> None:
    for key, sentence in _leaves(_load(path), path.stem):
        if "[" in key:
            assert _placeholders(sentence) == [], key


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_is_longer_than_telegram_takes(path: Path) -> None:
    for key, sentence in _leaves(_load(path), path.stem):
        assert len(sentence) <= TELEGRAM_TEXT // 2, key  # leaves room for what fills the placeholders
        if _named_for_a_button(key):
            assert len(sentence.strip()) <= BUTTON, key
        if key.startswith("commands."):
            assert len(sentence.strip()) <= COMMAND, key


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sentence_carries_no_markup_that_telegram_would_show_as_it_is(path: Path) -> None:
    for key, sentence in _leaves(_load(path), path.stem):
        assert not re.search(r"\*\*|__|``|\]\(|</?[a-z]+>", sentence), key


@pytest.mark.parametrize("stem", STEMS)
def test_korean_is_written_in_korean(stem: str) -> None:
    english = _sentences("en", stem)
    for key, sentence in _sentences("ko", stem).items():
        plain = re.sub(r"\{\w+\}|/\w+|https?://\S+|[\w.+-]+@[\w.-]+", " ", sentence)
        words = {word.lower() for word in re.findall(r"[^\W\d_]+", plain) if word[0].isascii()}
        words = {re.sub(r"[가-힣]+$", "", word) for word in words}  # a particle hangs on a name
        if key.startswith(LATIN_KEYS) or not re.search(r"[A-Za-z]{2}", plain):
            continue
        if not re.search(r"[가-힣]", plain):
            assert words <= LATIN_IN_KOREAN, f"{key} is not in Korean"
        if len(sentence) > BUTTON:
            assert sentence != english[key], f"{key} was not translated"


@pytest.mark.parametrize("stem", STEMS)
def test_turkish_was_translated(stem: str) -> None:
    english = _sentences("en", stem)
    for key, sentence in _sentences("tr", stem).items():
        if len(sentence) > BUTTON and re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", sentence)):
            assert sentence != english[key], f"{key} was not translated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stem", STEMS)
def test_no_variant_is_listed_twice(language: str, stem: str) -> None:
    seen: set[tuple[str, str]] = set()
    for key, sentence in _sentences(language, stem).items():
        if "[" in key:
            place = (key.split("[")[0], sentence.strip())
            assert place not in seen, key
            seen.add(place)


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_that_are_compared_with_what_people_write_are_lower_case_and_bare(language: str) -> None:
    phrases = _load(HERE / language / "forget.yaml")["phrases"]
    assert len(phrases) >= 6
    for phrase in phrases:
        assert phrase == phrase.lower()
        assert not [letter for letter in phrase if unicodedata.category(letter)[0] == "P"], phrase


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_introduction_says_all_that_a_person_must_know_first(language: str) -> None:
    musts = {
        "en": ("program", "not a therapist", "estimate", "encrypted", "emergency", "/help", "/settings"),
        "ko": ("프로그램", "상담사도 아닌", "짐작", "암호화", "긴급전화", "/help", "/settings"),
        "tr": ("program", "terapist değilim", "tahmin", "şifreli", "acil yardım", "/help", "/settings"),
    }
    start = _load(HERE / language / "start.yaml")
    for must in musts[language]:
        assert must in start["introduction"], must
    assert sorted(_placeholders(start["introduction"])) == ["hours", "min_age"]
    assert sorted(_placeholders(start["welcome"])) == ["hours", "min_age"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_could_not_be_written_still_says_where_help_is(language: str) -> None:
    emergency = {"en": "emergency number", "ko": "긴급전화", "tr": "acil yardım numarası"}[language]
    for sentence in _load(HERE / language / "turn.yaml")["dead"]:
        assert emergency in sentence
        assert "/country" in sentence
