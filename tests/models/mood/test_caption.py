"""The course in words: tentative, of the data, and the same in three languages."""

from datetime import UTC, timedelta, timezone

import pytest

from models.emotion.labels import FEELINGS, Feeling
from models.mood.caption import caption, sentence
from models.mood.moment import Moment, Span
from models.mood.zones import zone_of
from models.words import LANGUAGES, Language, say
from tests.models.mood.moments import UNTIL, moment, torn


def said(moments: list[Moment], span: Span = "week", language: Language = "en") -> str:
    return sentence(moments, span, language, UTC, UNTIL)


def test_one_feeling_is_named_alone() -> None:
    assert said([moment(h) for h in (3, 30, 60)]) == "You seemed mostly calm."


def test_a_second_feeling_is_named_with_the_one_day_it_was_seen() -> None:
    course = [moment(h) for h in (3, 30, 60, 100)] + [moment(5 * 24, "sadness"), moment(5 * 24 + 2, "sadness")]
    assert said(course) == "You seemed mostly calm, with some sadness on Tuesday."
    assert said(course, "month") == "You seemed mostly calm, with some sadness on 17 November."


def test_the_day_a_week_ago_is_not_taken_for_today_which_bears_its_name() -> None:
    course = [moment(h) for h in (3, 30, 60, 100)] + [moment(7 * 24 - 1, "sadness")]
    assert said(course) == "You seemed mostly calm, with some sadness on 15 November."
    assert said([*course[:-1], moment(1, "sadness")]) == "You seemed mostly calm, with some sadness on Sunday."


def test_of_a_day_the_part_is_named() -> None:
    assert said([moment(1), moment(2), moment(3), moment(7, "fear")], "day") == (
        "You seemed mostly calm, with some worry in the morning."
    )


def test_a_feeling_of_several_days_is_named_without_a_day() -> None:
    course = [moment(h) for h in (3, 30, 60, 100)] + [moment(48, "sadness"), moment(120, "sadness")]
    assert said(course) == "You seemed mostly calm, with some sadness."


def test_what_was_seen_once_among_many_is_not_made_much_of() -> None:
    assert said([moment(h / 2) for h in range(30)] + [moment(100, "anger")]) == "You seemed mostly calm."


def test_where_nothing_prevails_two_are_named_as_equals() -> None:
    course = [moment(h, "sadness") for h in (3, 30)] + [moment(h, "happiness") for h in (4, 50)] + [moment(9)]
    assert said(course) == "Your feelings seemed mixed, above all sadness and happiness."


def test_the_day_is_that_of_the_zone() -> None:
    course = [moment(h) for h in (40, 41, 42)] + [moment(20, "fear")]  # Saturday, 20:20 in UTC
    assert said(course).endswith("on Saturday.")
    assert sentence(course, "week", "en", timezone(timedelta(hours=9)), UNTIL).endswith("on Sunday.")


def test_what_is_unsure_or_torn_is_not_named() -> None:
    assert said([moment(h, "fear", sure=0.3) for h in (1, 2, 3)]) == say("en", "mood.course.unclear")
    assert said([torn(1), torn(2), torn(3)]) == say("en", "mood.course.unclear")
    assert said([torn(1), torn(2), moment(3, "fear")]) == "You seemed mostly worried."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feeling", FEELINGS)
def test_every_feeling_has_its_word(language: Language, feeling: Feeling) -> None:
    other: Feeling = "sadness" if feeling != "sadness" else "fear"
    course = [moment(h, feeling) for h in (1, 2, 3)] + [moment(60, other)]
    words = said(course, language=language)
    assert say(language, f"mood.mainly.{feeling}") in words
    assert say(language, f"mood.some.{other}") in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", [None, "US", "DE", "GB", "KR", "TR"])
def test_the_caption_says_on_what_it_rests_and_whose_clock_it_goes_by(
    language: Language, country: str | None
) -> None:
    clock, zone = zone_of(country)
    words = caption([moment(1), torn(2), moment(3)], "week", language, clock, zone, UNTIL)
    assert "2" in words.split("\n\n")[1]
    assert words.endswith(say(language, f"mood.clock.{'utc' if country in (None, 'US') else country}"))
    assert len(words) < 1024  # what Telegram takes
