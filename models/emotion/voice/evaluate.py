"""Measure a voice head: `heed evaluate voice --data FOLDER [--json]` (`python -m models.emotion.voice.evaluate`).

Sounds that the head was trained on are judged by nested cross-validation with no speaker in two folds; others
by the head itself. The last line is one JSON object."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.dataset import SHARED, UnreadableData
from models.emotion import scores
from models.emotion.head import Head, load
from models.emotion.labels import FEELINGS
from models.emotion.voice import judged as judging
from models.emotion.voice import run, store
from models.emotion.voice.classes import CLASSES, EIGHT
from models.emotion.voice.corpus import Utterance, utterances
from models.emotion.voice.encoder import Encoder
from models.emotion.voice.judged import Judged
from models.emotion.voice.predict import BLOCKS, HEADS, LEAST_SPEECH, WHISPER
from models.emotion.voice.train import CACHE, HERE, material
from models.program import ended
from models.weights import find

Ints = NDArray[np.int64]

FEWEST_SPEAKERS, FEWEST_SOUNDS = 3, 200
"""With fewer, no head can be learned from folds within folds."""

COMMAND = (
    "python -m models.emotion.voice.evaluate --data FOLDER --weights FOLDER --baseline --robust --foreign"
    " --card CARD.md --plots plots"
)


def fit(rows: Sequence[Utterance], head: Head) -> list[Utterance]:
    """The `rows` that can be judged: all, or, where those that `head` was trained on are too few to learn other heads
    from, the rest. Raises `UnreadableData` where nothing is left."""
    known = [row for row, each in zip(rows, _known(rows, head), strict=True) if each]
    if len(known) >= FEWEST_SOUNDS and len({row.speaker for row in known}) >= FEWEST_SPEAKERS:
        return list(rows)
    rest = [row for row in rows if row not in known]
    if not rest:
        raise UnreadableData(
            "the head was trained on all of these sounds, and they are too few to train others for it"
        )
    return rest


def _known(rows: Sequence[Utterance], head: Head) -> NDArray[np.bool_]:
    return np.isin([int(row.digest[:8], 16) for row in rows], head.extras["seen"])


def judge(
    rows: Sequence[Utterance], read: store.Read, head: Head, plan: run.Run, variants: Sequence[int] = (0,)
) -> list[Judged]:
    """Every row's judgement for each of `variants`, by nested cross-validation where `head` was trained on the
    row's sound."""
    known = _known(rows, head)
    inside, outside = np.flatnonzero(known), np.flatnonzero(~known)
    crossed = judging.nested(material(rows, read).part(inside), plan, variants) if len(inside) else []
    found = []
    for number, variant in enumerate(variants):
        parts = [(outside, judging.by(head, read.vectors[outside, variant]))] if len(outside) else []
        found.append(judging.joined(parts + [(inside, each) for each in crossed[number : number + 1]], len(rows)))
    return found


def measures(rows: Sequence[Utterance], judged: Judged, speech: NDArray[np.float32]) -> dict[str, float]:
    """The metrics of `rows`: over eight classes where the corpora tell calm from neutral, else over seven.
    `coverage` and `selective_error` are at the threshold of doubt, `served_…` with every reason to abstain,
    `…_spoken` of the sounds with enough speech to be answered."""
    eight = np.array([CLASSES.index(row.label) for row in rows], np.int64)
    seven = np.array([FEELINGS.index(EIGHT[row.label]) for row in rows], np.int64)
    told = judging.tells_calm(rows)
    truth, chances = (eight, judged.eight) if told else (seven, judged.seven)
    guess, confidence = chances.argmax(axis=1), judged.seven.max(axis=1).astype(np.float64)
    right = guess == truth
    served, spoken = judging.served(judged, speech), speech >= LEAST_SPEECH
    result = {
        "uar": scores.uar(truth, guess, chances.shape[1]),
        "uar_seven": scores.uar(seven, judged.seven.argmax(axis=1), len(FEELINGS)),
        "accuracy": float(right.mean()),
        "macro_f1": scores.macro_f1(scores.one_hot(truth, chances.shape[1]), scores.one_hot(guess, chances.shape[1])),
        "ece": scores.calibration_error(chances.max(axis=1).astype(np.float64), right),
        "ece_seven": scores.calibration_error(confidence, judged.seven.argmax(axis=1) == seven),
        "ece_spoken": scores.calibration_error(confidence[spoken], (judged.seven.argmax(axis=1) == seven)[spoken]),
        "error": float(1 - right.mean()),
        "error_spoken": float(1 - right[spoken].mean()) if spoken.any() else 0.0,
        "coverage": float(judged.sure.mean()),
        "selective_error": float(1 - right[judged.sure].mean()) if judged.sure.any() else 0.0,
        "served_coverage": float(served.mean()),
        "served_of_spoken": float(served[spoken].mean()) if spoken.any() else 0.0,
        "served_error": float(1 - right[served].mean()) if served.any() else 0.0,
    }
    return {name: round(value, 4) for name, value in result.items()}


