"""What is said of a voice, and when nothing is said."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.emotion.head import Card, Doubt, UnreadableHead, load, save
from models.emotion.labels import FEELINGS
from models.emotion.voice import judged, learning, run
from models.emotion.voice.classes import CLASSES, EIGHT, SEVEN_OF_EIGHT, eight
from models.emotion.voice.predict import HEADS, Voice
from models.emotion.voice.train import HERE
from tests.models.emotion.conftest import small_head

Floats = NDArray[np.float32]
RATE = 16_000


@pytest.fixture
def reader(weights: Path) -> Voice:
    return Voice(weights)


def test_a_voice_gives_probabilities_valence_and_arousal(weights: Path, speechlike: Floats) -> None:
    estimate = Voice(weights, head=small_head()).read(speechlike)
    assert estimate.abstained is None
    assert sum(estimate.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert estimate.modality == "voice"


def test_silence_is_not_read(reader: Voice) -> None:
    assert reader.read(np.zeros(3 * RATE, np.float32)).abstained == "silence"


def test_an_empty_sound_is_not_read(reader: Voice) -> None:
    assert reader.read(np.zeros(0, np.float32)).abstained == "silence"


def test_less_than_a_second_of_speech_is_not_read(reader: Voice, speechlike: Floats) -> None:
    assert reader.read(speechlike[: RATE // 2]).abstained == "too short"


def test_half_a_second_of_speech_in_five_of_silence_is_not_read(reader: Voice, speechlike: Floats) -> None:
    padded = np.concatenate([np.zeros(2 * RATE, np.float32), speechlike[: RATE // 2], np.zeros(2 * RATE, np.float32)])
    assert reader.read(padded).abstained == "too short"


@pytest.mark.parametrize("kind", ["noise", "tone", "clicks"])
def test_what_is_no_voice_is_not_read(reader: Voice, kind: str) -> None:
    time = np.arange(4 * RATE) / RATE
    sounds = {
        "noise": np.random.default_rng(0).standard_normal(len(time)) * 0.1,
        "tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "clicks": (np.arange(len(time)) % 1_600 < 4) * 0.8,
    }
    assert reader.read(sounds[kind].astype(np.float32)).abstained is not None


def test_a_head_in_doubt_says_so(weights: Path, speechlike: Floats) -> None:
    assert Voice(weights, head=small_head(sure_from=0.999)).read(speechlike).abstained == "unsure"


def test_a_sound_unlike_the_training_sounds_is_called_unfamiliar(weights: Path, speechlike: Floats) -> None:
    assert Voice(weights, head=small_head(alike_to=1e-6)).read(speechlike).abstained == "unfamiliar"


def test_the_eight_classes_fold_into_the_seven_feelings() -> None:
    assert set(EIGHT.values()) == set(FEELINGS)
    np.testing.assert_array_equal(SEVEN_OF_EIGHT.sum(axis=1), np.ones(8))
    assert eight({"label": "calm", "label7": "neutral"}) == "calm"
    assert eight({"label": "Wut", "label7": "anger"}) == "angry"
    assert eight({"label": "boredom", "label7": ""}) is None


def material(speakers: int = 6, each: int = 24) -> learning.Material:
    """Eight separable classes spoken by `speakers`, each with an offset of its own."""
    chance = np.random.default_rng(1)
    labels = np.tile(np.arange(8), speakers * each // 8)
    names = np.repeat([f"speaker_{number}" for number in range(speakers)], each)
    middles = chance.standard_normal((8, 2_048)) * 0.12
    offsets = chance.standard_normal((speakers, 2_048)) * 0.5
    vectors = middles[labels] + np.repeat(offsets, each, axis=0) + chance.standard_normal((len(labels), 2_048))
    return learning.Material(
        vectors[:, None].astype(np.float32),
        labels,
        names,
        np.full(len(labels), "made"),
        np.ones(len(labels), np.bool_),
    )


def test_no_speaker_is_on_both_sides_of_a_fold() -> None:
    made = material()
    for train, test in learning.folds(made.speakers, 5):
        assert not set(made.speakers[train]) & set(made.speakers[test])


def test_a_learned_head_is_as_right_as_it_is_sure() -> None:
    plan = run.read(HERE / "train.yaml")
    made = material(12, 32)
    (said,) = judged.nested(made, plan)
    confidence, right = said.eight.max(axis=1), said.eight.argmax(axis=1) == made.labels
    assert right.mean() > 0.5
    assert abs(float(confidence.mean()) - float(right.mean())) < 0.1
    assert right[said.sure].mean() >= right.mean()
    assert 0.5 < said.sure.mean() < 0.97


def test_the_same_run_gives_the_same_head(tmp_path: Path) -> None:
    plan = run.read(HERE / "train.yaml")
    one, two = (learning.learn(material(), plan.recipe, Card("h", "l", False, (), CLASSES)) for _ in range(2))
    np.testing.assert_array_equal(one.weight, two.weight)
    assert one.temperature == two.temperature


def test_a_head_survives_being_written_and_read(tmp_path: Path) -> None:
    head, inputs = small_head(), np.random.default_rng(0).standard_normal((5, 5 * 1024)).astype(np.float32)
    save(head, tmp_path / "head.npz")
    back = load(tmp_path / "head.npz")
    np.testing.assert_allclose(back.probabilities(inputs), head.probabilities(inputs), atol=1e-3)
    assert back.card == head.card


def test_a_file_that_is_no_head_is_named_as_such(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", something=np.zeros(3))
    with pytest.raises(UnreadableHead):
        load(tmp_path / "other.npz")


def test_a_head_refuses_features_of_another_length() -> None:
    with pytest.raises(ValueError, match="reads 5120 numbers"):
        small_head().probabilities(np.zeros((1, 7), np.float32))


def test_each_head_says_what_it_was_trained_on_and_under_which_licence() -> None:
    everything, free = load(HEADS / "all.npz").card, load(HEADS / "open.npz").card
    assert not everything.commercial
    assert "NC" in everything.licence
    assert free.commercial
    assert not {"ravdess", "tess", "emotiontts_ko", "turev_tr", "librispeech_test_other"} & set(free.trained_on)
    assert "librispeech_test_other" not in everything.trained_on


@pytest.mark.parametrize("key", ["all", "open"])
def test_no_head_that_is_given_away_learned_from_sounds_whose_terms_allow_no_derivatives(key: str) -> None:
    card = load(HEADS / f"{key}.npz").card
    assert not {"tess", "turev_tr"} & set(card.trained_on)
    assert "ND" not in card.licence


def test_what_lies_outside_of_the_directions_of_the_training_sounds_is_strange() -> None:
    made = material(12, 32)
    head = learning.learn(made, run.read(HERE / "train.yaml").recipe, Card("h", "l", False, (), CLASSES))
    assert head.rest is not None
    own = made.vectors[:, 0]
    assert float(np.mean(head.strangeness(own))) == pytest.approx(1, abs=0.05)
    assert (head.strangeness(own) <= head.alike_to).mean() > 0.95
    axes, _ = np.linalg.qr(head.basis)
    chance = np.random.default_rng(5).standard_normal((50, own.shape[1])).astype(np.float32) * 3
    elsewhere = own[:50] + (chance - chance @ axes @ axes.T) * head.scale
    inside = head.standardised(own[:50]) @ head.basis
    np.testing.assert_allclose(head.standardised(elsewhere) @ head.basis, inside, atol=0.05)
    assert (head.strangeness(elsewhere) > head.alike_to).all()


def test_how_strange_a_sound_is_survives_being_written(tmp_path: Path) -> None:
    head = learning.learn(material(), run.read(HERE / "train.yaml").recipe, Card("h", "l", False, (), CLASSES))
    save(head, tmp_path / "head.npz")
    inputs = material().vectors[:20, 0]
    np.testing.assert_allclose(load(tmp_path / "head.npz").strangeness(inputs), head.strangeness(inputs), rtol=1e-3)


@pytest.mark.parametrize("key", ["all", "open"])
def test_the_heads_that_come_with_heed_know_what_lies_outside_of_their_training(key: str) -> None:
    assert load(HEADS / f"{key}.npz").rest is not None


@pytest.mark.parametrize("key", ["all", "open"])
def test_the_heads_that_come_with_heed_grow_less_sure_of_strangers(key: str) -> None:
    doubt = load(HEADS / f"{key}.npz").doubt
    assert doubt is not None
    assert doubt.slope > 0


def test_what_is_strange_is_said_less_surely_and_in_the_same_order() -> None:
    doubt = Doubt(1.3, 16.0)
    said = np.tile(np.array([[0.8, 0.15, 0.05]], np.float32), (3, 1))
    near, far, farther = doubt.flattened(said, np.array([1.2, 1.5, 3.0], np.float32))
    np.testing.assert_allclose(near, said[0], atol=1e-6)
    assert 0.8 > far[0] > far[1] > far[2]
    assert far[0] > farther[0] > farther[2] > 0.3
    assert farther.sum() == pytest.approx(1)


def test_a_stranger_to_the_head_is_met_with_doubt_in_an_estimate(weights: Path, speechlike: Floats) -> None:
    plain = small_head()
    doubting = dataclasses.replace(plain, doubt=Doubt(0.0, 100.0))
    sure, unsure = (Voice(weights, head=head).read(speechlike) for head in (plain, doubting))
    assert max(unsure.probabilities.values()) < max(sure.probabilities.values())
