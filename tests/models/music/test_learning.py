"""How the head of moods is learned and measured: nobody on both sides, and every figure beside chance."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.dataset import UnreadableData
from models.emotion.head import load, save
from models.music import evaluate, material, run, train
from models.music.composed import Composed
from models.music.features import SIZE
from models.music.learning import OWN, Lesson, balanced, fitted, folds
from models.music.measuring import Judged, guessing, intervals, measures
from models.music.moods import MOODS
from models.music.predict import MoodReader
from models.music.purposes import purposes

PLAN = run.read(Path(train.__file__).with_name("train.yaml"))


def lesson(each: int = 12, seed: int = 0, apart: float = 3.0) -> Lesson:
    """Made-up tracks of six moods that lie `apart`, by twelve artists, and six composed pieces."""
    chance = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(MOODS)), each)
    middle = chance.normal(size=(len(MOODS), SIZE)) * apart
    raw = middle[labels] + chance.normal(size=(len(labels), SIZE))
    own = middle + chance.normal(size=(len(MOODS), SIZE))
    family = np.concatenate([np.arange(len(labels)) % 12, np.full(len(MOODS), OWN)])
    return Lesson(np.concatenate([raw, own]).astype(np.float32), np.r_[labels, np.arange(len(MOODS))], family, 1.0)


def track(place: str, artist: str = "", source: str = "") -> material.Track:
    return material.Track(Path(place), place, "calm", artist, source)


def test_tracks_that_share_an_artist_or_a_package_are_of_one_family() -> None:
    found = material.families(
        [
            track("a", "x", "p"),
            track("b", "x", "q"),
            track("c", "y", "q"),
            track("d", "z", "r"),
            track("e"),
            track("f"),
        ]
    )
    assert len({int(found[place]) for place in (0, 1, 2)}) == 1
    assert len(set(found.tolist())) == 4


def test_no_family_is_on_both_sides_and_composed_pieces_are_never_judged() -> None:
    every = lesson()
    judged = []
    for learn, test in folds(every.family, 10):
        assert not set(every.family[learn]) & set(every.family[test])
        assert OWN not in every.family[test]
        assert OWN in every.family[learn]
        judged.extend(test.tolist())
    assert sorted(judged) == every.real.tolist()


def test_every_mood_counts_alike_in_whatever_part_is_learned_from() -> None:
    every = lesson()
    few = every.part(np.flatnonzero((every.labels != 2) | (every.family == 2)))
    real = few.real
    sums = [few.weight[real][few.labels[real] == mood].sum() for mood in range(len(MOODS))]
    assert np.allclose(sums, sums[0])
    assert balanced(np.zeros(0, np.int64)).size == 0


def test_what_can_be_told_apart_is_learned_and_kept(tmp_path: Path) -> None:
    every = lesson()
    head = fitted(every, PLAN, ("made up",))
    save(head, tmp_path / "head.npz")
    reader = MoodReader(load(tmp_path / "head.npz"))
    chances, known = reader.chances(every.raw)
    assert (chances.argmax(axis=1) == every.labels).mean() > 0.95
    assert known.mean() > 0.9


def test_where_nothing_can_be_held_out_nothing_is_learned() -> None:
    every = lesson()
    alone = Lesson(every.raw, every.labels, np.zeros_like(every.family), 1.0)
    with pytest.raises(ValueError, match="held out"):
        fitted(alone, PLAN, ())


def test_answers_that_know_nothing_measure_as_chance() -> None:
    chance = np.random.default_rng(0)
    count = 240
    told = chance.dirichlet(np.ones(6), count)
    judged = Judged(np.arange(count) % 6, told, np.ones(count, np.bool_), np.zeros(count), np.arange(count) // 10)
    figures, dealt, drawn = measures(judged), guessing(judged, 0), intervals(judged, 0)
    assert figures["uar"] <= dealt["uar_dealt_high"]
    assert dealt["uar_dealt"] == pytest.approx(1 / 6, abs=0.02)
    assert drawn["uar_low"] < 1 / 6 < drawn["uar_high"]


def test_every_purpose_gives_a_mood_and_a_reason_and_the_first_that_fits_counts() -> None:
    found = purposes()
    assert {each.mood for each in found} == set(MOODS)
    assert all(each.why for each in found)

    def mood(place: str) -> str | None:
        return next((each.mood for each in found if each.matches(place)), None)

    assert mood("wesnoth-1.16-music/usr/share/games/wesnoth/1.16/data/core/music/sad.ogg") == "melancholy"
    assert mood("flare-game/usr/share/games/flare/mods/fantasycore/music/safe_room_theme.ogg") == "calm"
    assert mood("widelands-data/usr/share/games/widelands/data/music/ingame_07.ogg") is None


def test_pieces_of_opposite_corners_are_kept_together() -> None:
    own = Composed(np.zeros((4, SIZE), np.float32), np.arange(4), np.array([0, 7, 0, 3]))
    assert own.part(np.flatnonzero(own.corner == 0)).labels.tolist() == [0, 2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with index.csv: six tones that are long enough and one that is not."""
    rows = []
    for number in range(7):
        seconds = 16 if number < 6 else 2
        time = np.arange(seconds * 8000) / 8000
        beat = 0.6 + 0.4 * np.sign(np.sin(2 * np.pi * (1 + number) * time))
        soundfile.write(tmp_path / f"{number}.wav", 0.3 * beat * np.sin(2 * np.pi * (110 + 60 * number) * time), 8000)
        rows.append({"path": f"{number}.wav", "mood": MOODS[number % 6], "artist": f"a{number}"})
    with (tmp_path / "index.csv").open("w", newline="") as opened:
        writer = csv.DictWriter(opened, ["path", "mood", "artist"])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_a_folder_with_an_index_is_measured_and_the_last_line_is_json(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert evaluate.main(["--data", str(data), "--cache", str(tmp_path / "cache"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["task"], told["n"], told["refused"]) == ("music", 6, {"TooShort": 1})
    assert {"uar", "accuracy", "macro_f1", "ece", "coverage", "top2", "uar_dealt"} <= set(told["metrics"])
    assert told["by_group"]["mood:calm"]["n"] == 1


def test_features_are_the_same_for_training_and_for_the_catalogue_and_are_kept(data: Path, tmp_path: Path) -> None:
    from models.music import features, sound

    decoded = sound.decoded(data / "3.wav")
    served = features.of(np.ascontiguousarray(decoded.samples.mean(axis=1, dtype=np.float32)), decoded.rate)
    for _ in range(2):  # computed, then kept
        assert np.abs(material.described(data / "3.wav", tmp_path / "cache") - served).max() <= 1e-5


@pytest.mark.parametrize(("text", "says"), [("path,mood\n0.wav,glad\n", "line 2"), ("path,mood\n", "no rows")])
def test_an_index_that_is_wrong_is_one_line_and_code_2(
    data: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "index.csv").write_text(text)
    assert evaluate.main(["--data", str(data), "--cache", str(data / "cache")]) == 2
    assert says in capsys.readouterr().err
    with pytest.raises(UnreadableData):
        material.tracks(data)
