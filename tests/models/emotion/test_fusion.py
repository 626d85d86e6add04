"""Several estimates of one moment become one, or a question."""

import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from models.emotion.estimate import DISAGREEMENT, Estimate, Guess, Torn, guess_in, in_prompt
from models.emotion.fusion.pool import SHAPE, Pool, UnreadablePool, load, save
from models.emotion.fusion.predict import HEADS, NOTHING, Fused, Fusion, fusion
from models.emotion.head import Card
from models.emotion.labels import FEELINGS, SOURCES, Modality
from models.weights.learned import Licence, learned
from tests.rig.readers import estimate_of

LICENCES: tuple[Licence, ...] = ("all", "open")
CANARY = "the canary sings at four"


@pytest.fixture(params=LICENCES)
def pools(request: pytest.FixtureRequest) -> Fusion:
    return fusion(request.param)


chances = some.lists(some.floats(0.01, 1.0), min_size=7, max_size=7)


@some.composite
def estimates(draw: some.DrawFn) -> Estimate:
    modality: Modality = draw(some.sampled_from(SOURCES))
    if draw(some.booleans()):
        return Estimate(modality, "drawn-1", abstained=draw(some.sampled_from(("unsure", "unfamiliar"))))
    shares = np.array(draw(chances))
    spread = dict(zip(FEELINGS, (float(each) for each in shares / shares.sum()), strict=True))
    return Estimate(modality, "drawn-1", spread)


def test_a_smile_with_sad_words_is_asked_about_and_not_told() -> None:
    fused = fusion("all").fuse([estimate_of("text", "sadness", 0.85), estimate_of("face", "happiness", 0.9)])
    assert (fused.estimate.modality, fused.estimate.abstained) == ("fused", DISAGREEMENT)
    assert fused.of == ("text", "face")
    assert fused.estimate.guess == Torn(("text", "face"))
    assert in_prompt(fused.estimate) == "Feeling: words and face say different things; ask, name none."


def test_the_open_pool_that_trusts_faces_little_is_made_less_sure_of_sad_words_by_a_smile() -> None:
    words = estimate_of("text", "sadness", 0.85)
    fused = fusion("open").fuse([words, estimate_of("face", "happiness", 0.9)]).estimate
    assert fused.abstained == DISAGREEMENT or fused.probabilities["sadness"] < 0.75
    assert fused.feeling != "happiness"


def test_angry_words_in_a_calm_voice_are_never_told_as_surely_as_the_words_alone(pools: Fusion) -> None:
    words = estimate_of("text", "anger", 0.85)
    fused = pools.fuse([words, estimate_of("voice", "neutral", 0.85)])
    if fused.estimate.abstained is None:
        assert fused.estimate.probabilities["anger"] < words.probabilities["anger"]
    else:
        assert fused.estimate.guess == Torn(("text", "voice"))


def test_words_that_say_nothing_of_feelings_contradict_no_face(pools: Fusion) -> None:
    fused = pools.fuse([estimate_of("text", "neutral", 0.8), estimate_of("face", "happiness", 0.9)])
    assert fused.estimate.abstained is None
    assert fused.estimate.feeling == "happiness"
    assert fused.estimate.probabilities["happiness"] < 0.9


@pytest.mark.parametrize("feeling", [each for each in FEELINGS if each != "neutral"])
def test_what_agrees_is_surer_together(pools: Fusion, feeling: str) -> None:
    alike = [estimate_of(source, feeling, 0.7) for source in SOURCES]  # type: ignore[arg-type]  # one of them
    together = pools.fuse(alike).estimate
    assert together.feeling == feeling
    assert together.probabilities[together.feeling] > 0.7


@pytest.mark.parametrize("source", SOURCES)
def test_one_estimate_alone_stays_what_it_is(pools: Fusion, source: Modality) -> None:
    alone = estimate_of(source, "fear", 0.6)
    silent = [Estimate(other, "other-1", abstained="unsure") for other in SOURCES if other != source]
    assert pools.fuse([alone]) == Fused(alone, (source,), f"{source} fear 0.60 -> fear 0.60")
    assert pools.fuse([*silent, alone]).estimate is alone


def test_several_pictures_count_as_one_face(pools: Fusion) -> None:
    faces = [estimate_of("face", "happiness", 0.9), estimate_of("face", "happiness", 0.5)]
    album = pools.fuse(faces)
    assert (album.estimate.modality, album.of) == ("face", ("face",))
    assert album.estimate.probabilities["happiness"] == pytest.approx(0.7)
    words = estimate_of("text", "happiness", 0.6)
    averaged = estimate_of("face", "happiness", 0.7)
    assert pools.fuse([words, *faces]).estimate.probabilities == pytest.approx(
        pools.fuse([words, averaged]).estimate.probabilities, abs=1e-5
    )


def test_where_nothing_was_read_the_reason_is_kept(pools: Fusion) -> None:
    short = Estimate("voice", "voice-1", abstained="too short")
    dark = Estimate("face", "face-1", abstained="unfamiliar")
    assert pools.fuse([short]).estimate == short
    both = pools.fuse([dark, short])
    assert (both.estimate.modality, both.estimate.abstained, both.of) == ("fused", "too short", ())
    assert both.estimate.guess is None
    assert in_prompt(both.estimate) == in_prompt(None)
    nothing = pools.fuse([])
    assert (nothing.estimate.abstained, nothing.line) == (NOTHING, "no estimate -> nothing")


