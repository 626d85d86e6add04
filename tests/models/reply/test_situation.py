"""What a message is about is told in three languages, whatever the ending of a word."""

import pytest

from models.reply.phrase import by_situation
from models.reply.situation import UNKNOWN, situation_of
from models.reply.stems import similarity, stem
from models.words import LANGUAGES, Language, variants

ABOUT: list[tuple[Language, str, str]] = [
    ("en", "My grandmother passed away on Sunday", "loss"),
    ("en", "we had to put our old cat to sleep", "pet_loss"),
    ("en", "he broke up with me", "breakup"),
    ("en", "I failed my exam", "exam"),
    ("en", "my boss keeps piling work on me", "work"),
    ("en", "they laid me off yesterday", "job_loss"),
    ("en", "I can't sleep at all", "sleep"),
    ("en", "I'm so lonely", "lonely"),
    ("en", "I got the job!", "good_news"),
    ("en", "I can't pay the rent", "money"),
    ("en", "should I stay or leave", "decision"),
    ("ko", "할머니가 돌아가셨어요", "loss"),
    ("ko", "우리 강아지가 무지개다리를 건넜어요", "pet_loss"),
    ("ko", "남자친구랑 헤어졌어요", "breakup"),
    ("ko", "시험을 망쳐서 부모님께 말을 못 하겠어요", "exam"),
    ("ko", "팀장님이 매일 야근을 시켜요", "work"),
    ("ko", "요즘 잠이 안 와요", "sleep"),
    ("ko", "너무 외로워요", "lonely"),
    ("ko", "드디어 합격했어요!", "good_news"),
    ("ko", "월세 낼 돈이 없어요", "money"),
    ("ko", "아무것도 하기 싫고 무기력해요", "empty"),
    ("tr", "dedem dün vefat etti", "loss"),
    ("tr", "kedimiz öldü", "pet_loss"),
    ("tr", "sevgilimden ayrıldım", "breakup"),
    ("tr", "Sınavdan kaldım, aileme söyleyemiyorum", "exam"),
    ("tr", "patronum beni herkesin önünde azarladı", "scolded"),
    ("en", "my boss yelled at me in front of the team", "scolded"),
    ("tr", "patronum her gün fazla mesaiye bırakıyor", "work"),
    ("tr", "geceleri uyuyamıyorum", "sleep"),
    ("tr", "çok yalnızım", "lonely"),
    ("tr", "işi aldım, çok mutluyum!", "good_news"),
    ("tr", "kirayı ödeyemiyorum", "money"),
    ("tr", "kendimi bomboş hissediyorum, hiçbir şeyin anlamı yok", "empty"),
]


@pytest.mark.parametrize(("language", "text", "name"), ABOUT)
def test_a_message_is_about_what_it_says(language: Language, text: str, name: str) -> None:
    assert situation_of(text, language).name == name


def test_a_bare_answer_is_about_what_came_before() -> None:
    found = situation_of("yes, since May", "en", ["my dog died", "every evening"])
    assert found.name == "pet_loss"
    assert found.carried
    assert situation_of("yes, since May", "en").name == UNKNOWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_answers_in_one_conversation_are_all_different(language: Language) -> None:
    asked = {"en": "I failed my exam", "ko": "시험에 떨어졌어요", "tr": "sınavdan kaldım"}[language]
    said: list[str] = []
    for seed in range(40):
        said.append(by_situation(asked, language, seed=seed, said=said))
    assert len(set(said)) == 40


def test_no_sentence_comes_twice_while_another_is_left() -> None:
    said: list[str] = []
    heard = variants("en", "situations.exam.hear")
    for seed in range(len(heard)):
        said.append(by_situation("I failed my exam", "en", seed=seed, said=said))
    assert sum(sentence in "\n".join(said) for sentence in heard) == len(heard)


def test_stems_join_the_forms_of_a_word() -> None:
    assert stem("exams", "en") == stem("exam", "en")
    assert stem("sınavdan", "tr") == stem("sınavı", "tr")
    assert stem("친구에게", "ko") == stem("친구는", "ko")


def test_similar_answers_count_as_similar_and_others_do_not() -> None:
    assert similarity("What do you miss most?", "What do you miss the most?", "en") > 0.7
    assert similarity("What do you miss most?", "How did they tell you?", "en") < 0.3


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("my boss praised me in front of everyone today", "en", "good_news"),
        ("nobody thanked me for staying late at work", "en", "work"),
        ("부장님이 오늘 모두 앞에서 칭찬해 주셨어요", "ko", "good_news"),
        ("müdür beni herkesin önünde övdü", "tr", "good_news"),
    ],
)
def test_praise_at_work_is_good_news_and_no_burden(text: str, language: Language, expected: str) -> None:
    assert situation_of(text, language).name == expected
