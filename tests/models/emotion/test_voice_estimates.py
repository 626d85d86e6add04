"""What is said of a voice, and when nothing is said."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from models.dataset import UnreadableData
from models.emotion.head import Card, UnreadableHead, load, save
from models.emotion.labels import FEELINGS
from models.emotion.voice import judged, learning, run
from models.emotion.voice.classes import CLASSES, EIGHT, SEVEN_OF_EIGHT, eight
from models.emotion.voice.corpus import Utterance, sound, utterances
from models.emotion.voice.evaluate import fit, main
from models.emotion.voice.predict import HEADS, Voice
from models.emotion.voice.train import HERE
from tests.models.emotion.conftest import small_head
from tests.models.speech.sounds import encoded, speech

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


def test_an_index_without_labels_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("path,label,label7\n", encoding="utf-8")
    with pytest.raises(UnreadableData):
        utterances(tmp_path)


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match=r"index\.csv"):
        utterances(tmp_path)


def test_a_sound_of_a_telephone_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "note.m4a").write_bytes(encoded("m4a", tmp_path))
    soundfile.write(tmp_path / "note.wav", speech(), RATE)
    assert len(sound(tmp_path / "note.m4a")) == pytest.approx(len(sound(tmp_path / "note.wav")), rel=0.1)


def test_what_is_no_sound_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "note.wav").write_bytes(b"no sound at all")
    with pytest.raises(UnreadableData, match=r"note\.wav"):
        sound(tmp_path / "note.wav")


def test_an_evaluation_ends_with_one_json_object(
    weights: Path, speechlike: Floats, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["path,corpus,speaker,sex,language,label,label7,duration_s,transcript"]
    for number, label in enumerate(["anger", "sadness", "neutral"]):
        soundfile.write(tmp_path / f"{number}.wav", np.roll(speechlike, 977 * number), RATE)
        lines.append(f"{number}.wav,made,speaker_{number},f,en,{label},{label},2.0,")
    (tmp_path / "index.csv").write_text("\n".join(lines), encoding="utf-8")
    main(["--data", str(tmp_path), "--weights", str(weights), "--json", "--cache", str(tmp_path / "kept")])
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert result["task"] == "voice"
    assert result["n"] == 3
    assert result["model"]
    assert {"uar", "accuracy", "macro_f1", "ece", "coverage", "selective_error"} <= set(result["metrics"])
    assert {"corpus:made", "sex:f", "language:en"} <= set(result["by_group"])


def test_too_few_known_sounds_are_left_out_and_not_judged_by_the_head_that_knows_them() -> None:
    head = load(HEADS / "all.npz")
    known = f"{int(head.extras['seen'][0]):08x}"
    rows = [
        Utterance(Path(name), digest, "made", name, "f", "en", "sad")
        for name, digest in (("known", known), ("strange", "0" * 64))
    ]
    assert [row.speaker for row in fit(rows, head)] == ["strange"]
    with pytest.raises(UnreadableData):
        fit(rows[:1], head)


def test_sounds_that_a_head_was_trained_on_are_judged_by_other_heads(voices: Path) -> None:
    head = load(HEADS / "all.npz")
    rows = utterances(voices)[:50]
    known = np.isin([int(row.digest[:8], 16) for row in rows], head.extras["seen"])
    assert known.all()
