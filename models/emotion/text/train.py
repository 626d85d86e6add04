"""Train the text heads: `heed train text --data FOLDER`, which is `python -m models.emotion.text.train`.

Sentence vectors are kept by the hash of the texts they were made from, and finished heads by the hash of what they
learned from and how, so a run that was stopped goes on where it was."""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from models.dataset import SHARED, UnreadableData
from models.emotion.head import Card
from models.emotion.labels import FEELINGS
from models.emotion.text.blend import Blend, Shape, save
from models.emotion.text.corpus import Labelled, labelled
from models.emotion.text.learning import Recipe, learn
from models.emotion.text.vectors import vectors
from models.program import ended

Floats = NDArray[np.float32]

HERE = Path(__file__).parent
HEADS = HERE / "heads"
CACHE = Path(".cache/text")
VERSION = 1
"""Counted up whenever a text would give another vector than before."""
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """One head to be trained; see the comments of train.yaml."""

    own: tuple[str, ...]
    beside: tuple[str, ...]
    shape: Shape
    recipe: Recipe
    name: str
    licence: str
    commercial: bool


def plans(path: Path) -> dict[str, Plan]:
    """The heads described in `path`. Raises KeyError for what is missing."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        key: Plan(
            own=tuple(head["own"]),
            beside=tuple(head["beside"]),
            shape=Shape(**head["pieces"]),
            recipe=Recipe(**loaded["recipe"] | {"alpha": head["alpha"], "seed": loaded["seed"]}),
            name=head["name"],
            licence=head["licence"],
            commercial=head["commercial"],
        )
        for key, head in loaded["heads"].items()
    }


def kept_vectors(texts: Sequence[str], folder: Path) -> Floats:
    """Sentence vectors of `texts`, from `folder` where a block of them is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
    found = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("sentence vectors", total=len(texts))
        for block in blocks:
            digest = hashlib.sha256(f"{VERSION}".encode())
            for text in block:
                digest.update(text.encode("utf-8") + b"\0")
            path = folder / f"{digest.hexdigest()[:32]}.npy"
            if not path.is_file():
                beside = path.with_suffix(".partial.npy")
                np.save(beside, vectors(block))
                beside.replace(path)
            found.append(np.load(path))
            progress.advance(task, len(block))
    return np.concatenate(found).astype(np.float32)


def material(plan: Plan, data: Path) -> tuple[list[Labelled], list[bool]]:
    """The train parts of the corpora of `plan` in `data`, and which rows are the language's own; of a head without
    a corpus of its own the calibration is done on what lies beside. Raises `UnreadableData`."""
    rows: list[Labelled] = []
    own: list[bool] = []
    for name in (*plan.own, *plan.beside):
        found = labelled(data / name / "train.jsonl.gz")
        rows += found
        own += [name in plan.own or not plan.own] * len(found)
    return rows, own


def digest(plan: Plan, rows: Sequence[Labelled]) -> str:
    """Names a head by what it learns from and how."""
    hashed = hashlib.sha256(f"{VERSION} {plan}".encode())
    for row in rows:
        hashed.update(f"{row.corpus}\0{row.text}\0{row.labels}\0".encode())
    return hashed.hexdigest()[:32]


def trained(plan: Plan, rows: Sequence[Labelled], own: Sequence[bool], cache: Path) -> Blend:
    """The head of `plan` for `rows`."""
    sentence = kept_vectors([row.text for row in rows], cache)
    card = Card(plan.name, plan.licence, plan.commercial, (*plan.own, *plan.beside), FEELINGS)
    return learn(rows, sentence, np.array(own, np.bool_), plan.shape, plan.recipe, card)


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData`."""
    parser = argparse.ArgumentParser(
        prog="heed train text", description="Train the heads that read feelings from texts."
    )
    parser.add_argument(
        "--data", type=Path, default=SHARED / "text", help="folder of corpora, each with train.jsonl.gz"
    )
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=HEADS)
    parser.add_argument("--only", nargs="*", help="names of heads; all where left out")
    chosen = parser.parse_args(arguments)
    wanted = {key: plan for key, plan in plans(chosen.run).items() if not chosen.only or key in chosen.only}
    if not chosen.data.is_dir():
        raise UnreadableData(f"{chosen.data} is not a folder of corpora")
    chosen.out.mkdir(parents=True, exist_ok=True)
    finished = chosen.cache / "heads"
    finished.mkdir(parents=True, exist_ok=True)
    for number, (key, plan) in enumerate(wanted.items(), 1):
        rows, own = material(plan, chosen.data)
        kept = finished / f"{digest(plan, rows)}.npz"
        print(f"{key} ({number} of {len(wanted)}): {len(rows)} texts", file=sys.stderr)
        if not kept.is_file():
            save(trained(plan, rows, own, chosen.cache), kept)
        shutil.copy(kept, chosen.out / f"{key}.npz")
        print(f"{key}: {plan.name}, {', '.join((*plan.own, *plan.beside))}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
