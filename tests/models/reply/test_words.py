"""The reviewed answers of the reply room: the same in three languages, and fit to be sent."""

from itertools import product
from typing import Any

import pytest
import yaml

from models import words
from models.reply.guard import judge
from models.reply.intents import intents
from models.reply.situation import situations
from models.words import LANGUAGES, Language, keys, variants

FILES = ("situations", "reply", "intents", "careful", "personas")


def _read(language: Language, file: str) -> Any:
    return yaml.safe_load((words.HERE / language / f"{file}.yaml").read_text(encoding="utf-8"))


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    return len(value) if isinstance(value, list) else "sentence"


@pytest.mark.parametrize("file", FILES)
def test_the_three_languages_hold_the_same_keys_and_as_many_variants(file: str) -> None:
    english = _shape(_read("en", file))
    assert _shape(_read("ko", file)) == english
    assert _shape(_read("tr", file)) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_situation_and_every_intent_has_reviewed_sentences(language: Language) -> None:
    assert set(keys(language, "situations")) == set(situations())
    assert set(keys(language, "intents")) == set(intents())
    assert len(situations()) > 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_put_together_for_a_situation_passes_the_guard(language: Language) -> None:
    stays = variants(language, "reply.stay")
    for situation in situations():
        heard = variants(language, f"situations.{situation}.hear")
        asks = variants(language, f"situations.{situation}.ask")
        assert len(heard) >= 4
        assert len(asks) >= 4
        for first, closing in product(heard, (*asks, *stays)):
            failed = [each.name for each in judge(f"{first} {closing}", language) if not each.passed]
            assert not failed, f"{language} {situation}: {failed}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_careful_answer_passes_the_guard(language: Language) -> None:
    written = _read(language, "careful")
    near, stay = written["near"], written["stay"]
    for reactions in written["react"].values():
        for parts in product(reactions, near, stay[:1]):
            failed = [each.name for each in judge(" ".join(parts), language) if not each.passed]
            assert failed in ([], ["guard:harm"]), f"{language}: {failed}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_intent_answer_holds_an_address_a_number_or_markup(language: Language) -> None:
    for name in intents():
        answers = variants(language, f"intents.{name}")
        assert len(answers) >= 3
        for each in answers:
            outcomes = {decision.name: decision.passed for decision in judge(each, language)}
            wanted = ("contact", "form", "language", "one_question", "length", "harm", "human", "minimising")
            assert all(outcomes[f"guard:{rule}"] for rule in wanted), f"{language} {name}"