def groups(rows: Sequence[Utterance], judged: Judged, speech: NDArray[np.float32]) -> dict[str, dict[str, float]]:
    """The measures of every corpus, sex and language."""
    found: dict[str, dict[str, float]] = {}
    for kind in ("corpus", "sex", "language"):
        for name in sorted({getattr(row, kind) for row in rows}):
            chosen = np.flatnonzero([getattr(row, kind) == name for row in rows])
            part = Judged(judged.eight[chosen], judged.sure[chosen], judged.alike[chosen])
            found[f"{kind}:{name}"] = {
                "n": len(chosen),
                **measures([rows[int(number)] for number in chosen], part, speech[chosen]),
            }
    return found


def report(
    rows: Sequence[Utterance], read: store.Read, head: Head, plan: run.Run, robust: bool = False
) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from."""
    judged, *changed = judge(rows, read, head, plan, (0, 1) if robust else (0,))
    known = bool(_known(rows, head).any())
    result: dict[str, Any] = {
        "task": "voice",
        "n": len(rows),
        "protocol": "nested, speaker-independent" if known else "unseen sounds",
        "metrics": measures(rows, judged, read.speech),
        "by_group": groups(rows, judged, read.speech),
        "abstentions": judging.reasons(judged, read.speech),
        "model": head.card.name,
    }
    if changed:
        result["changed"] = {"all": measures(rows, changed[0], read.speech)} | {
            name: values
            for name, values in groups(rows, changed[0], read.speech).items()
            if name.startswith("corpus:")
        }
    return result, judged


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(
        prog="heed evaluate voice", description="Measure the head that reads feelings from voices."
    )
    parser.add_argument("--data", type=Path, default=SHARED / "voice", help="folder with index.csv")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--licence", choices=("all", "open"), default="all")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true", help="print the JSON object only")
    parser.add_argument("--baseline", action="store_true", help="also MFCC and a support vector machine, on RAVDESS")
    parser.add_argument("--robust", action="store_true", help="also judge changed copies: room, band, noise, Opus")
    parser.add_argument("--foreign", action="store_true", help="also leave out each corpus in turn")
    parser.add_argument("--plots", type=Path, help="folder for the three pictures")
    parser.add_argument("--card", type=Path, help="file of the card to be written")
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    head = load(HEADS / f"{chosen.licence}.npz")
    given = utterances(chosen.data)
    rows = fit(given, head)
    known = bool(_known(rows, head).any())
    variants = plan.variants if known or chosen.robust else 0
    encoder = Encoder(find(WHISPER, chosen.weights), BLOCKS)
    read = store.read_all(rows, encoder, variants, plan.crop, chosen.cache, plan.unchanged)
    result, judged = report(rows, read, head, plan, chosen.robust)
    result["left_out"] = len(given) - len(rows)
    if chosen.foreign:
        result["foreign"] = {
            name: {"n": len(places), **measures([rows[int(at)] for at in places], part, read.speech[places])}
            for name, (places, part) in judging.foreign(material(rows, read), plan).items()
        }
    if chosen.baseline:
        from models.emotion.voice import baseline

        ravdess = [row for row in rows if row.corpus == "ravdess"]
        result["baseline"] = baseline.uars(ravdess, plan.outer_folds, plan.recipe.seed)
    if chosen.plots:
        _plots(rows, judged, result, chosen.plots)
    if chosen.card:
        from models.emotion.voice.card import written

        chosen.card.write_text(written(result, head, COMMAND), encoding="utf-8")
    if not chosen.json:
        for name, values in {"all": result["metrics"], **result["by_group"]}.items():
            print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    print(json.dumps(result, ensure_ascii=False))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


def _plots(rows: Sequence[Utterance], judged: Judged, result: dict[str, Any], folder: Path) -> None:
    from models.emotion import plots

    truth = np.array([FEELINGS.index(EIGHT[row.label]) for row in rows], np.int64)
    guess, confidence = judged.seven.argmax(axis=1), judged.seven.max(axis=1).astype(np.float64)
    right = guess == truth
    plots.confusion_matrix(scores.confusion(truth, guess, len(FEELINGS)), FEELINGS, folder / "confusion.png")
    error = scores.calibration_error(confidence, right)
    plots.reliability_diagram(scores.reliability(confidence, right), error, folder / "reliability.png")
    chosen = (result["metrics"]["coverage"], float(1 - right[judged.sure].mean()))
    plots.risk_coverage_curve(scores.risk_coverage(confidence, right), chosen, folder / "risk_coverage.png")


if __name__ == "__main__":
    sys.exit(main())
