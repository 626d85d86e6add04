"""Measure the text heads: `heed evaluate text --data PATH [--json]` (`python -m models.emotion.text.evaluate`).

PATH is a file of JSON Lines or a folder of such files, of which the training parts are left out. Each text is judged
by the head of its language. Left out and counted are texts that the head was trained on (`left_out`), rows without a
label that is known here (`unlabelled`), and rows that name another language (`other_language`). A corpus with lists
of labels is scored as such: a feeling is guessed where its probability reaches the threshold that held-out training
texts chose for it, or comes nearest to it (macro-F1); the top guess is right where it is one of the labels (accuracy,
calibration error). The last line is one JSON object."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.dataset import SHARED, UnreadableData
from models.emotion import scores
from models.emotion.labels import FEELINGS
from models.emotion.text.corpus import LANGUAGES, Labelled, Language, found, languages, table
from models.emotion.text.predict import LEAST_LETTERS, Text
from models.program import ended, told

NEUTRAL = FEELINGS.index("neutral")


@dataclass(frozen=True, slots=True)
class Judged:
    """`truth` [n, 7] labels, `chances` [n, 7] probabilities, `guessed` [n, 7] the feelings guessed: all that are
    likely where the corpus gives several, else the top one; `sure` [n] whether the head's threshold of doubt was
    met, `readable` [n] whether it would read the text at all."""

    truth: NDArray[np.bool_]
    chances: NDArray[np.float32]
    guessed: NDArray[np.bool_]
    sure: NDArray[np.bool_]
    readable: NDArray[np.bool_]

    def part(self, chosen: NDArray[np.intp]) -> "Judged":
        """The rows `chosen`."""
        columns = (self.truth, self.chances, self.guessed, self.sure, self.readable)
        return Judged(*(column[chosen] for column in columns))  # type: ignore[arg-type]  # each keeps its kind


def joined(parts: Sequence[Judged]) -> Judged:
    """Several parts, one behind the other."""
    return Judged(
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.chances for part in parts]),
        np.concatenate([part.guessed for part in parts]),
        np.concatenate([part.sure for part in parts]),
        np.concatenate([part.readable for part in parts]),
    )


def judge(rows: Sequence[Labelled], reader: Text, language: Language) -> Judged:
    """What the head of `language` says of `rows`."""
    texts, head = [row.text for row in rows], reader.head(language)
    heard = reader.heard(texts, language)
    chances = head.weighed(heard.opinions)
    top = chances.argmax(axis=1)
    several = np.array([row.several for row in rows], np.bool_)[:, None]
    worded = np.array([sum(map(str.isalpha, text)) >= LEAST_LETTERS for text in texts], np.bool_)
    return Judged(
        truth=table(rows),
        chances=chances,
        guessed=np.where(several, head.several(heard.opinions), scores.one_hot(top, len(FEELINGS))),
        sure=np.asarray(chances.max(axis=1) >= head.sure_from, np.bool_),
        readable=head.familiar(heard.costs) & worded,
    )


def measures(judged: Judged) -> dict[str, float]:
    """The metrics; `six_…` leave out the texts that are neutral and the guess neutral."""
    top, confidence = judged.chances.argmax(axis=1), judged.chances.max(axis=1).astype(np.float64)
    right = judged.truth[np.arange(len(top)), top]
    sure, served = judged.sure, judged.sure & judged.readable
    first = judged.truth.argmax(axis=1)
    feeling = ~judged.truth[:, NEUTRAL]
    six = np.delete(judged.chances[feeling], NEUTRAL, axis=1).argmax(axis=1)
    six_truth = np.delete(judged.truth[feeling], NEUTRAL, axis=1)
    result = {
        "uar": scores.uar(first, top, len(FEELINGS)),
        "accuracy": float(right.mean()),
        "macro_f1": scores.macro_f1(judged.truth, judged.guessed),
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


def report(rows: Sequence[Labelled], reader: Text, language: Language | None = None) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from. Without `language` each row's own is told by
    its letters; with it, rows that name another are left out. Raises `UnreadableData` where nothing is left."""
    given = len(rows)
    rows = [row for row in rows if language is None or row.language in (None, language)]
    spoken = [language] * len(rows) if language else languages(rows)
    kept: list[Labelled] = []
    parts: list[Judged] = []
    groups: dict[str, dict[str, float]] = {}
    models: list[str] = []
    for tongue in LANGUAGES:
        mine = [row for row, each in zip(rows, spoken, strict=True) if each == tongue]
        if not mine:
            continue
        head = reader.head(tongue)
        known = np.isin([row.digest for row in mine], reader.adapter(tongue).seen)
        fresh = [row for row, seen in zip(mine, known, strict=True) if not seen]
        if not fresh:
            continue
        part = judge(fresh, reader, tongue)
        kept, models = kept + fresh, [*models, head.card.name]
        parts.append(part)
        groups[f"language:{tongue}"] = {"n": len(fresh), **measures(part)}
    if not kept:
        reason = "the heads were trained on all of these texts" if rows else f"no row is in the language {language}"
        raise UnreadableData(f"{reason}, so they measure nothing")
    judged = joined(parts)
    for name in sorted({row.corpus for row in kept}):
        chosen = np.flatnonzero([row.corpus == name for row in kept])
        groups[f"corpus:{name}"] = {"n": len(chosen), **measures(judged.part(chosen))}
    each = scores.f1(judged.truth, judged.guessed)
    for number, feeling in enumerate(FEELINGS):
        count = int(judged.truth[:, number].sum())
        if count:
            groups[f"feeling:{feeling}"] = {"n": count, "f1": round(float(each[number]), 4)}
    return {
        "task": "text",
        "n": len(kept),
        "left_out": len(rows) - len(kept),
        "other_language": given - len(rows),
        "language": ", ".join(sorted(set(spoken))),
        "metrics": measures(judged),
        "by_group": groups,
        "model": ", ".join(models),
    }, judged


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(
        prog="heed evaluate text", description="Measure the heads that read feelings from texts."
    )
    parser.add_argument("--data", type=Path, default=SHARED / "text", help="JSON Lines, or a folder of such files")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
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

        command = "heed evaluate text --data CORPORA --natural SENTENCES --card CARD.md"
        results = card.results(chosen.data, chosen.natural, chosen.weights)
        chosen.card.write_text(card.written(results, command), encoding="utf-8")
        return
    data = found(chosen.data)
    result, judged = report(data.rows, Text(chosen.weights, chosen.licence), chosen.language)
    result |= {"unlabelled": data.unlabelled, "other_language": result["other_language"] + data.foreign}
    if chosen.plots:
        _plots(judged, chosen.plots)
    told(result, only_json=chosen.json)


def _plots(judged: Judged, folder: Path) -> None:
    from models.emotion import plots

    top, confidence = judged.chances.argmax(axis=1), judged.chances.max(axis=1).astype(np.float64)
    right, sure = judged.truth[np.arange(len(top)), top], judged.sure
    truth = np.where(right, top, judged.truth.argmax(axis=1))
    chosen = (float(sure.mean()), float(1 - right[sure].mean()) if sure.any() else 0.0)
    plots.three((truth, top), confidence, chosen, FEELINGS, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


if __name__ == "__main__":
    sys.exit(main())
