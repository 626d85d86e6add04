"""How a reply comes about, from the request to the record of its decisions."""

import re
from collections.abc import Sequence

import pytest

from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling, Modality
from models.reply.composer import Composer
from models.reply.engine import ChatMessage, Completion, EngineUnavailable
from models.reply.engines.inprocess import InProcessEngine
from models.reply.request import Exchange, Reply, Request
from models.words import LANGUAGES, Language, variants

GOOD = (
    "So the exam went wrong, and telling your parents seems to weigh almost as much as that. What do you fear most?"
)
BAD = "As a therapist I think you have depression. You must tell your parents."
CANARY = "zebrafinch in the cellar"


class Scripted(InProcessEngine):
    """Writes what the test says, in order."""

    def __init__(self, *texts: str, mended: bool = False, languages: frozenset[Language] = frozenset({"en"})) -> None:
        self.texts = list(texts)
        self.prompts: list[tuple[ChatMessage, ...]] = []
        self.seeds: list[int] = []
        self._mended = mended
        self._languages = languages

    @property
    def mended(self) -> bool:
        return self._mended

    @property
    def languages(self) -> frozenset[Language]:
        return self._languages

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        self.prompts.append(tuple(messages))
        self.seeds.append(seed)
        return Completion(self.texts.pop(0), 100, 20, 0.1)


class Gone(InProcessEngine):
    def generate(self, *given: object, **named: object) -> Completion:  # type: ignore[override]
        raise EngineUnavailable("the reply server cannot be reached")


def _asked(text: str = "I failed my exam and I don't dare tell my parents", **more: object) -> Request:
    return Request("en", (text,), **more)  # type: ignore[arg-type]


def _names(reply: Reply, *, failed: bool) -> set[str]:
    return {decision.name for decision in reply.decisions if decision.passed is not failed}


def test_the_first_candidate_that_passes_is_the_answer() -> None:
    engine = Scripted(GOOD, "never asked for")
    reply = Composer(engine).compose(_asked())
    assert (reply.text, reply.source, reply.candidates, reply.tokens) == (GOOD, "model", 1, 20)
    assert reply.model == "inprocess-1"


def test_a_candidate_that_may_not_be_sent_is_followed_by_another_with_another_seed() -> None:
    engine = Scripted(BAD, GOOD)
    reply = Composer(engine).compose(_asked())
    assert reply.text == GOOD
    assert reply.candidates == 2
    assert {"guard:human", "guard:diagnosis", "guard:orders"} <= _names(reply, failed=True)
    assert len(set(engine.seeds)) == 2


def test_where_no_candidate_passes_a_reviewed_sentence_answers() -> None:
    reply = Composer(Scripted(BAD, BAD, BAD), candidates=3).compose(_asked())
    assert reply.source == "fallback"
    assert reply.candidates == 3
    assert any(heard in reply.text for heard in variants("en", "situations.exam.hear"))


def test_of_a_small_model_the_good_sentence_is_kept_and_the_bad_one_dropped() -> None:
    engine = Scripted("You didn't dare tell your parents about the exam. You should see a therapist.", mended=True)
    reply = Composer(engine).compose(_asked())
    assert reply.source == "model"
    assert reply.text.startswith("You didn't dare tell your parents about the exam.")
    assert "therapist" not in reply.text
    assert reply.candidates == 1


def test_what_a_small_model_claims_without_ground_is_cut_off() -> None:
    engine = Scripted("You had a fight about the house, and now it's time to forgive her.", mended=True)
    reply = Composer(engine).compose(_asked("I had a fight with my sister about our dad's house"))
    assert reply.text.startswith("So you had a fight about the house.")
    assert "forgive" not in reply.text


def test_bright_words_never_answer_bad_news() -> None:
    engine = Scripted(*["Your dog died, how exciting and fun for you."] * 4, mended=True)
    reply = Composer(engine).compose(_asked("my dog died yesterday"))
    assert "fun" not in reply.text


def test_an_intent_is_answered_without_a_model() -> None:
    engine = Scripted()
    reply = Composer(engine).compose(_asked("are you a real person?"))
    assert reply.source == "intent:human"
    assert reply.candidates == 0
    assert reply.text in variants("en", "intents.human")


def test_a_language_the_engine_does_not_speak_is_answered_by_reviewed_phrases() -> None:
    reply = Composer(Scripted()).compose(Request("ko", ("시험에 떨어졌어요",)))
    assert reply.source == "phrase"
    assert any(heard in reply.text for heard in variants("ko", "situations.exam.hear"))


def test_who_writes_in_another_language_than_their_setting_is_answered_in_it() -> None:
    composer = Composer(Scripted(GOOD))
    assert any(part in composer.compose(_asked("시험에 떨어져서 너무 속상해요")).text for part in "요다")
    turkish = composer.compose(_asked("sınavdan kaldım ve bunu aileme nasıl söyleyeceğimi bilmiyorum"))
    assert any(heard in turkish.text for heard in variants("tr", "situations.exam.hear"))
    english = Request("ko", ("I failed my exam and I don't dare tell my parents",))
    assert composer.compose(english).text == GOOD


def test_somebody_known_to_be_young_is_not_answered_by_a_model() -> None:
    reply = Composer(Scripted()).compose(_asked(minor=True))
    assert reply.source == "phrase"
    assert reply.minor


def test_an_age_under_the_least_is_signalled() -> None:
    reply = Composer(Scripted()).compose(_asked("I'm 14 and I hate school"))
    assert (reply.source, reply.minor) == ("intent:minor", True)


def test_an_engine_that_is_gone_is_said_so_and_a_reviewed_sentence_can_stand_in() -> None:
    composer = Composer(Gone())
    with pytest.raises(EngineUnavailable):
        composer.compose(_asked())
    assert composer.compose(_asked(), without_model=True).source == "fallback"


