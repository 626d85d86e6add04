"""Learns the danger screen's second opinion: `python -m models.danger.train [--data ../shared/data/text]`.

Reads the sentences of `models/danger/training` (written for this; several authors, none of whom wrote the held-out
sentences of the tests) and, as ordinary talk, public sets whose terms allow it: GoEmotions (Apache-2.0), KOTE (MIT)
and Chatbot_data (MIT). The thresholds come from scores that each author's sentences get from a model which has not
seen that author. Needs scikit-learn, which serving does not.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from models.danger import grams, lessons, spelling
from models.danger.hit import Kind, Tier
from models.danger.opinion import FILE, KIND_BUCKETS, pack
from models.danger.rules import lexicon
from models.danger.screening import by_lexicon
from models.words import LANGUAGES

ORDINARY = (("goemotions/train", "text", 4000), ("kote/train", "text", 1500), ("chatbot_ko/all", "q", 3000))
ORDINARY_WEIGHT, UNCLEAR_WEIGHT = 0.15, 0.7
STRENGTH = 20.0  # inverse of the ridge penalty
HINT_ADDS = 3.5
FALSE_ALARMS = (
    0.06  # of hard harmless sentences of authors left out; one missed cry weighs more than one needless question
)
EVERYDAY = 0.0125  # of ordinary talk that is sad, tired or angry, and no more than that
WRONG_HELPLINES = 0.004
FOLDS = 5
LOST = 0.01  # of the clear sentences that the lexicon found, what its being taken for harmless may cost
TUNED_ON = "dev"  # the lexicon was written with these at hand, so its findings there say nothing
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/text"))
    data: Path = parser.parse_args().data
    authors = {path.stem: lessons.rows(path) for path in sorted(lessons.SENTENCES.glob("*.jsonl"))}
    authors[f"{TUNED_ON}_rules"] = _examples()
    ordinary = features(lessons.public(data, ORDINARY, longest=300))
    known = {name: features([row["text"] for row in rows]) for name, rows in authors.items()}
    print("author      rows  AUC of clear against harmless, never having seen the author")
    scores = {name: _score_without(name, authors, known, ordinary) for name in authors}
    thresholds = choose(authors, scores)
    print("thresholds", json.dumps(thresholds))
    names = list(authors)
    model = _fit([known[name] for name in names], [authors[name] for name in names], ordinary)
    header, bodies = _packed(model, names, authors, known)
    header["thresholds"] = thresholds
    header["learned_from"] = {name: len(rows) for name, rows in authors.items()} | {"ordinary": ordinary.shape[0]}
    FILE.write_bytes(pack(header, bodies))
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


def _examples() -> list[dict[str, Any]]:
    """The lexicon's own examples of its rules: what it is there for must not be taken for harmless."""
    return [
        {"text": example, "label": rule.tier.value, "kind": rule.kind.value}
        for language in LANGUAGES
        for rule in lexicon(language).rules
        for example in rule.like
    ]


def features(texts: Sequence[str]) -> csr_matrix:
    """Float matrix [texts, 2 × `grams.BUCKETS`]: letters, then phrases, each row's halves of length 1."""
    plain = [spelling.plain(text) for text in texts]
    halves = [_matrix([grams.letters(text) for text in plain]), _matrix([grams.phrases(text) for text in plain])]
    return csr_matrix(hstack(halves))


def _matrix(buckets: Sequence[set[int]]) -> csr_matrix:
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for found in buckets:
        columns += sorted(found)
        values += [1 / len(found) ** 0.5] * len(found)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(buckets), grams.BUCKETS))


def _fit(
    known: Sequence[csr_matrix], rows: Sequence[list[dict[str, Any]]], ordinary: csr_matrix
) -> LogisticRegression:
    flat = [row for group in rows for row in group]
    truth = [row["label"] != "none" for row in flat] + [False] * ordinary.shape[0]
    weights = [UNCLEAR_WEIGHT if row["label"] == "unclear" else 1.0 for row in flat]
    weights += [ORDINARY_WEIGHT] * ordinary.shape[0]
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=300, random_state=SEED)
    return model.fit(vstack([*known, ordinary]), truth, sample_weight=weights)