@settings(max_examples=60, deadline=None)
@given(some.lists(estimates(), max_size=4))
def test_the_order_does_not_matter_and_chances_add_up(drawn: list[Estimate]) -> None:
    first = fusion("all").fuse(drawn)
    if first.estimate.abstained is None:
        assert sum(first.estimate.probabilities.values()) == pytest.approx(1, abs=1e-6)
    for other in permutations(drawn):
        again = fusion("all").fuse(other)
        assert (again.of, again.estimate.abstained) == (first.of, first.estimate.abstained)
        assert again.estimate.probabilities == pytest.approx(first.estimate.probabilities, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(some.lists(estimates(), min_size=1, max_size=5), some.sampled_from(SOURCES))
def test_what_is_missing_counts_as_little_as_what_abstained(drawn: list[Estimate], source: Modality) -> None:
    speaking = [each for each in drawn if each.abstained is None]
    if not speaking:
        return
    silent = Estimate(source, "silent-1", abstained="unsure")
    with_it, without = fusion("all").fuse([*speaking, silent]), fusion("all").fuse(speaking)
    assert (with_it.estimate, with_it.of) == (without.estimate, without.of)


@settings(max_examples=60, deadline=None)
@given(chances, chances)
def test_what_stands_where_nothing_was_read_has_no_part_in_it(said: list[float], hidden: list[float]) -> None:
    pool = fusion("all").pool
    rows = np.array([[said, hidden, said[::-1]], [said, said, said[::-1]]], np.float32)
    rows /= rows.sum(axis=-1, keepdims=True)
    counted = np.array([[True, False, True]] * 2)
    first, second = pool.pooled(rows, counted)
    np.testing.assert_array_equal(first, second)
    assert pool.apart(rows, counted)[0] == pool.apart(rows, counted)[1]


@settings(max_examples=100, deadline=None)
@given(some.lists(estimates(), max_size=4))
def test_the_line_for_the_log_holds_names_and_numbers_alone(drawn: list[Estimate]) -> None:
    line = fusion("all").fuse(drawn).line
    known = {*FEELINGS, *SOURCES, "unsure", "unfamiliar", "w", "strain", "no", "estimate", DISAGREEMENT, NOTHING}
    assert set(re.findall(r"[^\W\d]+", line)) <= known, line
    assert "\n" not in line


def test_the_line_says_how_it_came_about() -> None:
    hand = Fusion(HEADS / "all.npz")
    fused = hand.fuse([estimate_of("face", "happiness", 0.9), estimate_of("text", "sadness", 0.85)])
    assert re.fullmatch(
        r"text sadness 0\.85 w \d\.\d\d, face happiness 0\.90 w \d\.\d\d -> disagreement 0\.\d\d", fused.line
    )


def test_a_fused_estimate_printed_tells_nobody_how_somebody_feels(pools: Fusion) -> None:
    printed = repr(pools.fuse([estimate_of("text", "sadness"), estimate_of("face", "sadness")]))
    assert not any(feeling in printed for feeling in FEELINGS)


def test_what_is_fused_is_not_fused_again(pools: Fusion) -> None:
    with pytest.raises(ValueError, match="fused already"):
        pools.fuse([estimate_of("fused", "fear")])


def test_a_fused_estimate_says_of_what_it_is_and_a_prompt_reads_naturally() -> None:
    fused = estimate_of("fused", "sadness", 0.8)
    assert in_prompt(fused).startswith("Feeling, guessed from words, voice and face, may be wrong: sadness (likely)")
    assert guess_in(in_prompt(fused)) == Guess("sadness", SOURCES) == fused.guess
    with pytest.raises(ValueError, match="of what it is"):
        Estimate("fused", "pool-1", fused.probabilities)
    with pytest.raises(ValueError, match="of what it is"):
        Estimate("text", "text-1", fused.probabilities, of=("text",))


@pytest.mark.parametrize("of", [("text", "voice"), ("text", "face"), ("voice", "face"), SOURCES])
def test_a_disagreement_can_be_read_out_of_a_prompt_again(of: tuple[Modality, ...]) -> None:
    torn = Estimate("fused", "pool-1", abstained=DISAGREEMENT, of=of)
    assert guess_in(f"[{in_prompt(torn)}]\nwords") == torn.guess == Torn(of)
    assert guess_in("Feeling: tea leaves and stars say different things; ask, name none.") is None


def small_pool() -> Pool:
    """One that believes everybody alike."""
    even = np.full(SHAPE, 1 / len(FEELINGS), np.float32)
    return Pool(Card("small", "none", True, (), FEELINGS), even, even * 0, np.ones(3, np.float32), 1.0, 0.6)


def test_a_pool_is_what_was_saved(tmp_path: Path) -> None:
    save(small_pool(), tmp_path / "pool.npz")
    again = load(tmp_path / "pool.npz")
    assert (again.card, again.temperature, again.torn_from) == (small_pool().card, 1.0, 0.6)
    np.testing.assert_array_equal(again.usual, small_pool().usual)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 a broken one", CANARY.encode() * 40])
def test_a_broken_file_is_no_pool_and_the_error_says_so_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(UnreadablePool, match=r"broken\.npz") as raised:
        Fusion(tmp_path / "broken.npz")
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"usual": np.zeros((2, 7), np.float32)},
        {"doubt": np.full(SHAPE, np.nan, np.float32)},
        {"doubt": np.full(SHAPE, 1.5, np.float32)},
        {"temperature": 0.0},
    ],
)
def test_numbers_that_make_no_pool_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    save(replace(small_pool(), **wrong), tmp_path / "wrong.npz")
    with pytest.raises(UnreadablePool):
        load(tmp_path / "wrong.npz")


def test_both_pools_are_listed_with_their_terms() -> None:
    found = {each.path: each for each in learned() if each.path.startswith("emotion/fusion/")}
    assert set(found) == {"emotion/fusion/heads/all.npz", "emotion/fusion/heads/open.npz"}
    assert not found["emotion/fusion/heads/all.npz"].commercial
    assert found["emotion/fusion/heads/open.npz"].serves("open")
