"""Measure what reads feelings from faces: `heed evaluate face --data PATH [--json]`.

PATH is a zip of sheets as FER2013 comes in here, a zip with index.csv, or a folder with one; of one that names no
feelings and in which faces were counted, it is measured how many of them are found. Of FER2013 the parts
other than Training are judged, over the pictures of which at least five of ten people named the same of the seven.
The last line is one JSON object."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from models.dataset import SHARED, UnreadableData
from models.emotion.face import looking, run
from models.emotion.face.fitting import Seen, fitted
from models.emotion.face.looking import Looked
from models.emotion.face.material import LEARNED
from models.emotion.face.measuring import Judged, groups, measures
from models.emotion.face.photos import photos
from models.emotion.face.place import Licence
from models.emotion.face.predict import Face
from models.emotion.face.served import Device
from models.emotion.face.sheets import are_sheets, sheets
from models.emotion.face.train import CACHE, HERE, SHEETS
from models.emotion.face.twins import families
from models.emotion.head import Head
from models.emotion.labels import FEELINGS
from models.face import recall
from models.face.refusal import NoFace
from models.program import ended, told

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

COMMAND = "python -m models.emotion.face.evaluate --data PATH --weights FOLDER --card CARD.md --plots plots"


@dataclass(frozen=True, slots=True)
class Given:
    """What is judged: `looked` and `truth` [n] of the faces that were found, `members` the groups they are in,
    `refused` how many pictures were refused with which key, `unlabelled` how many had no label."""

    looked: Looked
    truth: NDArray[np.int64]
    members: dict[str, Flags]
    refused: dict[str, int]
    unlabelled: int
    protocol: str


def given(data: Path, reader: Face, cache: Path) -> Given:
    """The faces that `data` names. Raises `UnreadableData`."""
    if not data.exists():
        raise UnreadableData(f"{data} is not there; --data names another place")
    return _of_sheets(data, reader, cache) if are_sheets(data) else _of_photos(data, reader, cache)


def _of_sheets(data: Path, reader: Face, cache: Path) -> Given:
    every = sheets(data)
    other = every.usage != LEARNED
    if not other.any():
        raise UnreadableData(f"{data.name} holds the part {LEARNED} alone, which the network was trained on")
    part = every.part(other & every.agreed)
    if not len(part.tiles):
        raise UnreadableData(f"in {data.name} no picture has a majority among the seven")
    looked = looking.at_tiles(part.tiles, reader.finder, cache)
    members = {f"part:{name}": part.usage == name for name in np.unique(part.usage)}
    left = int((other & ~every.agreed).sum())
    protocol = f"unseen pictures; majority of at least five of ten over the seven feelings ({left} without)"
    return Given(looked, part.labels, members | looking.groups_of(looked), {}, left, protocol)


def _of_photos(data: Path, reader: Face, cache: Path) -> Given:
    listed = photos(data)
    looked = looking.at_photos(listed, reader.finder, cache)
    found = looked.refused == ""
    if not found.any():
        raise UnreadableData(f"in none of the pictures of {data.name} a face was found")
    names, counts = np.unique(looked.refused[~found], return_counts=True)
    truth = np.array([FEELINGS.index(row.label) for row in listed.rows], np.int64)[found]
    kept = looked.part(found)
    members = looking.groups_of(kept)
    rows = [row for row, each in zip(listed.rows, found, strict=True) if each]
    for kind in sorted({name for row in rows for name in row.groups}):
        for value in sorted({row.groups.get(kind, "") for row in rows} - {""}):
            members[f"{kind}:{value}"] = np.array([row.groups.get(kind) == value for row in rows], np.bool_)
    refused = {str(name): int(count) for name, count in zip(names, counts, strict=True)}
    return Given(kept, truth, members, refused, listed.unlabelled, "unseen pictures; one label each")


def judge(faces: Given, reader: Face, plan: run.Run) -> tuple[Judged, str, dict[str, int]]:
    """What is said of every face, how it was found out, and how often nothing was said for which reason. Faces that
    the head was fitted to are judged by heads of other folds."""
    head, looked = reader.head, faces.looked
    known = looking.among(looked.tiles, head)
    protocol = faces.protocol
    inputs = reader.inputs(looked.tiles, looked.moves)
    chances = head.probabilities(inputs)
    strange, sure = head.strangeness(inputs) > head.alike_to, chances.max(axis=1) >= head.sure_from
    if known.sum() > len(known) / 2 and reader.network is None:
        chances, strange, sure = _crossed(faces, plan, head)
        protocol = "nested: each fold judged by a head of the others, no picture in two; " + protocol.split("; ")[1]
    reasons = {"unfamiliar": int(strange.sum()), "unsure": int((~strange & ~sure).sum())}
    return Judged(faces.truth, chances, np.asarray(~strange & sure, np.bool_)), protocol, reasons


def _crossed(faces: Given, plan: run.Run, head: Head) -> tuple[Floats, Flags, Flags]:
    from sklearn.model_selection import GroupKFold  # an extra: only where heads are learned anew

    targets = (np.arange(len(FEELINGS)) == faces.truth[:, None]).astype(np.float32)
    family = families(faces.looked.tiles)
    chances = np.zeros(targets.shape, np.float32)
    strange, sure = np.zeros(len(family), np.bool_), np.zeros(len(family), np.bool_)
    for train, test in GroupKFold(n_splits=plan.head.folds).split(family, groups=family):
        moves = faces.looked.moves
        asked = np.ones(len(train), np.bool_)
        other = fitted(Seen(moves[train], targets[train], asked, family[train]), plan.head, head.card, network=False)
        inputs = np.where(np.isnan(moves[test]), other.centre[None], moves[test])
        chances[test] = other.probabilities(inputs)
        strange[test] = other.strangeness(inputs) > other.alike_to
        sure[test] = chances[test].max(axis=1) >= other.sure_from
    return chances, strange, sure


def report(faces: Given, reader: Face, plan: run.Run) -> tuple[dict[str, Any], Judged]:
    """The JSON object of an evaluation, and what it was made from."""
    judged, protocol, reasons = judge(faces, reader, plan)
    metrics = measures(judged)
    refused = sum(faces.refused.values())
    metrics["found"] = round(1 - faces.refused.get(NoFace.key, 0) / (len(faces.truth) + refused), 4)
    metrics["accuracy_of_all"] = round(metrics["accuracy"] * len(faces.truth) / (len(faces.truth) + refused), 4)
    result: dict[str, Any] = {
        "task": "face",
        "n": len(faces.truth),
        "protocol": protocol,
        "metrics": metrics,
        "by_group": groups(judged, faces.members),
        "abstentions": reasons,
        "refused": faces.refused,
        "unlabelled": faces.unlabelled,
        "model": reader.head.card.name,
    }
    return result, judged


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(prog="heed evaluate face", description="Measure what reads feelings from faces.")
    parser.add_argument("--data", type=Path, default=SHARED / "face" / SHEETS, help="zip of sheets, zip or folder")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--licence", choices=get_args(Licence), default="all")
    parser.add_argument("--model", default="", help="folder of the weights with what `heed train face` wrote")
    parser.add_argument("--device", choices=get_args(Device), default="cpu", help="where the network runs")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true", help="print the JSON object only")
    parser.add_argument("--plots", type=Path, help="folder for the three pictures")
    parser.add_argument("--card", type=Path, help="file of the card to be written; also of --also and the open head")
    parser.add_argument("--counted", type=Path, help="photos for the card, in which faces were counted")
    parser.add_argument("--also", type=Path, help="photos for the card, beside --data")
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    reader = Face(chosen.weights, chosen.licence, chosen.model, chosen.device)
    if recall.is_counted(chosen.data):
        found = recall.counted(chosen.data, reader.finder).report()
        if not chosen.json:
            print(
                "\n".join(
                    f"{name}: {share}, {found['faces'].get(name, '')}" for name, share in found["metrics"].items()
                )
            )
        print(json.dumps(found, ensure_ascii=False))
        return
    result, judged = report(given(chosen.data, reader, chosen.cache), reader, plan)
    if chosen.plots:
        _plots(judged, result, chosen.plots)
    if chosen.card:
        _card(chosen, plan, reader, result)
    told(result, only_json=chosen.json)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: evaluate(arguments))


def _card(chosen: argparse.Namespace, plan: run.Run, reader: Face, result: dict[str, Any]) -> None:
    from models.emotion.face.card import written

    results = {"FER+": (result, reader.head)}
    if chosen.also:
        free = Face(chosen.weights, "open")
        faces = given(chosen.also, reader, chosen.cache)
        results["photos"] = (report(faces, reader, plan)[0], reader.head)
        results["photos, open"] = (report(faces, free, plan)[0], free.head)
        sheet = given(chosen.data, free, chosen.cache)
        results["FER+, open"] = (report(sheet, free, plan)[0], free.head)
    found = recall.counted(chosen.counted, reader.finder).report() if chosen.counted else None
    chosen.card.write_text(written(results, COMMAND, found), encoding="utf-8")


def _plots(judged: Judged, result: dict[str, Any], folder: Path) -> None:
    from models.emotion import plots

    chosen = (result["metrics"]["coverage"], result["metrics"]["selective_error"])
    plots.three((judged.truth, judged.chances.argmax(axis=1)), judged.confidence, chosen, FEELINGS, folder)


if __name__ == "__main__":
    sys.exit(main())
