"""What an evaluation of voices counts, leaves out and refuses."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from models.dataset import UnreadableData
from models.emotion.head import Head, load
from models.emotion.voice import evaluate, run
from models.emotion.voice.classes import eight
from models.emotion.voice.corpus import Utterance, found, sound, utterances
from models.emotion.voice.evaluate import fit, inside, main, protocol, report
from models.emotion.voice.goals import goals
from models.emotion.voice.judged import Judged
from models.emotion.voice.predict import HEADS
from models.emotion.voice.store import Read
from models.emotion.voice.train import HERE
from models.speech.audio import decode
from tests.models.emotion.conftest import small_head
from tests.models.speech.sounds import encoded, speech

Floats = NDArray[np.float32]
RATE = 16_000


def folder(place: Path, sample: Floats, labels: list[str], speakers: bool = True) -> Path:
    """A corpus of one sound a label, each by a speaker of its own, who is named or not."""
    with (place / "index.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "corpus", "sex", "language", "label", *(["speaker"] if speakers else [])])
        for number, label in enumerate(labels):
            soundfile.write(place / f"{number}.wav", np.roll(sample, 977 * number), RATE)
            name = [f"speaker_{number}"] if speakers else []
            table.writerow([f"{number}.wav", "made", "f", "en", label, *name])
    return place


def evaluated(place: Path, weights: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The last line of the command on `place`."""
    assert main(["--data", str(place), "--weights", str(weights), "--json", "--cache", str(place / "kept")]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return result


def row(
    name: str, digest: str, speaker: str, label: str = "sad", corpus: str = "made", named: bool = True
) -> Utterance:
    return Utterance(Path(name), digest, corpus, speaker, "f", "en", label, named)


def knowing(*digests: str) -> Head:
    """A head that was trained on the sounds of these digests."""
    return replace(small_head(1024), extras={"seen": np.array([int(each[:8], 16) for each in digests], np.uint32)})


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
    folder(tmp_path, speechlike, ["anger", "sadness", "neutral", "boredom", ""])
    result = evaluated(tmp_path, weights, capsys)
    assert result["task"] == "voice"
    assert result["n"] == 3
    assert result["unlabelled"] == 2
    assert result["left_out"] == 0
    assert result["protocol"] == "unseen sounds"
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


def test_a_second_sound_of_a_speaker_that_a_head_learned_from_is_not_judged_by_that_head() -> None:
    rows = [row("a", "1" * 64, "ada"), row("b", "2" * 64, "ada"), row("c", "3" * 64, "bob")]
    assert inside(rows, knowing("1" * 64)).tolist() == [True, True, False]
    nameless = [replace(each, named=False) for each in rows]
    assert inside(nameless, knowing("1" * 64)).tolist() == [True, False, False]


def test_what_is_left_out_is_counted(
    weights: Path, speechlike: Floats, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder(tmp_path, speechlike, ["anger", "sadness", "neutral"])
    known = utterances(tmp_path)[0].digest
    head = replace(small_head(), extras={"seen": np.array([int(known[:8], 16)], np.uint32)})
    monkeypatch.setattr(evaluate, "load", lambda path: head)
    result = evaluated(tmp_path, weights, capsys)
    assert (result["n"], result["left_out"], result["unlabelled"]) == (2, 1, 0)


def test_the_protocol_says_what_was_done_and_what_nobody_named() -> None:
    rows = [row(str(number), "0" * 64, str(number)) for number in range(4)]
    nameless = [replace(each, named=False) for each in rows]
    every, some, none = np.ones(4, np.bool_), np.array([True, False, False, False]), np.zeros(4, np.bool_)
    assert protocol(rows, every) == "nested, speaker-independent"
    assert protocol(rows, some) == "1 nested, speaker-independent; 3 unseen sounds"
    assert protocol(rows, none) == "unseen sounds"
    assert protocol(nameless, none) == "unseen sounds; no column speaker"
    assert "independent" not in protocol(nameless, every)
    assert "no column speaker" in protocol(nameless, every)
    assert "1 name no speaker" in protocol([nameless[0], *rows[1:]], every)


def test_an_index_without_the_column_speaker_is_told_so(
    weights: Path, speechlike: Floats, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(tmp_path, speechlike, ["anger", "sadness"], speakers=False)
    assert not any(each.named for each in found(tmp_path).rows)
    assert evaluated(tmp_path, weights, capsys)["protocol"] == "unseen sounds; no column speaker"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Pleasant_Surprise", "surprised"), ("ps", "surprised"), ("놀람", "surprised"), ("şaşkın", "surprised"),
        ("afraid", "fearful"), ("anxiety", "fearful"), ("fea", "fearful"), ("두려움", "fearful"),
        ("KORKU", "fearful"),
        ("joyful", "happy"), ("hap", "happy"), ("기쁨", "happy"), ("mutlu", "happy"),
        ("ang", "angry"), ("분노", "angry"), ("kızgın", "angry"), ("KIZGIN", "angry"), ("kizgin", "angry"),
        ("sad", "sad"), ("슬픔", "sad"), ("üzgün", "sad"), ("uzgun", "sad"),
        ("dis", "disgust"), ("혐오", "disgust"), ("İğrenme", "disgust"),
        ("neu", "neutral"), ("중립", "neutral"), ("nötr", "neutral"), ("sakin", "calm"), ("Calm ", "calm"),
        ("fru", None), ("boredom", None), ("", None),
    ],
)  # fmt: skip
def test_labels_are_understood_in_three_languages_and_in_the_short_forms_of_corpora(
    label: str, name: str | None
) -> None:
    assert eight({"label": label}) == name
    assert eight({"label": "something else", "label7": label}) == name


def test_a_sound_with_samples_that_are_no_numbers_is_read_as_the_decoder_of_the_workers_reads_it(
    weights: Path, speechlike: Floats, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(tmp_path, speechlike, ["anger", "sadness"])
    broken = speechlike.copy()
    broken[5_000:5_010], broken[6_000], broken[7_000] = np.nan, np.inf, -np.inf
    soundfile.write(tmp_path / "0.wav", broken, RATE, subtype="FLOAT")
    mended = sound(tmp_path / "0.wav")
    assert np.isfinite(mended).all()
    np.testing.assert_allclose(mended, decode((tmp_path / "0.wav").read_bytes()).waveform, atol=1e-6)
    assert evaluated(tmp_path, weights, capsys)["n"] == 2


def test_where_nothing_is_sure_the_pictures_are_drawn_all_the_same(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = [row(str(number), "0" * 64, str(number), label) for number, label in enumerate(["sad", "angry"])]
    doubtful = Judged(
        np.full((2, 8), 1 / 8, np.float32),
        np.full((2, 7), 1 / 7, np.float32),
        np.zeros(2, np.bool_),
        np.ones(2, np.bool_),
    )
    evaluate._plots(rows, doubtful, {"metrics": {"coverage": 0.0}}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"confusion.png", "reliability.png", "risk_coverage.png"}


def made(count: int, known: int) -> tuple[list[Utterance], Read, Head]:
    """Sounds of eight speakers in two corpora, of which a head has heard the first."""
    chance = np.random.default_rng(2)
    labels = ["sad", "angry", "happy", "neutral"]
    rows = [
        row(str(n), f"{n + 1:08x}" + "0" * 56, f"{n * 8 // count}", labels[n % 4], "ours" if n < known else "theirs")
        for n in range(count)
    ]
    vectors = chance.standard_normal((count, 1, 1024)) + np.array([n % 4 for n in range(count)])[:, None, None]
    speech = np.where(np.arange(count) % 10 == 0, 0.5, 2.0).astype(np.float32)
    return rows, Read(vectors.astype(np.float32), speech), knowing(*(each.digest for each in rows[:known]))


def test_corpora_a_head_never_heard_are_named_and_the_goals_tell_the_two_kinds_apart() -> None:
    rows, read, head = made(256, 128)
    result, _ = report(rows, read, head, run.read(HERE / "train.yaml"))
    assert result["unseen"] == ["theirs"]
    assert result["protocol"] == "128 nested, speaker-independent; 128 unseen sounds"
    assert result["within"]["n"] == 128
    assert result["within"]["uar"] == result["by_group"]["corpus:ours"]["uar"]
    assert len(goals(result)) == 7
    assert sum(result["abstentions"].values()) == round(256 * (1 - result["metrics"]["served_coverage"]))


def test_a_missed_goal_is_called_missed() -> None:
    good = {"uar": 0.8, "ece": 0.05, "ece_seven": 0.05, "served_ece": 0.05}
    good |= {"error": 0.3, "error_at_70": 0.15, "selective_error": 0.19, "coverage": 0.7}
    good |= {"error_spoken": 0.3, "served_error": 0.1, "served_of_spoken": 0.7}
    bad = good | {"ece_seven": 0.2, "error_at_70": 0.21, "selective_error": 0.25, "served_of_spoken": 0.5}
    result = {"metrics": bad, "by_group": {"corpus:ravdess": good}}
    missed = [goal.what for goal in goals(result) if not goal.met]
    assert missed == [
        "All corpora, seven feelings, an answer forced: calibration error",
        "All corpora, seven feelings, an answer forced: error, and of the surest 70 %",
        "All corpora, seven feelings, an answer forced: error, and at its own threshold",
        "All corpora, seven feelings, as a person meets it: error of what is long enough, and of what is answered",
    ]


def test_the_card_in_the_project_is_of_the_heads_in_the_project_and_has_a_table_of_each() -> None:
    card = (HERE / "CARD.md").read_text(encoding="utf-8")
    everything, free = (load(HEADS / f"{name}.npz").card for name in ("all", "open"))
    first, _, second = card.partition(f"## {free.name}\n")
    assert first.startswith(f"# {everything.name}\n")
    assert everything.licence in first
    for table in (first, second):
        assert "| corpus:ravdess" in table
        assert "| corpus:turev_tr, unseen |" in table
    assert "| foreign tess |" in first
    unheard = next(line for line in first.splitlines() if line.startswith("| corpus:turev_tr, unseen"))
    assert unheard.endswith("| 0.0 | – | – |")
    assert "missed" in first


def test_sounds_that_a_head_was_trained_on_are_judged_by_other_heads(voices: Path) -> None:
    head = load(HEADS / "all.npz")
    rows = utterances(voices)[:50]
    known = np.isin([int(row.digest[:8], 16) for row in rows], head.extras["seen"])
    assert known.all()
