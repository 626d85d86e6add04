"""What `heed doctor` says of pictures, and what of the settings reaches an evaluation of faces."""

from pathlib import Path

import pytest

from bot import doctor
from bot.commands import rooms
from bot.commands import weights as weight_files
from workers.settings import BadSettings, Settings


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_files, "state_of", lambda *_, **__: "here")


def test_doctor_says_whether_faces_can_be_found_in_pictures(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = doctor.faces(Settings.load(recogniser="scripted"))
    assert (found.state, found.fix) == ("note", "heed models pull face-landmarker")
    assert doctor.faces(Settings.load(recogniser="whisper")).wrong
    monkeypatch.setattr(weight_files, "state_of", lambda *_, **__: "here")
    assert doctor.faces(Settings.load()).state == "ok"
    monkeypatch.setattr(doctor.sys, "executable", "/bin/false")
    assert "decoded" in doctor.faces(Settings.load()).said


def test_doctor_says_that_no_gpu_reads_faces_where_the_settings_want_one(
    here: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "gpus", lambda: 0)
    found = doctor.faces(Settings.load(face_device="cuda"))
    assert found.wrong
    assert "HEED_FACE_DEVICE=cpu" in found.fix
    assert doctor.faces(Settings.load()).state == "ok"


def test_doctor_says_that_the_folder_of_a_stronger_network_is_not_there(
    here: None, home: Path, tmp_path: Path
) -> None:
    settings = Settings.load(face_model="stronger", weights=tmp_path)
    found = doctor.faces(settings)
    assert found.wrong
    assert "HEED_FACE_MODEL" in found.said
    (tmp_path / "stronger").mkdir()
    assert doctor.faces(settings).state == "ok"


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", ".hidden", "a/b"])
def test_a_stronger_network_lies_nowhere_but_in_a_folder_of_the_weights(home: Path, name: str) -> None:
    with pytest.raises(BadSettings, match="HEED_FACE_MODEL"):
        Settings.load(face_model=name)


def test_an_evaluation_of_faces_looks_with_what_the_settings_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEED_FACE_MODEL", "stronger")
    monkeypatch.setenv("HEED_FACE_DEVICE", "cuda")
    became: list[list[str]] = []
    monkeypatch.setattr("os.execve", lambda _, told, environment: became.append(told))
    rooms._enter(rooms.EVALUATED, "face", ["--json"])
    assert "--model stronger --device cuda --json" in " ".join(became[0])
