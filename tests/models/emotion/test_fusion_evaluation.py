"""Pooled estimates are measured on composed moments, with noise, and on real clips, whatever is wrong with them."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from models.dataset import UnreadableData
from models.emotion.estimate import Estimate
from models.emotion.fusion import evaluate as evaluation
from models.emotion.fusion.clips import clips, heard
from models.emotion.fusion.composing import CLEAN, Moments, composed
from models.emotion.fusion.evaluate import main, of_clips
from models.emotion.fusion.measuring import SUBSETS, beside_best, measures, robustness
from models.emotion.fusion.noise import kept_noise
from models.emotion.fusion.opinions import Opinions, parts
from models.emotion.fusion.predict import fusion
from models.emotion.fusion.run import Mixture, read
from models.emotion.fusion.train import HERE
from models.emotion.labels import FEELINGS, SOURCES, Modality
from models.face.refusal import Box, NoFace, SeveralFaces
from tests.rig.readers import estimate_of

BORNE = 0.02
CANARY = "the canary sings at four"
COLUMNS = ("id", "person", "label", "text", "voice", "face", "language")
HEARD = 16_000


@pytest.fixture(scope="module")
def moments() -> Moments:
    """420 composed moments of people and texts of which nothing was learned, as the readers saw them."""
    with np.load(Path(__file__).parent / "fused_moments.npz") as file:
        truth = file["truth"].astype(np.int64)
        chances = file["chances"].astype(np.float32)
        return Moments(truth, chances, file["given"], file["speaks"], np.arange(len(truth)))


class Voice:
    """Reads what the loudest sample of a sound stands for."""

    head = SimpleNamespace(extras={"seen": np.zeros(0, np.uint32)})

    def read(self, sound: NDArray[np.float32]) -> Estimate:
        if not sound.any():
            return Estimate("voice", "scripted-1", abstained="silence")
        return estimate_of("voice", FEELINGS[round(float(sound.max()) * 10) % 7])


class Face:
    """Sees the feeling whose name is in the file."""

    def look(self, data: bytes, box: Box | None = None) -> str:
        if data == b"nobody":
            raise NoFace
        if data.startswith(b"crowd ") and box is None:
            raise SeveralFaces([Box(0.1, 0.1, 0.4, 0.4), Box(0.6, 0.1, 0.2, 0.2)])
        return data.decode().removeprefix("crowd ")

    def read(self, seen: str) -> Estimate:
        return estimate_of("face", next(each for each in FEELINGS if each == seen))


class Text:
    """Reads the feeling that a text names."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, text: str, language: str) -> Estimate:
        self.asked.append((text, language))
        found = next((each for each in FEELINGS if each in text), None)
        return Estimate("text", "scripted-1", abstained="unsure") if found is None else estimate_of("text", found)


class Scripted:
    """`Readers` that need no weights."""

    licence = "all"

    def __init__(self) -> None:
        self.text, self.voice, self.face = Text(), Voice(), Face()

    def mark(self, source: Modality) -> str:
        return f"scripted {source}"