def test_who_waited_for_long_is_apologised_to_first() -> None:
    reply = Composer(Scripted(GOOD)).compose(_asked(late=True))
    assert reply.text.endswith(GOOD)
    assert any(reply.text.startswith(sentence) for sentence in variants("en", "reply.late"))


def test_an_answer_of_this_conversation_is_not_given_again() -> None:
    reply = Composer(Scripted(GOOD, GOOD, GOOD, GOOD)).compose(_asked(said=(GOOD,)))
    assert reply.source == "fallback"
    assert "guard:repetition" in _names(reply, failed=True)


def test_a_sample_of_the_prompt_is_never_given_as_an_answer() -> None:
    from models.reply.prompt import sample_answers

    reply = Composer(Scripted(*sample_answers()[:4])).compose(_asked())
    assert reply.text not in sample_answers()


def test_several_messages_are_answered_as_one() -> None:
    engine = Scripted(GOOD)
    Composer(engine).compose(Request("en", ("I failed my exam", "and I don't dare", "tell my parents")))
    assert "I failed my exam\nand I don't dare\ntell my parents" in engine.prompts[0][-1].content


def _estimate(feeling: Feeling, modality: Modality = "text") -> Estimate:
    return Estimate(modality, "t", {each: 0.7 if each == feeling else 0.05 for each in FEELINGS}, -0.5, 0.4)


def test_a_different_estimate_leads_to_a_different_reply() -> None:
    composer = Composer(InProcessEngine())
    for language, text in (("en", "it happened again today"), ("ko", "오늘 또 그랬어요"), ("tr", "bugün yine oldu")):
        answers = {
            composer.compose(Request(language, (text,), estimate=_estimate(feeling)), without_model=True).text
            for feeling in ("anger", "sadness", "fear")
        }
        assert len(answers) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_words_are_answered_otherwise_in_a_tense_and_in_a_calm_voice(language: Language) -> None:
    words = {"en": "it happened again today", "ko": "오늘 또 그랬어요", "tr": "bugün yine oldu"}[language]
    composer = Composer(InProcessEngine())
    for seed in range(8):
        tense, calm = (
            composer.compose(Request(language, (words,), estimate=_estimate(feeling, "voice"), seed=seed)).text
            for feeling in ("fear", "neutral")
        )
        assert any(guess in tense for guess in variants(language, "reply.heard.fear")), tense
        assert not any(guess in calm for guess in variants(language, "reply.heard.fear")), calm


def test_a_small_model_is_helped_to_name_what_was_guessed_as_a_guess() -> None:
    replies = {}
    for feeling in ("fear", "neutral"):
        engine = Scripted("You didn't dare tell your parents about the exam.", mended=True)
        reply = Composer(engine).compose(_asked(estimate=_estimate(feeling, "voice")))
        assert reply.source == "model"
        replies[feeling] = reply.text
    assert any(guess in replies["fear"] for guess in variants("en", "reply.heard.fear"))
    assert not any(guess in replies["neutral"] for guess in variants("en", "reply.heard.fear"))


def test_a_guess_is_named_in_each_of_its_wordings_once_and_then_no_more() -> None:
    said: list[str] = []
    for seed in range(5):
        request = _asked("it happened again", estimate=_estimate("sadness"), said=tuple(said), seed=seed)
        said.append(Composer(InProcessEngine()).compose(request, without_model=True).text)
    named = [guess for text in said for guess in variants("en", "reply.feel.sadness") if guess in text]
    assert sorted(named) == sorted(variants("en", "reply.feel.sadness"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guess_is_hedged_and_asks_nothing(language: Language) -> None:
    hedged = {
        "en": r"may|perhaps|maybe|seem|sounds? (as|a|rather)|reads as if|as if",
        "ko": r"것 같|수도|처럼|듯|까 싶|모르겠|혹시|아니라면",
        "tr": r"belki|gibi|yanıl|yanlış|olabilir",
    }[language]
    for kind in ("feel", "heard"):
        for feeling in FEELINGS:
            for guess in variants(language, f"reply.{kind}.{feeling}") if feeling != "neutral" else ():
                assert re.search(hedged, guess.lower()), guess
                assert "?" not in guess


def test_the_same_request_gets_the_same_reply() -> None:
    composer = Composer(InProcessEngine())
    assert composer.compose(_asked(seed=5)).text == composer.compose(_asked(seed=5)).text


def test_a_long_talk_with_the_in_process_engine_repeats_no_answer() -> None:
    composer, said = Composer(InProcessEngine()), list[str]()
    for seed in range(25):
        said.append(composer.compose(_asked(f"and the exam, part {seed}", said=tuple(said), seed=seed)).text)
    assert len(set(said)) == 25


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "a" * 5000, "😭" * 300, "\u202etxet", "?!", "\x00\x01", "شكرا جزيلا لك", "12345"]
)
def test_every_input_gets_an_answer(text: str) -> None:
    for language in ("en", "ko", "tr"):
        reply = Composer(InProcessEngine()).compose(Request(language, (text,)))  # type: ignore[arg-type]
        assert reply.text.strip()


def test_what_was_said_is_masked_when_anything_is_printed() -> None:
    request = Request("en", (CANARY,), history=(Exchange(CANARY, CANARY),), said=(CANARY,))
    reply = Composer(Scripted(f"So your {CANARY} is what this is about, it seems.")).compose(request)
    assert CANARY not in repr(request)
    assert "zebrafinch" not in repr(reply)


def test_a_composer_asks_for_at_least_one_candidate() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Composer(InProcessEngine(), candidates=0)
