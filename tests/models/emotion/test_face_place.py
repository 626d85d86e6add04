"""Another network for faces is a folder of the weights; where it runs is a setting, and the steps are the same."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.emotion.face import place as places
from models.emotion.face import served
from models.emotion.face.place import HERE, place
from models.emotion.face.predict import Face
from models.emotion.face.served import Served
from models.emotion.head import load, save
from models.weights import MissingWeight, Weight
from tests.models.emotion.test_face_estimates import FOLDER, weight

NAME = "stronger"


@pytest.fixture
def stronger(tmp_path: Path) -> Path:
    """Weights that hold a folder as `heed train face --out` writes it, and MediaPipe's networks."""
    (tmp_path / NAME / "heads").mkdir(parents=True)
    shutil.copy(HERE / "network.onnx", tmp_path / NAME)
    for licence in ("all", "open"):
        shutil.copy(HERE / "heads" / f"{licence}.npz", tmp_path / NAME / "heads")
    found = FOLDER / "face_landmarker.task"
    if found.is_file():
        (tmp_path / found.name).symlink_to(found)
    return tmp_path


def test_without_a_name_the_network_that_comes_with_heed_is_read(tmp_path: Path) -> None:
    assert place(tmp_path, "", "all") == (HERE / "network.onnx", HERE / "heads" / "all.npz")


def test_a_folder_of_the_weights_takes_its_place(stronger: Path) -> None:
    network, head = place(stronger, NAME, "open")
    assert network.parent == head.parents[1] == stronger / NAME


@pytest.mark.parametrize("lost", ["network.onnx", "heads/all.npz"])
def test_a_folder_that_lacks_a_file_is_named_with_what_writes_it(stronger: Path, lost: str) -> None:
    (stronger / NAME / lost).unlink()
    with pytest.raises(MissingWeight, match=f"{lost}.*heed train face --out"):
        place(stronger, NAME, "all")


def test_a_file_that_the_manifest_names_with_another_size_is_not_loaded(
    stronger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{NAME}/network.onnx"
    named = Weight("stronger-network", path, (stronger / path).stat().st_size, "", "MIT", "", False, ())
    for size, fits in ((named.size, True), (named.size + 1, False)):
        listed = {named.name: replace(named, size=size)}
        monkeypatch.setattr(places, "manifest", lambda listed=listed: listed)
        monkeypatch.setattr(sys.modules["models.weights.manifest"], "manifest", lambda listed=listed: listed)
        if fits:
            assert place(stronger, NAME, "all")[0] == stronger / path
        else:
            with pytest.raises(MissingWeight, match="heed models pull stronger-network"):
                place(stronger, NAME, "all")


@pytest.mark.weights
def test_a_reader_of_that_folder_reads_with_its_head(stronger: Path) -> None:
    weight("face-landmarker")
    path = stronger / NAME / "heads" / "all.npz"
    head = load(path)
    save(replace(head, card=replace(head.card, name="face-stronger-1")), path)
    assert Face(stronger, "all", NAME).head.card.name == "face-stronger-1"


@pytest.mark.weights
def test_a_head_of_another_training_is_refused_before_anybody_is_looked_at(stronger: Path) -> None:
    weight("face-landmarker")
    shutil.copy(HERE / "heads" / "open.npz", stronger / NAME / "heads" / "all.npz")
    with pytest.raises(MissingWeight, match="do not fit together"):
        Face(stronger, "all", NAME)


def test_the_gpu_runs_the_same_file_and_where_there_is_none_the_cpu_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    asked: list[list[str]] = []
    real = served.onnxruntime.InferenceSession

    def session(path: str, options: object, providers: list[str]) -> object:
        asked.append(providers)
        return real(path, options, providers=["CPUExecutionProvider"])

    monkeypatch.setattr(served.onnxruntime, "InferenceSession", session)
    monkeypatch.setattr(
        served.onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    wished = Served(device="cuda")
    assert asked == [["CUDAExecutionProvider", "CPUExecutionProvider"]]
    assert wished.device == "cpu"
    assert "no GPU answers" in caplog.text
    monkeypatch.setattr(served.onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert Served(device="cuda").device == "cpu"
    assert asked[-1] == ["CPUExecutionProvider"]
    for one, other in zip(wished.said(tiles), Served().said(tiles), strict=True):
        np.testing.assert_array_equal(one, other)
