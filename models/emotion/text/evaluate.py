"""Measure a text head: `python -m models.emotion.text.evaluate --data PATH [--json]`.

PATH is a file of JSON Lines or a folder of such files. Texts that the head was trained on are left out and
counted. A corpus with lists of labels is scored as such: a feeling is guessed where its probability reaches the
threshold that held-out training texts chose for it, or comes nearest to it (macro-F1); the top guess is right
where it is one of the labels (accuracy, calibration error). The last line is one JSON object."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.emotion import scores
from models.emotion.labels import FEELINGS
from models.emotion.text.blend import Blend
from models.emotion.text.corpus import Labelled, labelled, language_of
from models.emotion.text.learning import table
from models.emotion.text.predict import LEAST_LETTERS, Text
from models.emotion.text.vectors import vectors

NEUTRAL = FEELINGS.index("neutral")


@dataclass(frozen=True, slots=True)
class Judged:
    """`truth` [n, 7] labels, `chances` [n, 7] probabilities, `guessed` [n, 7] the feelings
    guessed where there may be several, `alike` and `worded` [n] whether a head would read
    the text at all."""

    truth: NDArray[np.bool_]
    chances: NDArray[np.float32]
    guessed: NDArray[np.bool_]
    alike: NDArray[np.bool_]
    worded: NDArray[np.bool_]
    several: bool

    def part(self, chosen: NDArray[np.intp]) -> "Judged":
        """The rows `chosen`."""
        return Judged(
            self.truth[chosen],
            self.chances[chosen],
            self.guessed[chosen],
            self.alike[chosen],
            self.worded[chosen],
            self.several,
        )


def judge(rows: Sequence[Labelled], head: Blend) -> Judged:
    """What `head` says of `rows`."""
    texts = [row.text for row in rows]
    sentence = vectors(texts)
    opinions = head.opinions(texts, sentence)
    return Judged(
        truth=table(rows),
        chances=head.weighed(opinions),
        guessed=head.several(opinions),
        alike=head.familiar(sentence),
        worded=np.array([sum(map(str.isalpha, text)) >= LEAST_LETTERS for text in texts], np.bool_),
        several=any(row.several for row in rows),
    )


def measures(judged: Judged, head: Blend) -> dict[str, float]:
    """The metrics; `six_…` leave out the texts that are neutral and the guess neutral."""
    top, confidence = judged.chances.argmax(axis=1), judged.chances.max(axis=1).astype(np.float64)
    right = judged.truth[np.arange(len(top)), top]
    sure = confidence >= head.sure_from
    served = sure & judged.alike & judged.worded
    first = judged.truth.argmax(axis=1)
    guess = judged.guessed if judged.several else scores.one_hot(top, len(FEELINGS))
    feeling = ~judged.truth[:, NEUTRAL]
    six = np.delete(judged.chances[feeling], NEUTRAL, axis=1).argmax(axis=1)
    six_truth = np.delete(judged.truth[feeling], NEUTRAL, axis=1)
    result = {
        "uar": scores.uar(first, top, len(FEELINGS)),
        "accuracy": float(right.mean()),
        "macro_f1": scores.macro_f1(judged.truth, guess),
        "top_macro_f1": scores.macro_f1(judged.truth, scores.one_hot(top, len(FEELINGS))),
        "ece": scores.calibration_error(confidence, right),
        "error": float(1 - right.mean()),
        "coverage": float(sure.mean()),
        "selective_error": float(1 - right[sure].mean()) if sure.any() else 0.0,
        "served_coverage": float(served.mean()),
        "served_error": float(1 - right[served].mean()) if served.any() else 0.0,
    }
    if feeling.any():
        result["six_accuracy"] = float(six_truth[np.arange(len(six)), six].mean())
        result["six_macro_f1"] = scores.macro_f1(six_truth, scores.one_hot(six, len(FEELINGS) - 1))
    return {name: round(value, 4) for name, value in result.items()}


def report(rows: Sequence[Labelled], head: Blend, language: str) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from. Raises ValueError where `head` was trained
    on every text."""
    known = np.isin([row.digest for row in rows], head.seen)
    fresh = [row for row, seen in zip(rows, known, strict=True) if not seen]
    if not fresh:
        raise ValueError("the head was trained on all of these texts")
    judged = judge(fresh, head)
    groups = {}
    for name in sorted({row.corpus for row in fresh}):
        chosen = np.flatnonzero([row.corpus == name for row in fresh])
        groups[f"corpus:{name}"] = {"n": len(chosen), **measures(judged.part(chosen), head)}
    each = (
        scores.f1(judged.truth, judged.guessed)
        if judged.several
        else scores.f1(judged.truth, scores.one_hot(judged.chances.argmax(axis=1), len(FEELINGS)))
    )
    for number, feeling in enumerate(FEELINGS):
        count = int(judged.truth[:, number].sum())
        if count:
            groups[f"feeling:{feeling}"] = {"n": count, "f1": round(float(each[number]), 4)}
    return {
        "task": "text",
        "n": len(fresh),
        "left_out": int(known.sum()),
        "language": language,
        "metrics": measures(judged, head),
        "by_group": groups,
        "model": head.card.name,
    }, judged


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Measure the heads that read feelings from texts.")
    parser.add_argument("--data", type=Path, required=True, help="JSON Lines (.jsonl, .jsonl.gz) or a folder of them")
    parser.add_argument("--language", choices=("en", "ko", "tr"), help="told by the letters where left out")
    parser.add_argument("--licence", choices=("all", "open"), default="all")
    parser.add_argument("--json", action="store_true", help="print the JSON object only")
    parser.add_argument("--plots", type=Path, help="folder for the three pictures")
    parser.add_argument("--card", type=Path, help="write this card of all heads; PATH is then the folder of corpora")
    parser.add_argument("--natural", type=Path, help="with --card: the natural Turkish sentences")
    chosen = parser.parse_args(arguments)
    if chosen.card:
        if chosen.natural is None:
            parser.error("--card needs --natural")
        from models.emotion.text import card

        command = "python -m models.emotion.text.evaluate --data CORPORA --natural SENTENCES --card CARD.md"
        chosen.card.write_text(card.written(card.results(chosen.data, chosen.natural), command), encoding="utf-8")
        return
    rows = labelled(chosen.data)
    language = chosen.language or language_of([row.text for row in rows])
    head = Text(chosen.licence).head(language)
    result, judged = report(rows, head, language)
    if chosen.plots:
        _plots(judged, head, chosen.plots)
    if not chosen.json:
        for name, values in {"all": result["metrics"], **result["by_group"]}.items():
            print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    print(json.dumps(result, ensure_ascii=False))


def _plots(judged: Judged, head: Blend, folder: Path) -> None:
    from models.emotion import plots

    top, confidence = judged.chances.argmax(axis=1), judged.chances.max(axis=1).astype(np.float64)
    right = judged.truth[np.arange(len(top)), top]
    sure = confidence >= head.sure_from
    truth = np.where(right, top, judged.truth.argmax(axis=1))
    plots.confusion_matrix(scores.confusion(truth, top, len(FEELINGS)), FEELINGS, folder / "confusion.png")
    error = scores.calibration_error(confidence, right)
    plots.reliability_diagram(scores.reliability(confidence, right), error, folder / "reliability.png")
    chosen = (float(sure.mean()), float(1 - right[sure].mean()) if sure.any() else 0.0)
    plots.risk_coverage_curve(scores.risk_coverage(confidence, right), chosen, folder / "risk_coverage.png")


if __name__ == "__main__":
    main()
