"""Measure a voice head: `heed evaluate voice --data FOLDER [--json]` (`python -m models.emotion.voice.evaluate`).

Sounds that the head was trained on, and others of the same speakers, are judged by nested cross-validation with no
speaker in two folds; the rest by the head itself. The last line is one JSON object."""

import argparse
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
from models.emotion.voice.corpus import Utterance, found
from models.emotion.voice.encoder import Encoder
from models.emotion.voice.judged import Judged
from models.emotion.voice.predict import BLOCKS, HEADS, LEAST_SPEECH, WHISPER
from models.emotion.voice.train import CACHE, HERE, material
from models.program import ended, told
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
    known = inside(rows, head)
    if (
        known.sum() >= FEWEST_SOUNDS
        and len({rows[int(at)].speaker for at in np.flatnonzero(known)}) >= FEWEST_SPEAKERS
    ):
        return list(rows)
    rest = [row for row, each in zip(rows, known, strict=True) if not each]
    if not rest:
        raise UnreadableData(
            "the head was trained on all of these sounds, and they are too few to train others for it"
        )
    return rest


def inside(rows: Sequence[Utterance], head: Head) -> NDArray[np.bool_]:
    """Whether `head` may not judge each of `rows`: it was trained on it, or on another sound of that speaker."""
    seen = np.isin([int(row.digest[:8], 16) for row in rows], head.extras["seen"])
    speakers = {row.speaker for row, each in zip(rows, seen, strict=True) if each and row.named}
    return np.asarray(seen | np.array([row.named and row.speaker in speakers for row in rows], np.bool_))


def protocol(rows: Sequence[Utterance], known: NDArray[np.bool_]) -> str:
    """How `rows` were judged, in words: nothing is called independent of speakers that nobody named."""
    crossed, nameless = int(known.sum()), sum(not row.named for row in rows)
    parts = []
    if crossed:
        apart = all(row.named for row, each in zip(rows, known, strict=True) if each)
        parts.append("nested, speaker-independent" if apart else "nested, each file taken for a speaker of its own")
    if crossed < len(rows):
        parts.append("unseen sounds")
    if len(parts) == 2:
        parts = [f"{crossed} {parts[0]}", f"{len(rows) - crossed} {parts[1]}"]
    missing = (
        "" if not nameless else "; no column speaker" if nameless == len(rows) else f"; {nameless} name no speaker"
    )
    return "; ".join(parts) + missing


def judge(
    rows: Sequence[Utterance], read: store.Read, head: Head, plan: run.Run, variants: Sequence[int] = (0,)
) -> list[Judged]:
    """Every row's judgement for each of `variants`, by nested cross-validation where `head` was trained on the
    row's sound."""
    known = inside(rows, head)
    within, outside = np.flatnonzero(known), np.flatnonzero(~known)
    crossed = judging.nested(material(rows, read).part(within), plan, variants) if len(within) else []
    found = []
    for number, variant in enumerate(variants):
        parts = [(outside, judging.by(head, read.vectors[outside, variant]))] if len(outside) else []
        found.append(judging.joined(parts + [(within, each) for each in crossed[number : number + 1]], len(rows)))
    return found


def measures(rows: Sequence[Utterance], judged: Judged, speech: NDArray[np.float32]) -> dict[str, float]:
    """The metrics of `rows`: over eight classes where the corpora tell calm from neutral, else over seven.
    `coverage` and `selective_error` are at the threshold of doubt, `error_at_70` is that of the surest 70 %,
    `served_…` with every reason to abstain,
    `…_spoken` of the sounds with enough speech to be answered. `served_ece` is of what is answered, over seven."""
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
        "error_at_70": scores.error_of_surest(confidence, right),
        "error_spoken": float(1 - right[spoken].mean()) if spoken.any() else 0.0,
        "coverage": float(judged.sure.mean()),
        "selective_error": float(1 - right[judged.sure].mean()) if judged.sure.any() else 0.0,
        "served_coverage": float(served.mean()),
        "served_of_spoken": float(served[spoken].mean()) if spoken.any() else 0.0,
        "served_error": float(1 - right[served].mean()) if served.any() else 0.0,
        "served_ece": scores.calibration_error(confidence[served], (judged.seven.argmax(axis=1) == seven)[served]),
    }
    return {name: round(value, 4) for name, value in result.items()}