def folder(place: Path, rows: list[tuple[str, ...]]) -> Path:
    """Clips with a sound, a silence, two faces, a broken file of each, and `rows`."""
    place.mkdir()
    soundfile.write(place / "happy.wav", np.full(HEARD, 0.3, np.float32), 16_000)
    soundfile.write(place / "silent.wav", np.zeros(HEARD, np.float32), 16_000)
    (place / "broken.wav").write_bytes(b"no sound")
    (place / "happy.jpg").write_bytes(b"happiness")
    (place / "sad.jpg").write_bytes(b"crowd sadness")
    (place / "nobody.jpg").write_bytes(b"nobody")
    (place / "said.txt").write_text(f"fear of {CANARY}", encoding="utf-8")
    (place / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    with (place / "index.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([COLUMNS, *rows])
    return place


ROWS: list[tuple[str, ...]] = [
    ("1", "a", "happiness", "pure happiness", "happy.wav", "happy.jpg", "en"),
    ("2", "a", "happy", "nothing much", "silent.wav", "happy.jpg;sad.jpg", "tr"),
    ("3", "b", "fear", "said.txt", "gone.wav", "nobody.jpg", ""),
    ("4", "b", "sadness", "", "broken.wav", "sad.jpg", "xx"),
    ("5", "c", "anger", "bytes.txt", "", "../../nowhere.jpg", "en"),
    ("6", "c", "boredom", "anger", "", "", "en"),
    ("7", "", "anger", "", "", "", "en"),
    ("8", "", "anger", "so much anger", "", "\0", "en"),
]


def test_clips_are_read_and_what_cannot_be_read_is_counted_by_name(tmp_path: Path) -> None:
    given = clips(folder(tmp_path / "clips", ROWS))
    assert (len(given.rows), given.unlabelled, given.nameless) == (6, 2, 1)
    readers = Scripted()
    found = heard(given, readers, tmp_path / "cache")  # type: ignore[arg-type]  # stands in for Readers
    assert found.refused == {
        "voice: missing file": 1,
        "voice: unreadable": 1,
        "face: no_face": 1,
        "face: missing file": 1,
        "face: unreadable file": 1,
        "text: unreadable": 1,
    }
    assert found.abstentions == {"text: unsure": 1, "voice: silence": 1}
    spoken = [[source for source, each in zip(SOURCES, row, strict=True) if each] for row in found.moments.speaks]
    assert spoken == [["text", "voice", "face"], ["face"], ["text"], ["face"], [], ["text"]]
    assert readers.text.asked[1] == ("nothing much", "tr")
    assert CANARY not in repr(given)
    assert not any(CANARY in kept.read_text(encoding="utf-8") for kept in (tmp_path / "cache").iterdir())
    readers.text.asked.clear()
    again = heard(given, readers, tmp_path / "cache")  # type: ignore[arg-type]  # as above
    assert readers.text.asked == []
    np.testing.assert_array_equal(again.moments.chances, found.moments.chances)
    assert again.refused == found.refused


def test_the_report_of_clips_has_the_shape_of_every_evaluation(tmp_path: Path) -> None:
    given = clips(folder(tmp_path / "clips", ROWS))
    read_once = heard(given, Scripted(), tmp_path / "cache")  # type: ignore[arg-type]  # as above
    result = json.loads(json.dumps(of_clips(fusion("all").pool, given, read_once, 1, "all")))
    assert {"task", "n", "protocol", "metrics", "by_group", "abstentions", "refused", "unlabelled", "model"} <= set(
        result
    )
    assert (result["task"], result["n"], result["unlabelled"]) == ("fusion", 6, 2)
    assert "6 real clips of 4 people" in result["protocol"]
    assert result["by_group"]["subset:text+face"]["n"] == 2
    assert "best" in result["by_group"]["subset:text+face"]


@pytest.mark.parametrize(
    ("header", "rows", "why"),
    [
        (COLUMNS, [], "no rows"),
        (("id", "emotion", "text"), [("1", "anger", CANARY)], "needs the columns"),
        (("id", "label"), [("1", "anger")], "needs the columns"),
        (COLUMNS, [("1", "a", "boredom", CANARY, "", "", "en")], "no clip"),
    ],
)
def test_an_index_that_is_none_is_one_line_and_code_2(
    tmp_path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "index.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([header, *rows])
    with pytest.raises(UnreadableData, match=why):
        clips(tmp_path)
    assert main(["--data", str(tmp_path), "--weights", "nowhere", "--json"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert CANARY not in said.err


def test_noise_in_place_of_a_modality_costs_next_to_nothing(moments: Moments) -> None:
    found = robustness(fusion("all").pool, moments, kept_noise("all"), seed=1)
    noisy = {name: values["loss"] for name, values in found.items() if name.endswith("is noise")}
    assert len(noisy) == 9
    assert max(noisy.values()) <= BORNE, noisy


def test_together_they_are_at_least_as_good_as_the_best_of_them(moments: Moments) -> None:
    for subset in SUBSETS:
        if len(subset) > 1:
            beside = beside_best(fusion("all").pool, moments, subset)
            assert float(beside["gain"]) >= 0, (subset, beside)
            assert float(beside["there"]) >= float(beside["best_there"]), (subset, beside)


def test_what_is_asked_about_instead_is_wrong_more_often_than_the_rest(moments: Moments) -> None:
    found = measures(fusion("all").pool, moments)
    assert 0 < found["torn"] < 0.15
    assert found["selective_error"] <= found["error"]


def test_a_subset_in_which_nobody_speaks_has_no_accuracy_and_no_crash(moments: Moments) -> None:
    silent = Moments(moments.truth, moments.chances, moments.given, moments.speaks & False, moments.family)
    found = measures(fusion("all").pool, silent)
    assert found == {"right": 0.0, "coverage": 0.0, "torn": 0.0}
    assert beside_best(fusion("all").pool, silent, SOURCES)["gain"] == 0.0


def bank(seed: int = 0, missing: int | None = None) -> dict[Modality, Opinions]:
    """Readers who are mostly right, on items of five people each."""
    chance = np.random.default_rng(seed)
    found: dict[Modality, Opinions] = {}
    for source in SOURCES:
        truth = np.array([number % 7 for number in range(140) if number % 7 != missing], np.int64)
        chances = chance.dirichlet(np.ones(7), len(truth)).astype(np.float32) * 0.4
        chances[np.arange(len(truth)), truth] += 0.6
        speaks = np.asarray(chance.random(len(truth)) < 0.8, np.bool_)
        found[source] = Opinions(truth, chances, speaks, np.arange(len(truth)) // 28)
    return found


def test_no_person_is_in_two_parts() -> None:
    first, second, third = parts(bank()["voice"], (0.5, 0.2, 0.3), seed=3)
    families = [set(part.family.tolist()) for part in (first, second, third)]
    assert all(families)
    assert not families[0] & families[1] | families[0] & families[2] | families[1] & families[2]


def test_composed_moments_have_all_feelings_and_what_no_item_shows_is_missing() -> None:
    made = composed(bank(missing=1), bank(1), CLEAN, 70, np.random.default_rng(0))
    assert np.bincount(made.truth).tolist() == [10] * 7
    assert not made.given[made.truth == 1].any()
    assert made.given[made.truth != 1].all()
    mixed = Mixture(3.0, 0.25, {"voice": 0.5}, {"face": 0.5}, {"text": 0.5})
    again = [composed(bank(), bank(1), mixed, 400, np.random.default_rng(5)) for _ in range(2)]
    np.testing.assert_array_equal(again[0].chances, again[1].chances)
    assert 0.6 < again[0].given.mean() < 0.9
    with pytest.raises(KeyError):
        composed({}, {}, mixed, 7, np.random.default_rng(0))


def test_the_plan_of_training_can_be_read_and_names_both_pools() -> None:
    plan = read(HERE / "train.yaml")
    assert set(plan.pools) == {"all", "open"}
    assert plan.pools["open"].commercial
    assert set(plan.mixture.other) == set(SOURCES)


def test_learning_finds_out_who_is_to_be_believed() -> None:
    pytest.importorskip("scipy")
    from models.emotion.fusion.held_out import Bank
    from models.emotion.fusion.learning import learned
    from models.emotion.head import Card

    said = bank()
    blind = said["face"]
    chance = np.random.default_rng(2)
    said["face"] = Opinions(blind.truth, blind.chances[chance.permutation(len(blind))], blind.speaks, blind.family)
    plan = read(HERE / "train.yaml")
    quick = type(plan)(**{name: getattr(plan, name) for name in plan.__slots__} | {"moments": 600})
    pool = learned(Bank(said, bank(1)), quick, Card("test", "none", True, (), FEELINGS))
    text, face = SOURCES.index("text"), SOURCES.index("face")
    believed = pool.weight * (1 - pool.doubt.mean(axis=1))
    assert believed[face] < 0.7 * believed[text]
    assert pool.temperature > 0


def test_composed_moments_are_reported_with_the_sentence_that_they_prove_nothing() -> None:
    from models.emotion.fusion.held_out import Bank

    plan = read(HERE / "train.yaml")
    small = type(plan)(**{name: getattr(plan, name) for name in plan.__slots__} | {"moments": 210})
    result, _ = evaluation.of_composed(fusion("all").pool, Bank(bank(), bank(1)), small)
    assert "proves nothing by itself" in result["protocol"]
    assert set(result["by_group"]) >= {"subset:text", "subset:text+voice+face", "label:fear"}
    assert json.loads(json.dumps(result))["mixed"]["accuracy"] > 0
