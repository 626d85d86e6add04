"""The path from a sound to numbers: whisper's own spectrogram and encoder, and one path for all who read."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.emotion.voice import features, store
from models.emotion.voice.corpus import sound, utterances
from models.emotion.voice.encoder import Encoder
from models.emotion.voice.mel import log_mel
from models.emotion.voice.modelfile import UnreadableModel, read_tensors
from models.emotion.voice.predict import BLOCKS, WHISPER
from models.speech.audio import decode
from models.weights import find
from tests.models.speech.sounds import wav

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def encoder(weights: Path) -> Encoder:
    return Encoder(find(WHISPER, weights), 6)


def test_the_first_layers_give_the_activations_that_were_stored(encoder: Encoder, speechlike: Floats) -> None:
    stored = np.load(Path(__file__).parent / "reference_activations.npz")
    for number, layer in enumerate(encoder.layers(log_mel(speechlike))[:5]):
        np.testing.assert_allclose(layer[::20, ::64], stored[f"layer{number}"], atol=2e-3, rtol=1e-3)


def test_all_six_blocks_give_what_the_library_gives(encoder: Encoder, speechlike: Floats) -> None:
    ctranslate2 = pytest.importorskip("ctranslate2", reason="ctranslate2 is not installed")
    path = find_folder(encoder)
    model = ctranslate2.models.Whisper(str(path), device="cpu", compute_type="float32", intra_threads=1)
    mel = log_mel(speechlike)
    theirs = np.array(model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None]))))[0]
    ours = encoder.normalised(encoder.layers(mel)[-1])
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def find_folder(encoder: Encoder) -> Path:
    return encoder.path.parent


def test_the_spectrogram_is_that_of_the_recogniser(speechlike: Floats) -> None:
    extractor = pytest.importorskip("faster_whisper.feature_extractor", reason="faster-whisper is not installed")
    theirs = extractor.FeatureExtractor()(speechlike, padding=0)
    ours = log_mel(speechlike)
    np.testing.assert_allclose(ours, theirs[:, : ours.shape[1]], atol=1e-5)


def test_training_evaluation_and_serving_read_a_sound_alike_to_one_in_a_hundred_thousand(
    encoder: Encoder, weights: Path, voices: Path, tmp_path: Path
) -> None:
    """Training and evaluation read through the store, first fresh and then kept; serving reads the sound."""
    with (voices / "index.csv").open(encoding="utf-8") as opened:
        row = next(row for row in csv.DictReader(opened) if row["corpus"] == "ravdess")
    (tmp_path / row["path"]).parent.mkdir(parents=True)
    (tmp_path / row["path"]).write_bytes((voices / row["path"]).read_bytes())
    with (tmp_path / "index.csv").open("w", encoding="utf-8", newline="") as written:
        table = csv.DictWriter(written, row)
        table.writeheader()
        table.writerow(row)
    serving = Encoder(find(WHISPER, weights), BLOCKS)
    rows = utterances(tmp_path)
    fresh = store.read_all(rows, serving, 0, {}, tmp_path / "kept").vectors[0, 0]
    kept = store.read_all(rows, serving, 0, {}, tmp_path / "kept").vectors[0, 0]
    served = features.read(sound(rows[0].path), serving).vectors.mean(axis=0)
    np.testing.assert_allclose(fresh, served, atol=1e-5)
    np.testing.assert_allclose(kept, served, atol=1e-5)


@pytest.mark.weights
def test_the_worker_reads_a_file_alike_to_one_in_a_hundred_thousand(
    encoder: Encoder, weights: Path, speechlike: Floats, tmp_path: Path
) -> None:
    """Training and evaluation open the file; the worker decodes its bytes as Telegram sent them."""
    (tmp_path / "a.wav").write_bytes(wav(speechlike))
    (tmp_path / "index.csv").write_text("path,label\na.wav,neutral\n", encoding="utf-8")
    rows = utterances(tmp_path)
    serving = Encoder(find(WHISPER, weights), BLOCKS)
    trained = store.read_all(rows, serving, 0, {}, tmp_path / "kept").vectors[0, 0]
    served = features.read(decode((tmp_path / "a.wav").read_bytes()).waveform, serving).vectors.mean(axis=0)
    np.testing.assert_allclose(served, trained, atol=1e-5)


def test_how_loud_a_voice_was_recorded_changes_no_feature(encoder: Encoder, speechlike: Floats) -> None:
    loud, quiet = features.read(speechlike, encoder), features.read(speechlike * np.float32(0.05), encoder)
    np.testing.assert_allclose(loud.vectors, quiet.vectors, atol=2e-3)


def test_silence_around_a_voice_changes_neither_features_nor_seconds(encoder: Encoder, speechlike: Floats) -> None:
    silence = np.zeros(16_000, np.float32)
    alone = features.read(speechlike, encoder)
    within = features.read(np.concatenate([silence, speechlike, silence]), encoder)
    assert within.speech == pytest.approx(alone.speech, abs=0.1)
    assert np.corrcoef(alone.vectors[0], within.vectors[0])[0, 1] > 0.97  # a tenth of a second is kept


def test_a_five_minute_note_costs_no_more_than_a_minute_of_windows(speechlike: Floats) -> None:
    class Counting:
        blocks, read = 0, 0.0

        def layers(self, mel: Floats) -> list[Floats]:
            self.read += mel.shape[1] / 100
            return [np.zeros((2, 512), np.float32)]

    counting = Counting()
    features.read(np.tile(speechlike, 150), counting)  # type: ignore[arg-type]  # a stand-in that counts
    assert counting.read <= features.MOST_WINDOWS * features.WINDOW


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((2, 16_000), np.float32), np.zeros(16_000, np.int16), np.full(16_000, np.nan, np.float32)],
    ids=["two channels", "integers", "not a number"],
)
def test_what_is_no_sound_is_refused(wrong: NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match="sound"):
        features.read(wrong, None)  # type: ignore[arg-type]  # refused before anything is read


def test_a_spectrogram_of_another_form_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="80 bands"):
        encoder.layers(np.zeros((40, 100), np.float32))


def test_more_than_thirty_seconds_at_once_are_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="30 s"):
        encoder.layers(np.zeros((80, 3_100), np.float32))


@pytest.mark.parametrize(
    "content", [b"", b"\x06\x00", b"\x07\x00\x00\x00" + bytes(40)], ids=["empty", "cut", "other"]
)
def test_a_damaged_model_file_is_named_as_such(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(UnreadableModel):
        read_tensors(path, lambda name: True)


def test_a_cut_model_file_is_named_as_such(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    with find(WHISPER, weights).open("rb") as whole:
        path.write_bytes(whole.read(1_000_000))
    with pytest.raises(UnreadableModel):
        Encoder(path, 1)
