"""The second opinion itself, on its real weights: skipped where they are not there."""

import json
import time
from math import erf
from pathlib import Path

import numpy as np
import pytest

from infra.rigs.lines import LINES
from models.danger import Kind, Tier, screen
from models.danger.second import Judge
from models.danger.second.judge import FILE
from models.encoder.forward import gelu, softmax
from models.encoder.packed import Packed, Unreadable, unpacked
from models.encoder.tokens import LONGEST, Tokens
from tests.rig.weights import weight


@pytest.fixture(scope="module")
def encoder() -> Path:
    return weight("multilingual-e5-small-q4")


@pytest.fixture(scope="module")
def judge(encoder: Path) -> Judge:
    return Judge(encoder)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i have decided that this is my last evening and i am at peace with it", Kind.suicide),
        ("오늘 밤에 다 끝내려고 약을 모아 뒀어", Kind.suicide),
        ("kocam dün gece yine boğazıma sarıldı", Kind.abuse),
    ],
)
def test_what_is_said_without_the_usual_words_is_heard(judge: Judge, text: str, kind: Kind) -> None:
    hit = judge.screen(text, hinted=True)
    assert hit is not None
    assert hit.kind is kind


@pytest.mark.weights
@pytest.mark.parametrize(
    "text", ["my phone died on the train again", "배고파 죽겠다", "bu ödev beni öldürecek", "", "\u200b", "ok"]
)
def test_idioms_and_nothing_at_all_are_left_alone(judge: Judge, text: str) -> None:
    assert judge.screen(text) is None


@pytest.mark.weights
def test_a_finding_speaks_the_language_of_its_letters_and_names_its_rule(judge: Judge) -> None:
    hit = judge.screen("오늘 밤에 다 끝내려고 약을 모아 뒀어", hinted=True)
    assert hit is not None
    assert (hit.language, hit.rule) == ("ko", "second")
    assert hit.tier in Tier


@pytest.mark.weights
def test_of_a_long_text_both_ends_are_read(encoder: Path, judge: Judge) -> None:
    tokens = Tokens(Packed(encoder).vocabulary())
    long = "first " + "and then " * 500 + "last"
    numbers = tokens.of(long)
    assert len(numbers) == LONGEST
    assert numbers[-2:] == tokens.of("last")[-2:]
    assert numbers[:4] == tokens.of("first")[:4]
    began = time.perf_counter()
    judge.opinion(long * 4)
    assert time.perf_counter() - began < 4  # 0.4 s by itself, several times that on a crowded machine


@pytest.mark.weights
def test_a_file_that_is_cut_or_of_another_make_is_named_as_such(encoder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(encoder.read_bytes()[:3000])
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    for file in (cut, other):
        with pytest.raises(Unreadable):
            Judge(file)
    learned = tmp_path / "learned.npz"
    learned.write_bytes(FILE.read_bytes()[:1000])
    with pytest.raises(Unreadable):
        Judge(encoder, learned)
    with pytest.raises(FileNotFoundError):
        Judge(tmp_path / "nowhere.bin")


def test_what_was_learned_is_small_enough_for_the_project_and_holds_no_objects() -> None:
    assert FILE.stat().st_size < 5_000_000
    with np.load(FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)


def test_blocks_of_four_bits_are_unpacked_low_halves_first() -> None:
    scale = np.array([0.5], "<f2").view(np.uint8)
    halves = np.array([(number % 16) | ((15 - number % 16) << 4) for number in range(16)], np.uint8)
    numbers = unpacked(np.concatenate([scale, halves])[None])
    assert numbers[0, :3].tolist() == [-4.0, -3.5, -3.0]
    assert numbers[0, 16:19].tolist() == [3.5, 3.0, 2.5]


def test_the_activations_are_those_of_the_field() -> None:
    x = np.linspace(-6, 6, 97, dtype=np.float32)
    exact = [0.5 * value * (1 + erf(value / 2**0.5)) for value in x.tolist()]
    assert np.abs(gelu(x) - exact).max() < 2e-6
    assert softmax(np.array([[1000.0, 1000.0]], np.float32)).tolist() == [[0.5, 0.5]]


@pytest.mark.weights
def test_everyday_worries_are_hardly_ever_asked_about(judge: Judge) -> None:
    files = sorted((Path(__file__).parents[1] / "reply").glob("prompts*.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines() if line]
    texts += [*LINES, "he read my message yesterday and has not answered", "the baby does not sleep and neither do I"]
    assert len(texts) > 120
    asked = [text for text in texts if judge.screen(text, hinted=screen(text) is not None) is not None]
    assert len(asked) / len(texts) <= 0.03
