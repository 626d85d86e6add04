"""Where words, voice and face say different things, an answer asks about it once and names no feeling."""

import pytest

from models.emotion.estimate import DISAGREEMENT, Estimate, in_prompt
from models.emotion.labels import FEELINGS, SOURCES, Modality
from models.reply.assemble import assemble
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from models.reply.guard import judge, may_be_sent
from models.reply.phrase import by_situation, of_photo
from models.reply.prompt import marked, person_text
from models.reply.request import Request
from models.words import LANGUAGES, Language, variants

PAIRS: list[tuple[Modality, ...]] = [("text", "voice"), ("text", "face"), ("voice", "face"), SOURCES]
SAID: dict[Language, str] = {
    "en": "My exam is tomorrow and I am fine.",
    "ko": "내일 시험인데 저는 괜찮아요.",
    "tr": "Yarın sınavım var ama iyiyim.",
}
EVERY: list[tuple[Language, tuple[Modality, ...]]] = [(language, of) for language in LANGUAGES for of in PAIRS]


def torn(of: tuple[Modality, ...]) -> Estimate:
    return Estimate("fused", "pool-1", abstained=DISAGREEMENT, of=of)


def asking(language: Language, of: tuple[Modality, ...]) -> tuple[str, ...]:
    return variants(language, f"reply.torn.{'_'.join(of) if len(of) == 2 else 'several'}")


def named(language: Language) -> list[str]:
    kinds = ("feel", "heard", "seen")
    feelings = [each for each in FEELINGS if each != "neutral"]
    return [each for kind in kinds for feeling in feelings for each in variants(language, f"reply.{kind}.{feeling}")]


@pytest.mark.parametrize(("language", "of"), EVERY)
def test_an_answer_of_reviewed_sentences_asks_and_names_nothing(language: Language, of: tuple[Modality, ...]) -> None:
    for seed in range(6):
        answer = by_situation(SAID[language], language, seed=seed, guess=torn(of).guess)
        assert sum(each in answer for each in asking(language, of)) == 1
        assert answer.count("?") == 1
        assert not any(each in answer for each in named(language))
        assert may_be_sent(judge(answer, language, asked=SAID[language]))


@pytest.mark.parametrize(("language", "of"), EVERY)
def test_every_such_question_may_be_sent(language: Language, of: tuple[Modality, ...]) -> None:
    for sentence in asking(language, of):
        assert sentence.endswith("?")
        assert may_be_sent(judge(sentence, language)), [each for each in judge(sentence, language) if not each.passed]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_asked_in_other_words_the_second_time_and_then_no_more(language: Language) -> None:
    of: tuple[Modality, ...] = ("text", "face")
    said: tuple[str, ...] = ()
    for _ in range(len(asking(language, of))):
        answer = by_situation(SAID[language], language, seed=3, said=said, guess=torn(of).guess)
        assert sum(each in answer for each in asking(language, of)) == 1
        assert not any(each in "\n".join(said) for each in asking(language, of) if each in answer)
        said = (*said, answer)
    last = by_situation(SAID[language], language, seed=3, said=said, guess=torn(of).guess)
    assert not any(each in last for each in asking(language, of))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photo_that_says_something_else_than_the_voice_is_asked_about(language: Language) -> None:
    request = Request(language, (), estimate=torn(("voice", "face")), shown=True, seed=4)
    answer = of_photo(request)
    assert sum(each in answer for each in asking(language, ("voice", "face"))) == 1
    assert answer.count("?") == 1


def test_what_a_model_writes_is_followed_by_that_one_question() -> None:
    request = Request("en", (SAID["en"],), estimate=torn(("text", "face")))
    mended = assemble("So your exam is tomorrow. What is the exam about?", request, seed=1)
    assert sum(each in mended.text for each in asking("en", ("text", "face"))) == 1
    assert mended.text.count("?") == 1


def test_the_composer_asks_through_the_prompt() -> None:
    composer = Composer(InProcessEngine())
    reply = composer.compose(Request("en", (SAID["en"],), estimate=torn(("text", "voice")), seed=2))
    assert reply.source == "model"
    assert sum(each in reply.text for each in asking("en", ("text", "voice"))) == 1


def test_the_line_about_it_is_no_part_of_what_the_person_wrote() -> None:
    estimate = torn(("voice", "face"))
    assert marked(estimate, "hello") == "[Feeling: voice and face say different things; ask, name none.]\nhello"
    assert person_text(marked(estimate, "hello")) == "hello"
    assert not may_be_sent(judge(in_prompt(estimate), "en"))
