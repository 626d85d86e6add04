"""Sentences of a candidate that make no sense as an answer are dropped one by one."""

from models.reply.sense import supported


def test_a_sentence_that_makes_the_person_a_thing_is_dropped() -> None:
    asked = "work is so boring i could scream"
    assert supported("You work is so boring that you could scream.", "en", asked=asked) == ""
    assert supported("You could scream, work is so boring.", "en", asked=asked) != ""
