"""The loader: what it gives, and what it says when there is nothing to give."""

import pytest

from models.words import LANGUAGES, Language, MissingWords, as_language, keys, say, variants


def test_a_sentence_is_found_by_its_path_and_filled() -> None:
    assert say("en", "country.saved", country="Peru") == "Saved. Your country: Peru"
    assert "48" in say("tr", "start.introduction", min_age=18, hours=48)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_called_on_is_a_word_and_not_a_truth_value(language: Language) -> None:
    for consent in ("diary", "readings", "team", "improve"):
        assert say(language, f"consent.{consent}.on")
        assert say(language, f"privacy.name.{consent}")
    assert "pause" in say(language, "pause.on")


def test_a_sentence_begins_and_ends_without_blank_lines() -> None:
    text = say("ko", "help.text")
    assert text == text.strip()


def test_variants_come_in_the_order_of_the_file() -> None:
    holding = variants("en", "turn.holding")
    assert len(holding) == 4
    assert holding[0].startswith("I'm still working")


def test_the_keys_of_a_file_are_its_first_level() -> None:
    assert keys("en", "consent") == ("diary", "readings", "team", "improve")


@pytest.mark.parametrize("key", ["nowhere.text", "start.nowhere", "start.introduction.deeper", "settings.button"])
def test_a_key_without_a_sentence_is_an_error_that_names_it(key: str) -> None:
    with pytest.raises(MissingWords, match=key.split(".")[0]):
        say("en", key)


def test_a_list_is_not_one_sentence_and_one_sentence_is_not_a_list() -> None:
    with pytest.raises(MissingWords, match="not one sentence"):
        say("en", "turn.holding")
    with pytest.raises(MissingWords, match="not a list"):
        variants("en", "new.done")


def test_a_missing_value_is_an_error_and_not_a_sentence_with_a_gap() -> None:
    with pytest.raises(KeyError, match="hours"):
        say("en", "start.introduction", min_age=18)


@pytest.mark.parametrize(
    ("code", "language"),
    [("ko-KR", "ko"), ("TR", "tr"), ("en_GB", "en"), ("kok", "en"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_a_language_tag_leads_to_the_nearest_language_of_words(code: str | None, language: str) -> None:
    assert as_language(code) == language