def groups(rows: Sequence[Utterance], judged: Judged, speech: NDArray[np.float32]) -> dict[str, dict[str, float]]:
    """The measures of every corpus, sex and language."""
    found: dict[str, dict[str, float]] = {}
    for kind in ("corpus", "sex", "language"):
        for name in sorted({getattr(row, kind) for row in rows}):
            chosen = np.flatnonzero([getattr(row, kind) == name for row in rows])
            found[f"{kind}:{name}"] = {
                "n": len(chosen),
                **measures([rows[int(number)] for number in chosen], judged.part(chosen), speech[chosen]),
            }
    return found


def report(
    rows: Sequence[Utterance], read: store.Read, head: Head, plan: run.Run, robust: bool = False
) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from."""
    judged, *changed = judge(rows, read, head, plan, (0, 1) if robust else (0,))
    known = inside(rows, head)
    result: dict[str, Any] = {
        "task": "voice",
        "n": len(rows),
        "protocol": protocol(rows, known),
        "unseen": sorted({row.corpus for row in rows} - {rows[int(at)].corpus for at in np.flatnonzero(known)}),
        "metrics": measures(rows, judged, read.speech),
        "by_group": groups(rows, judged, read.speech),
        "abstentions": judging.reasons(judged, read.speech),
        "model": head.card.name,
    }
    within = np.flatnonzero(known)
    if 0 < len(within) < len(rows):
        learned = measures([rows[int(at)] for at in within], judged.part(within), read.speech[within])
        result["within"] = {"n": len(within), **learned}
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
    parser.add_argument("--card", type=Path, help="file of the card to be written, of this and the open head")
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    head = load(HEADS / f"{chosen.licence}.npz")
    listed = found(chosen.data)
    rows = fit(listed.rows, head)
    known = inside(rows, head)
    variants = plan.variants if known.any() or chosen.robust else 0
    encoder = Encoder(find(WHISPER, chosen.weights), BLOCKS)
    read = store.read_all(rows, encoder, variants, plan.crop, chosen.cache, plan.unchanged)
    result, judged = report(rows, read, head, plan, chosen.robust)
    result |= {"left_out": len(listed.rows) - len(rows), "unlabelled": listed.unlabelled}
    if chosen.foreign:
        within = np.flatnonzero(known)
        left = judging.foreign(material(rows, read).part(within), plan) if len(within) else {}
        result["foreign"] = {
            name: {"n": len(at), **measures([rows[int(each)] for each in at], part, read.speech[at])}
            for name, (places, part) in left.items()
            for at in (within[places],)
        } | {name: result["by_group"][f"corpus:{name}"] for name in result["unseen"]}
    if chosen.baseline:
        from models.emotion.voice import baseline

        ravdess = [row for row in rows if row.corpus == "ravdess"]
        result["baseline"] = baseline.uars(ravdess, plan.outer_folds, plan.recipe.seed)
    if chosen.plots:
        _plots(rows, judged, result, chosen.plots)
    if chosen.card:
        from models.emotion.voice.card import written

        free_head = load(HEADS / "open.npz")
        free, _ = report(rows, read, free_head, plan)
        chosen.card.write_text(written(result, head, free, free_head, COMMAND), encoding="utf-8")
    told(result, only_json=chosen.json)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


def _plots(rows: Sequence[Utterance], judged: Judged, result: dict[str, Any], folder: Path) -> None:
    from models.emotion import plots

    truth = np.array([FEELINGS.index(EIGHT[row.label]) for row in rows], np.int64)
    guess, confidence = judged.seven.argmax(axis=1), judged.seven.max(axis=1).astype(np.float64)
    right = guess == truth
    chosen = (result["metrics"]["coverage"], float(1 - right[judged.sure].mean()) if judged.sure.any() else 0.0)
    plots.three((truth, guess), confidence, chosen, FEELINGS, folder)


if __name__ == "__main__":
    sys.exit(main())
