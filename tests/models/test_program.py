"""How programs of the models end where data or libraries are not what they should be: one line and a code."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from models.dataset import UnreadableData, indexed, lined, objects
from models.emotion.fusion.evaluate import main as evaluate_fusion
from models.emotion.fusion.train import main as train_fusion
from models.emotion.text.evaluate import main as evaluate_text
from models.emotion.text.train import main as train_text
from models.emotion.voice.evaluate import main as evaluate_voice
from models.emotion.voice.train import main as train_voice
from models.program import ended
from models.speech.evaluate import main as evaluate_speech
from models.weights import MissingWeight

ROOT = Path(__file__).parents[2]
CANARY = "the canary sings at four"
PROGRAMS = {
    "evaluate voice": lambda data: evaluate_voice(["--data", data, "--weights", "nowhere", "--json"]),
    "evaluate text": lambda data: evaluate_text(["--data", data, "--weights", "nowhere", "--json"]),
    "evaluate fusion": lambda data: evaluate_fusion(["--data", data, "--weights", "nowhere", "--json"]),
    "evaluate recognition": lambda data: evaluate_speech(["recognition", "--data", data, "--json"]),
    "evaluate speech": lambda data: evaluate_speech(["speech", "--data", data, "--json"]),
    "train voice": lambda data: train_voice(["--data", data, "--weights", "nowhere"]),
    "train fusion": lambda data: train_fusion(["--data", data, "--weights", "nowhere"]),
    "train text": lambda data: train_text(["--data", data, "--weights", "nowhere"]),
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Wrong data of every kind, and nothing is written elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "malformed.jsonl").write_text(f'{{"text": "{CANARY}"\n', encoding="utf-8")
    (tmp_path / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08 no gzip after all")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "index.csv").write_bytes(b"path,label,transcript\n\xff\xfe,anger,x\n")
    with zipfile.ZipFile(tmp_path / "sheets.zip", "w") as sheets:
        sheets.writestr("labels.csv", f"index,label\n0,{CANARY}\n")
    return tmp_path


@pytest.mark.parametrize("program", sorted(PROGRAMS))
@pytest.mark.parametrize("kind", ["missing", "empty", "malformed.jsonl", "cut.jsonl.gz", "index", "sheets.zip"])
def test_data_that_cannot_be_read_are_one_line_and_code_2(
    data: Path, program: str, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.emotion.text.train.HEADS", data / "heads")
    assert PROGRAMS[program](str(data / kind)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("heed: ")
    assert said.err.count("\n") == 1, said.err
    assert CANARY not in said.err


def test_weights_that_are_missing_are_one_line_that_names_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work() -> None:
        raise MissingWeight("the weights x are not here: `heed models pull x` fetches them")

    assert ended(work) == 1
    assert "heed models pull x" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["librosa", "sklearn.svm", "matplotlib"])
def test_a_library_of_the_extra_that_is_missing_is_one_line_with_the_command(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        raise ModuleNotFoundError(name=name)

    assert ended(work) == 1
    said = capsys.readouterr().err
    assert name.split(".")[0] in said
    assert "pip install -c constraints.txt -e '.[train]'" in said
    assert said.count("\n") == 1


def test_a_library_that_belongs_to_heed_is_not_explained_away() -> None:
    def work() -> None:
        raise ModuleNotFoundError(name="numpy")

    with pytest.raises(ModuleNotFoundError):
        ended(work)


def test_what_training_needs_is_not_loaded_where_nothing_is_learned() -> None:
    heavy = ["sklearn", "scipy", "librosa", "matplotlib", "torch"]
    code = (
        "import sys; import models.emotion.voice.evaluate, models.emotion.text.evaluate, models.speech.evaluate\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_folder_and_its_index_are_the_same_data(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    (tmp_path / "index.csv").write_text("path,label\na.wav,anger\n", encoding="utf-8-sig")
    assert indexed(tmp_path) == indexed(tmp_path / "index.csv") == (tmp_path, [{"path": "a.wav", "label": "anger"}])


def test_a_row_of_an_index_without_its_file_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    (tmp_path / "index.csv").write_text(f"path,transcript\na.wav,x\nb.wav,{CANARY}\n", encoding="utf-8")
    with pytest.raises(UnreadableData, match="line 3") as refused:
        indexed(tmp_path)
    assert CANARY not in str(refused.value)


def test_of_a_folder_training_parts_are_left_out_unless_there_is_nothing_else(tmp_path: Path) -> None:
    for name in ("one/train.jsonl.gz", "one/dev.jsonl.gz", "two/train.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [str(path.relative_to(tmp_path)) for path in lined(tmp_path)] == ["one/dev.jsonl.gz", "two/train.jsonl"]


def test_a_line_that_is_no_object_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x"}) + f'\n["{CANARY}"]\n', encoding="utf-8")
    with pytest.raises(UnreadableData, match="line 2") as refused:
        list(objects(tmp_path / "a.jsonl"))
    assert CANARY not in str(refused.value)