def _score_without(
    name: str, authors: dict[str, list[dict[str, Any]]], known: dict[str, csr_matrix], ordinary: csr_matrix
) -> np.ndarray:
    others = [other for other in authors if other != name]
    rows, mine = authors[name], known[name]
    scores = np.zeros(len(rows))
    # Everyday talk is one author's a language: left out whole, nothing of its kind would be known. So in folds.
    fold = np.arange(len(rows)) % FOLDS if "ordinary" in name else np.zeros(len(rows), int)
    for part in np.unique(fold):
        kept = fold != part
        parts = [*(known[other] for other in others), mine[kept]]
        told = [*(authors[other] for other in others), [row for row, keep in zip(rows, kept, strict=True) if keep]]
        scores[~kept] = _fit(parts, told, ordinary).decision_function(mine[~kept])
    clear = scores[[row["label"] == "clear" for row in authors[name]]]
    none = scores[[row["label"] == "none" for row in authors[name]]]
    shown = f"{(clear[:, None] > none[None]).mean():.3f}" if len(clear) and len(none) else "–"
    print(f"{name:10s} {len(scores):5d}  {shown}")
    return scores


def choose(authors: dict[str, list[dict[str, Any]]], scores: dict[str, np.ndarray]) -> dict[str, float]:
    """Thresholds that keep to `FALSE_ALARMS` and `WRONG_HELPLINES` on authors whom neither part has seen."""
    combined: list[float] = []
    everyday: list[float] = []
    trusted: list[float] = []
    plainly: list[float] = []
    harmless = 0
    for name, rows in authors.items():
        if TUNED_ON in name:
            continue
        for row, score in zip(rows, scores[name], strict=True):
            found = by_lexicon(row["text"])
            if row["label"] == "clear" and found is not None and found.tier is Tier.clear:
                plainly.append(float(score))
            if row["label"] != "none":
                continue
            if "ordinary" in name:
                everyday.append(float(score) + (HINT_ADDS if found is not None else 0.0))
                continue
            harmless += 1
            if found is not None and found.tier is Tier.clear:
                trusted.append(float(score))
            else:
                combined.append(float(score) + (HINT_ADDS if found is not None else 0.0))
    surely = float(np.quantile(plainly, LOST))
    combined += [np.inf for score in trusted if score >= surely]  # met whatever the opinion asks for
    combined += [-np.inf for score in trusted if score < surely]
    ask = max(float(np.quantile(combined, 1 - FALSE_ALARMS)), float(np.quantile(everyday, 1 - EVERYDAY)))
    allowed = int(harmless * WRONG_HELPLINES)
    trusted.sort(reverse=True)
    return {
        "hint_adds": HINT_ADDS,
        "ask": round(ask, 3),
        "harmless": round(surely, 3),
        "trust": round(trusted[allowed] + 1e-3, 3) if len(trusted) > allowed else -9.0,
    }


def _bytes(weights: np.ndarray) -> tuple[bytes, float]:
    scale = float(np.abs(weights).max()) / 127
    return np.round(weights / scale).astype(np.int8).tobytes(), scale


def _packed(
    model: LogisticRegression,
    names: list[str],
    authors: dict[str, list[dict[str, Any]]],
    known: dict[str, csr_matrix],
) -> tuple[dict[str, Any], list[bytes]]:
    body, scale = _bytes(model.coef_[0])
    folded = csr_matrix(vstack([_fold(known[name]) for name in names]))
    rows = [row for name in names for row in authors[name]]
    telling = np.array([row["label"] != "none" for row in rows])
    kinds, bodies = [], [body]
    for kind in Kind:
        truth = np.array([row["kind"] == kind.value for row in rows])[telling]
        fitted = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED).fit(folded[telling], truth)
        kind_body, kind_scale = _bytes(fitted.coef_[0])
        kinds.append([kind.value, kind_scale, float(fitted.intercept_[0])])
        bodies.append(kind_body)
    header = {
        "buckets": grams.BUCKETS,
        "kind_buckets": KIND_BUCKETS,
        "scale": scale,
        "bias": float(model.intercept_[0]),
        "kinds": kinds,
    }
    return header, bodies


def _fold(known: csr_matrix) -> csr_matrix:
    """The same rows over `KIND_BUCKETS` buckets a half, as serving folds them: present or not, length 1 a half."""
    halves = []
    for first in (0, grams.BUCKETS):
        part = known[:, first : first + grams.BUCKETS].tocsr()
        buckets = [{int(c) % KIND_BUCKETS for c in part.indices[part.indptr[i] : part.indptr[i + 1]]} for i in
                   range(part.shape[0])]  # fmt: skip
        columns = [bucket for found in buckets for bucket in sorted(found)]
        values = [1 / len(found) ** 0.5 for found in buckets for _ in found]
        ends = np.cumsum([0, *map(len, buckets)])
        halves.append(csr_matrix((values, columns, ends), shape=(len(buckets), KIND_BUCKETS)))
    return csr_matrix(hstack(halves))


if __name__ == "__main__":
    main()
