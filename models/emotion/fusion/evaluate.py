"""Measure how estimates are pooled: `heed evaluate fusion [--data PATH] [--json]`.

PATH is a folder of real clips with index.csv (see `clips.py`). Without it, moments composed of single items of the
shared corpora are judged, which proves nothing by itself. The last line is one JSON object."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from models.dataset import SHARED
from models.emotion.fusion import run
from models.emotion.fusion.clips import Clips, Heard, clips, heard
from models.emotion.fusion.composing import CLEAN, Moments, composed
from models.emotion.fusion.held_out import Bank, bank
from models.emotion.fusion.learning import divided
from models.emotion.fusion.measuring import FEWEST, SUBSETS, beside_best, called, measures, robustness
from models.emotion.fusion.noise import kept_noise
from models.emotion.fusion.opinions import Opinions
from models.emotion.fusion.pool import Pool
from models.emotion.fusion.predict import Fusion, fusion
from models.emotion.fusion.readers import Readers
from models.emotion.fusion.train import HERE, caches, folders
from models.emotion.labels import FEELINGS, Modality
from models.program import ended, told
from models.weights.learned import Licence

COMMAND = "python -m models.emotion.fusion.evaluate --weights FOLDER --card CARD.md --plots plots"
PROVES_NOTHING = (
    "composed of words, voice and face of one feeling, but of different people and moments: this proves nothing by"
    " itself"
)


def report(
    pool: Pool, moments: Moments, noise: Mapping[Modality, Opinions], seed: int, protocol: str
) -> dict[str, Any]:
    """The JSON object of an evaluation."""
    groups: dict[str, dict[str, Any]] = {}
    for subset in SUBSETS:
        given = moments.having(subset)
        if len(given):
            found: dict[str, Any] = {"n": len(given), **measures(pool, given, subset)}
            groups[f"subset:{called(subset)}"] = found | (beside_best(pool, given, subset) if len(subset) > 1 else {})
    for number, feeling in enumerate(FEELINGS):
        felt = moments.part(np.asarray(moments.truth == number, np.bool_))
        if len(felt) >= FEWEST:
            found = measures(pool, felt)
            groups[f"label:{feeling}"] = {
                "n": len(felt),
                **{key: found[key] for key in ("right", "coverage", "torn")},
            }
    return {
        "task": "fusion",
        "n": len(moments),
        "protocol": protocol,
        "metrics": measures(pool, moments),
        "by_group": groups,
        "robustness": robustness(pool, moments, noise, seed),
        "model": pool.card.name,
    }


def of_composed(pool: Pool, judged: Bank, plan: run.Run) -> tuple[dict[str, Any], Moments]:
    """The report of moments composed of what nothing was learned from or calibrated on: every feeling alike often and
    nothing wrong; beside it, under `mixed`, with other priors, gaps and contradictions as in learning."""
    chance = np.random.default_rng(plan.seed + 1)
    moments = composed(judged.said, judged.noise, CLEAN, plan.moments, chance)
    result = report(pool, moments, judged.noise, plan.seed, PROVES_NOTHING)
    mixed = composed(judged.said, judged.noise, plan.mixture, plan.moments, chance)
    return result | {"mixed": measures(pool, mixed), "refused": {}, "unlabelled": 0}, mixed


def of_clips(pool: Pool, given: Clips, read: Heard, seed: int, licence: Licence) -> dict[str, Any]:
    """The report of real clips. What is said of noise was kept by training, so that no corpus is needed."""
    moments = read.moments
    people = len(np.unique(moments.family))
    protocol = f"{len(moments)} real clips of {people} people, whom no number of the pool was learned from"
    protocol += f"; {given.nameless} name no person" if given.nameless else ""
    protocol += f"; the voice reader was trained on the sound of {read.known}" if read.known else ""
    result = report(pool, moments, kept_noise(licence), seed, protocol)
    for language in sorted(set(read.languages)):
        spoken = moments.part(np.array([each == language for each in read.languages], np.bool_))
        if len(spoken) >= FEWEST:
            result["by_group"][f"language:{language}"] = {"n": len(spoken), **measures(pool, spoken)}
    missing = [called(subset) for subset in SUBSETS if not len(moments.having(subset))]
    counts = {"abstentions": read.abstentions, "refused": read.refused, "unlabelled": given.unlabelled}
    return result | counts | {"missing": missing}


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(prog="heed evaluate fusion", description="Measure how estimates are pooled.")
    parser.add_argument("--data", type=Path, help="folder of real clips with index.csv")
    parser.add_argument(
        "--corpora", type=Path, default=SHARED, help="folder with text, voice and face, for composing"
    )
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--licence", choices=get_args(Licence), default="all")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--pool", type=Path, help="a pool other than the committed one")
    parser.add_argument("--json", action="store_true", help="print the JSON object only")
    parser.add_argument("--plots", type=Path, help="folder for the three pictures")
    parser.add_argument("--card", type=Path, help="file of the card to be written, of this and the open pool")
    caches(parser)
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    pool = (Fusion(chosen.pool) if chosen.pool else fusion(chosen.licence)).pool
    given = clips(chosen.data) if chosen.data else None
    readers = Readers(chosen.weights, chosen.licence)
    if given is not None:
        read = heard(given, readers, chosen.cache)
        result, moments = of_clips(pool, given, read, plan.seed, chosen.licence), read.moments
    else:
        result, moments = of_composed(pool, _judged(readers, plan, chosen), plan)
    if chosen.card:
        from models.emotion.fusion.card import written

        open_readers, open_pool = Readers(chosen.weights, "open"), fusion("open").pool
        free, _ = of_composed(open_pool, _judged(open_readers, plan, chosen), plan)
        chosen.card.write_text(written([(result, pool), (free, open_pool)], COMMAND), encoding="utf-8")
    if chosen.plots:
        _plots(pool, moments, chosen.plots)
    told(result, only_json=chosen.json, also="robustness")


def _judged(readers: Readers, plan: run.Run, chosen: argparse.Namespace) -> Bank:
    corpora = plan.pools[readers.licence].corpora
    return divided(bank(readers, corpora, folders(chosen, chosen.corpora)), plan)[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


def _plots(pool: Pool, moments: Moments, folder: Path) -> None:
    from models.emotion import plots

    counted = moments.speaks
    some = np.asarray(counted.any(axis=1), np.bool_)
    chances, truth = pool.pooled(moments.chances, counted)[some], moments.truth[some]
    found = measures(pool, moments)
    chosen = (found["coverage"], found["selective_error"])
    plots.three((truth, chances.argmax(axis=1)), chances.max(axis=1).astype(np.float64), chosen, FEELINGS, folder)


if __name__ == "__main__":
    sys.exit(main())
