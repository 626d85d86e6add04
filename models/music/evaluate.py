"""Measure what reads moods from music: `heed evaluate music --data PATH [--json]`.

PATH is a folder with index.csv (path, mood, and artist or source where known), or a folder of unpacked packages whose
tracks `purposes.yaml` names. Tracks that the head was learned from are judged by heads of other artists, and then
pieces of Heed's own composer too, by heads that know none of their settings. The last line is one JSON object."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.dataset import UnreadableData
from models.music import run
from models.music.composed import Composed
from models.music.learning import fitted, folds, lesson
from models.music.material import CACHE, Material, mark
from models.music.measuring import Judged, guessing, intervals, measures
from models.music.moods import MOODS
from models.music.predict import HEAD, MoodReader
from models.music.train import HERE, heard, played
from models.program import ended, told

COMMAND = "heed evaluate music --data FOLDER --card CARD.md --plots plots"
OPPOSITE = 7


def judge(real: Material, reader: MoodReader, plan: run.Run, own: Composed | None) -> tuple[Judged, str]:
    """What is said of every track, and how that was found out. Raises `UnreadableData` where tracks the head was
    learned from share one artist, so that nothing can be held out."""
    if own is None:
        return _said(reader, real), "tracks that the head was not learned from; one mood each, named by the data"
    every = lesson(real, own, plan.weight)
    try:
        parts = folds(every.family, plan.folds)
        readers = [MoodReader(fitted(every.part(learn), plan, ())) for learn, _ in parts]
    except ValueError as error:
        raise UnreadableData(str(error)) from None
    count = len(real.labels)
    chances, known = np.zeros((count, len(MOODS))), np.zeros(count, np.bool_)
    sure_from = np.zeros(count)
    for other, (_, test) in zip(readers, parts, strict=True):
        chances[test], known[test] = other.chances(real.raw[test])
        sure_from[test] = other.head.sure_from
    protocol = f"nested: {len(parts)} folds, no artist and no package in two; moods by file names, tags and folders"
    return Judged(real.labels, chances, known, sure_from, real.family), protocol


def _said(reader: MoodReader, real: Material) -> Judged:
    chances, known = reader.chances(real.raw)
    sure_from = np.full(len(known), reader.head.sure_from)
    return Judged(real.labels, chances.astype(np.float64), known, sure_from, real.family)


def sanity(real: Material, own: Composed, plan: run.Run) -> Judged | None:
    """Composed pieces, each judged by a head that was learned from real tracks and from pieces of the other half of
    tempos, of chords and of leading voices. None where there are too few."""
    chances, known = np.zeros((len(own.labels), len(MOODS))), np.zeros(len(own.labels), np.bool_)
    sure_from = np.zeros(len(own.labels))
    for corner in np.unique(own.corner):
        test, learn = own.corner == corner, own.corner == OPPOSITE - corner
        if not learn.any():
            continue
        part = lesson(real, own.part(np.flatnonzero(learn)), plan.weight)
        reader = MoodReader(fitted(part, plan, ()))
        chances[test], known[test] = reader.chances(own.raw[test])
        sure_from[test] = reader.head.sure_from
    judged = Judged(own.labels, chances, known, sure_from, own.corner)
    asked = np.asarray(chances.any(axis=1), np.bool_)
    return judged.part(asked) if asked.any() else None


def report(real: Material, reader: MoodReader, plan: run.Run, cache: Path) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from."""
    seen = np.isin(np.array([mark(row) for row in real.raw], np.uint64), reader.head.extras["seen"])
    own = played(plan.pieces, cache) if seen.mean() > 0.5 else None
    judged, protocol = judge(real, reader, plan, own)
    metrics = {**measures(judged), **intervals(judged, plan.seed), **guessing(judged, plan.seed)}
    groups: dict[str, dict[str, float]] = {}
    sources = np.array([track.source for track in real.tracks])
    for name, members in [
        *((f"mood:{mood}", judged.truth == place) for place, mood in enumerate(MOODS)),
        *((f"source:{source}", sources == source) for source in sorted(set(sources.tolist()) - {""})),
    ]:
        if members.any():
            part = judged.part(np.asarray(members, np.bool_))
            kept = {key: value for key, value in measures(part).items() if key in ("accuracy", "top2", "coverage")}
            groups[name] = {"n": int(members.sum()), **kept}
    if own is not None and (pieces := sanity(real, own, plan)) is not None:
        groups["sanity:composed"] = {"n": len(pieces.truth), **measures(pieces)}
    result: dict[str, Any] = {
        "task": "music",
        "n": len(real.labels),
        "protocol": protocol,
        "families": len(np.unique(real.family)),
        "metrics": metrics,
        "by_group": groups,
        "abstentions": {
            "unfamiliar": int((~judged.known).sum()),
            "unsure": int((judged.known & ~judged.said).sum()),
        },
        "refused": real.refused,
        "model": reader.head.card.name,
    }
    return result, judged


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData`."""
    parser = argparse.ArgumentParser(prog="heed evaluate music", description="Measure what reads moods from music.")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv, or of unpacked packages")
    parser.add_argument("--weights", type=Path, help="not needed here")
    parser.add_argument("--head", type=Path, default=HEAD)
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true", help="print the JSON object only")
    parser.add_argument("--plots", type=Path, help="folder for the three pictures")
    parser.add_argument("--card", type=Path, help="file of the card to be written")
    chosen = parser.parse_args(arguments)
    plan, reader = run.read(chosen.run), MoodReader(chosen.head)
    real = heard(chosen.data, chosen.cache)
    result, judged = report(real, reader, plan, chosen.cache)
    if chosen.plots:
        from models.emotion import plots  # matplotlib is an extra

        confidence = (result["metrics"]["coverage"], result["metrics"].get("selective_error", 0.0))
        plots.three((judged.truth, judged.guess), judged.confidence, confidence, MOODS, chosen.plots)
    if chosen.card:
        from models.music.card import written

        chosen.card.write_text(written(result, reader.head, COMMAND), encoding="utf-8")
    told(result, only_json=chosen.json)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


if __name__ == "__main__":
    sys.exit(main())
