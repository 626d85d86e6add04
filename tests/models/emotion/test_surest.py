"""Of several estimates of one moment, one counts: the surest that says something."""

from models.emotion.estimate import Estimate, guess_in, in_prompt
from models.emotion.labels import FEELINGS, MODALITIES
from models.emotion.surest import surest
from tests.rig.readers import estimate_of

UNSURE = Estimate("voice", "t", abstained="unsure")
SHORT = Estimate("text", "t", abstained="no words")


def test_the_surest_counts_whatever_it_was_read_from() -> None:
    voice, text = estimate_of("voice", "fear", 0.6), estimate_of("text", "sadness", 0.8)
    assert surest([voice, text]) is text
    assert surest([estimate_of("voice", "fear", 0.9), text]).feeling == "fear"  # type: ignore[union-attr]


def test_being_sure_that_nothing_stirs_counts_like_any_other_sureness() -> None:
    calm, worried = estimate_of("voice", "neutral", 0.9), estimate_of("text", "fear", 0.5)
    assert surest([calm, worried]) is calm


def test_of_two_equally_sure_ones_the_first_counts() -> None:
    voice, text = estimate_of("voice", "fear", 0.6), estimate_of("text", "sadness", 0.6)
    assert surest([voice, text]) is voice
    assert surest([text, voice]) is text


def test_an_abstention_counts_only_where_nothing_else_was_said() -> None:
    text = estimate_of("text", "sadness", 0.2)
    assert surest([UNSURE, text]) is text
    assert surest([UNSURE, SHORT]) is UNSURE
    assert in_prompt(surest([UNSURE])) == "Feeling: unclear; name none."


def test_of_nothing_there_is_no_estimate() -> None:
    assert surest([]) is None


def test_what_stands_in_a_prompt_can_be_read_out_of_it_again() -> None:
    for modality in MODALITIES:
        for feeling in FEELINGS:
            estimate = estimate_of(modality, feeling)
            assert guess_in(f"[{in_prompt(estimate)}]\nwords") == estimate.guess
    assert estimate_of("voice", "neutral").guess is None
    assert guess_in(f"[{in_prompt(UNSURE)}]\nwords") is None
    assert guess_in("Feeling, guessed from tea leaves, may be wrong: anger") is None
