"""The phrases that Heed itself tells people to write."""

import pytest

from bot.telegram.handlers.text import phrase
from models import danger
from models.words import LANGUAGES, Language, variants


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["forget.phrases", "help.phrases"])
def test_no_phrase_that_heed_asks_for_rings_the_alarm(language: Language, key: str) -> None:
    alarming = [words for words in variants(language, key) if danger.screen(words) is not None]
    assert alarming == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["forget.phrases", "help.phrases"])
def test_every_phrase_is_written_as_it_is_compared(language: Language, key: str) -> None:
    assert [words for words in variants(language, key) if phrase(words) != words] == []
    assert all(phrase(words.upper().replace("I", "i") + " !") for words in variants(language, key))
