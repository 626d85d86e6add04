"""After a danger event reviewed phrases answer alone: gentle, present, fitting the reaction."""

import pytest

from models.reply.careful import careful_answer, reaction_of
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from models.reply.request import Request
from models.words import LANGUAGES, Language

REACTIONS: list[tuple[Language, str, str]] = [
    ("en", "thank you", "thanks"),
    ("en", "I'm fine, it was just a joke", "denial"),
    ("en", "I don't want to call anyone", "refusal"),
    ("en", "helplines don't help", "refusal"),
    ("en", "it hurts so much I can't do this", "pain"),
    ("en", "yeah", "short"),
    ("en", "what should I do?", "question"),
    ("en", "I called my sister, she is on her way", "reached"),
    ("en", "you're just a bot", "anger"),
    ("en", "The evening went by and the lamps came on in the street", "other"),
    ("ko", "고마워요", "thanks"),
    ("ko", "농담이었어요", "denial"),
    ("ko", "전화하기 싫어요", "refusal"),
    ("ko", "너무 아파요", "pain"),
    ("ko", "엄마한테 전화했어요", "reached"),
    ("ko", "너는 기계잖아", "anger"),
    ("tr", "teşekkür ederim", "thanks"),
    ("tr", "şaka yapıyordum", "denial"),
    ("tr", "kimseyle konuşmak istemiyorum", "refusal"),
    ("tr", "çok acıyor", "pain"),
    ("tr", "ablamı aradım, geliyor", "reached"),
    ("tr", "sen sadece bir robotsun", "anger"),
]


@pytest.mark.parametrize(("language", "text", "reaction"), REACTIONS)
def test_a_reaction_is_told(language: Language, text: str, reaction: str) -> None:
    assert reaction_of(text, language) == reaction


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_careful_answers_in_a_row_are_all_different(language: Language) -> None:
    said: list[str] = []
    for seed in range(10):
        said.append(careful_answer("…", language, seed=seed, said=said))
    assert len(set(said)) == 10


def test_no_engine_is_asked_in_careful_mode() -> None:
    class Forbidden(InProcessEngine):
        def generate(self, *given: object, **named: object) -> None:  # type: ignore[override]
            raise AssertionError("a model was asked in careful mode")

    for text in ("I love you", "it hurts", "thanks", "are you human?", "I'm 14"):
        reply = Composer(Forbidden()).compose(Request("en", (text,), mode="careful"))
        assert reply.source == "careful"
        assert reply.text


def test_an_age_told_in_careful_mode_is_signalled() -> None:
    assert Composer(InProcessEngine()).compose(Request("en", ("I'm 14",), mode="careful")).minor
