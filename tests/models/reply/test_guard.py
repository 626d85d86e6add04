"""The guard holds back what may never be sent, and lets kind plain answers pass."""

import pytest

from models.reply.guard import judge, may_be_sent, rule_names
from models.words import LANGUAGES, Language, variants

ASKED = "I failed my exam and I don't dare tell my parents"

HELD: list[tuple[str, str]] = [
    ("human", "As a person, I can tell that this weighs on you."),
    ("human", "I'm a therapist, so you can tell me everything."),
    ("own_life", "When I was in school I failed exams too."),
    ("own_life", "My mother was like that as well."),
    ("own_life", "I know exactly how you feel about that exam."),
    ("diagnosis", "It sounds like you have depression after that exam."),
    ("diagnosis", "You may have an anxiety disorder."),
    ("medicine", "You could take some melatonin before the next exam."),
    ("medicine", "Start with 50 mg and see how it goes."),
    ("orders", "You must tell your parents tonight."),
    ("orders", "Don't worry about the exam so much."),
    ("orders", "Talk to your parents as soon as possible."),
    ("minimising", "It's just a test, others have it worse."),
    ("minimising", "Everything happens for a reason, you'll be fine."),
    ("promises", "I will always be here for you."),
    ("promises", "I'll call your parents for you."),
    ("love", "I love you and I miss you."),
    ("love", "You mean so much to me, sweetheart."),
    ("person_comment", "You are so beautiful, the exam does not matter."),
    ("person_comment", "At your age that is what exams are like."),
    ("harm", "Maybe it would help to hurt yourself a little."),
    ("harm", "People like that are better off dead."),
    ("contact", "There is help at www.example.org for students."),
    ("contact", "Call 0800 123 4567 for advice on exams."),
    ("form", "Here are steps:\n- tell them\n- study"),
    ("form", "**Tell them** about the exam, perhaps on Sunday."),
    ("form", "Heed: that exam sounds rough."),
    ("prompt", "As an AI language model I cannot judge your exam."),
    ("prompt", "Feeling, guessed from text: sadness. That exam sounds rough."),
    ("jargon", "Your feelings are valid, and it's important to process them."),
    ("jargon", "I'm sorry to hear that you failed."),
    ("one_question", "What happened? And what will you tell them?"),
    ("parroting", "I failed my exam and I don't dare tell my parents."),
    ("loop", "That exam sounds rough. That exam sounds rough."),
    ("whole", "That exam sounds rough and telling your parents"),
    ("language", "시험 때문에 많이 속상하셨겠어요."),
    ("language", "Sınav senin için çok zor geçmiş gibi."),
    ("length", "Rough."),
    ("length", "That exam sounds rough. " + "and so on it goes for quite a while " * 12 + "."),
]

PASSED = [
    "So the exam went wrong, and now your parents stand in front of you like a second one. What do you fear most?",
    "Not daring to tell them seems to weigh almost as much as the exam itself.",
    "You failed it, and it sounds as if you are alone with that so far.",
]


@pytest.mark.parametrize(("rule", "text"), HELD)
def test_what_may_never_be_sent_is_held_back_by_its_rule(rule: str, text: str) -> None:
    outcomes = {decision.name: decision.passed for decision in judge(text, "en", asked=ASKED)}
    assert outcomes[f"guard:{rule}"] is False


@pytest.mark.parametrize("text", PASSED)
def test_a_kind_plain_answer_passes(text: str) -> None:
    decisions = judge(text, "en", asked=ASKED)
    assert may_be_sent(decisions), [decision.name for decision in decisions if not decision.passed]


@pytest.mark.parametrize(
    ("language", "rule", "text"),
    [
        ("ko", "diagnosis", "우울증이 있으신 것 같아요."),
        ("ko", "medicine", "수면제를 드셔 보시는 건 어때요?"),
        ("ko", "promises", "언제나 곁에 있을게요. 걱정 마세요."),
        ("ko", "minimising", "시간이 지나면 다 괜찮아질 거예요."),
        ("ko", "human", "저도 사람이라 그 마음을 알아요. 저는 상담사예요."),
        ("tr", "diagnosis", "Sende depresyon var gibi görünüyor."),
        ("tr", "medicine", "Bu gece bir ilaç alsan iyi olur."),
        ("tr", "promises", "Ben her zaman yanında olacağım."),
        ("tr", "minimising", "Merak etme, her şey güzel olacak."),
        ("tr", "human", "Ben bir psikologum, bana güven."),
    ],
)
def test_the_guard_knows_korean_and_turkish(language: Language, rule: str, text: str) -> None:
    outcomes = {decision.name: decision.passed for decision in judge(text, language)}
    assert outcomes[f"guard:{rule}"] is False


def test_an_answer_like_one_given_before_is_held_back() -> None:
    before = "That exam sounds rough, and telling your parents seems even harder."
    again = "The exam sounds rough, and telling your parents seems even harder."
    outcomes = {decision.name: decision.passed for decision in judge(again, "en", asked=ASKED, said=[before])}
    assert outcomes["guard:repetition"] is False


def test_decisions_hold_names_and_numbers_and_no_words() -> None:
    printed = repr(judge("I'm a therapist and my canary sings.", "en", candidate=2))
    assert "canary" not in printed
    assert "guard:human" in printed
    assert len(rule_names()) > 15


OF_A_PHOTO: list[tuple[Language, str, str]] = [
    ("en", "beauty", "You have such lovely eyes in it."),
    ("en", "beauty", "What a cute selfie, thank you."),
    ("en", "age", "You must be in your thirties, going by the photo."),
    ("en", "age", "You look much younger than you feel."),
    ("en", "gender", "The woman in the photo seems calm."),
    ("en", "race", "You look korean to me in this one."),
    ("en", "health", "You look exhausted and a bit pale."),
    ("en", "identity", "I recognise you from the last picture."),
    ("en", "identity", "You look like a famous singer."),
    ("ko", "beauty", "사진이 정말 예쁘게 나오셨어요."),
    ("ko", "age", "나이보다 젊어 보이세요."),
    ("ko", "health", "많이 피곤해 보이시네요."),
    ("ko", "identity", "연예인을 닮으셨어요."),
    ("tr", "beauty", "Gözlerin bu fotoğrafta çok dikkat çekiyor."),
    ("tr", "age", "Olduğundan genç görünüyorsun."),
    ("tr", "gender", "Fotoğraftaki kadın sakin gibi."),
    ("tr", "health", "Biraz hasta görünüyorsun."),
    ("tr", "identity", "Bir oyuncuya çok benziyorsun."),
]


@pytest.mark.parametrize(("language", "about", "text"), OF_A_PHOTO)
def test_what_is_said_of_a_photo_is_never_about_the_person_who_is_in_it(
    language: Language, about: str, text: str
) -> None:
    outcomes = {decision.name: decision.passed for decision in judge(text, language)}
    assert outcomes["guard:person_comment"] is False, about


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reviewed_sentences_about_a_face_pass_the_guard(language: Language) -> None:
    feelings = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")
    keys = ["reply.photo.hear", "reply.photo.ask", *(f"reply.seen.{feeling}" for feeling in feelings)]
    for sentence in (sentence for key in keys for sentence in variants(language, key)):
        failed = [one.name for one in judge(sentence, language) if not one.passed]
        assert failed == [], sentence
