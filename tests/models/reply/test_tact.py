"""A smile in a photo does not make glad what is heavy."""

import pytest

from models.emotion.labels import Feeling
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from models.reply.phrase import hearing, inviting
from models.reply.request import Exchange, Request
from models.words import Language, variants
from tests.rig.readers import estimate_of

GLAD = estimate_of("face", "happiness", 0.8)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "my grandmother died on Sunday"),
        ("en", "I feel so lonely these days"),
        ("ko", "할머니가 돌아가셨어요"),
        ("tr", "Anneannem pazar günü öldü"),
    ],
)
def test_nobody_who_writes_of_something_heavy_is_told_that_they_look_glad(language: Language, words: str) -> None:
    for seed in range(5):
        reply = Composer(InProcessEngine()).compose(
            Request(language=language, messages=(words,), estimate=GLAD, shown=True, seed=seed)
        )
        for kind in ("seen", "heard", "feel"):
            assert not any(each in reply.text for each in variants(language, f"reply.{kind}.happiness"))


def test_what_weighed_a_moment_ago_weighs_still() -> None:
    before = (Exchange("my dog died this morning", "I am sorry. What was he like?"),)
    request = Request(language="en", messages=("yes, since May",), history=before, estimate=GLAD, seed=1)
    text = Composer(InProcessEngine()).compose(request).text
    assert not any(each in text for each in variants("en", "reply.seen.happiness"))


def test_a_glad_face_is_named_where_nothing_speaks_against_it() -> None:
    texts = [
        Composer(InProcessEngine())
        .compose(Request(language="ko", messages=("오늘 친구들이랑 호수에 갔어요",), estimate=GLAD, seed=seed))
        .text
        for seed in range(3)
    ]
    assert all(any(each in text for each in variants("ko", "reply.seen.happiness")) for text in texts)


def test_sadness_is_named_beside_what_is_heavy() -> None:
    sad = estimate_of("face", "sadness", 0.8)
    request = Request(language="ko", messages=("할머니가 돌아가셨어요",), estimate=sad, seed=2)
    text = Composer(InProcessEngine()).compose(request).text
    assert any(each in text for each in variants("ko", "reply.seen.sadness"))


@pytest.mark.parametrize(
    ("language", "words", "feeling"),
    [
        ("ko", "우리 고양이랑 저예요", "neutral"),
        ("tr", "kedim ve ben", "sadness"),
        ("ko", "새 직장 첫날이에요", "happiness"),
        ("tr", "yeni işimde ilk gün", "happiness"),
    ],
)
def test_a_photo_under_which_little_is_said_is_answered_as_a_photo(
    language: Language, words: str, feeling: Feeling
) -> None:
    asked = Request(language=language, messages=(words,), estimate=estimate_of("face", feeling), shown=True, seed=4)
    text = Composer(InProcessEngine()).compose(asked, without_model=True).text
    assert any(each in text for each in variants(language, "reply.photo.hear"))
    unseen = Request(language=language, messages=(words,), estimate=estimate_of("face", feeling), seed=4)
    assert not any(
        each in Composer(InProcessEngine()).compose(unseen, without_model=True).text
        for each in variants(language, "reply.photo.hear")
    )


def test_few_words_that_name_what_a_photo_shows_are_left_to_no_model() -> None:
    asked = Request(language="en", messages=("my cat and me",), estimate=GLAD, shown=True, seed=3)
    reply = Composer(InProcessEngine()).compose(asked)
    assert reply.source == "photo"
    assert any(each in reply.text for each in variants("en", "reply.photo.ask"))


def test_nobody_glad_under_a_mere_topic_is_asked_for_the_worst_of_it() -> None:
    asked = Request(language="en", messages=("the first day at my new job",), estimate=GLAD, shown=True)
    for seed in range(6):
        assert inviting(asked, seed=seed) in variants("en", "reply.photo.ask")
        assert hearing(asked, seed=seed) in variants("en", "reply.photo.hear")
