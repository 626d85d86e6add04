"""Train what reads feelings in texts: `heed train text --data FOLDER` (`python -m models.emotion.text.train`).

First the adapters of the encoder, an hour on two cores, then the heads of the languages, minutes. What is finished is
kept by the hash of what it learned from and how, and a lesson by the step that it had reached, so a run that was
stopped goes on where it was."""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from models.dataset import SHARED, UnreadableData
from models.emotion.head import Card
from models.emotion.labels import FEELINGS
from models.emotion.text.adapter import Adapter
from models.emotion.text.blend import Blend, save
from models.emotion.text.corpus import Labelled, labelled
from models.emotion.text.learning import Held, Recipe, learn, unweighed
from models.emotion.text.lesson import TRANSLATED, Lesson, words_of
from models.emotion.text.ngrams import Shape
from models.emotion.text.predict import ENCODER
from models.emotion.text.split import held_out
from models.encoder import read_learned
from models.encoder.learned import keep_learned
from models.program import ended
from models.weights import find

Floats = NDArray[np.float32]

HERE = Path(__file__).parent
HEADS = HERE / "heads"
CACHE = Path(".cache/text")
VERSION = 2
"""Counted up whenever the same plan would give something else than before."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """One adapter to be taught; see the comments of train.yaml."""

    lesson: Lesson
    name: str
    licence: str
    commercial: bool
    again: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One head to be trained upon an adapter; see the comments of train.yaml."""

    adapter: str
    hears: tuple[str, ...]
    chooses: tuple[str, ...]
    spelled: tuple[str, ...]
    corpora: tuple[str, ...]
    alone: tuple[str, ...]
    shape: Shape
    recipe: Recipe
    name: str


def plans(path: Path) -> tuple[dict[str, Teaching], dict[str, Plan]]:
    """The adapters and heads described in `path`. Raises KeyError for what is missing."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    seed = loaded["seed"]
    return {
        key: Teaching(
            lesson=Lesson(**loaded["lesson"] | one["lesson"] | {"seed": seed}),
            name=one["name"],
            licence=one["licence"],
            commercial=one["commercial"],
            again=one.get("again", False),
        )
        for key, one in loaded["adapters"].items()
    }, {
        key: Plan(
            adapter=one["adapter"],
            hears=tuple(one["hears"]),
            chooses=tuple(one["chooses"]),
            spelled=tuple(one["spelled"]),
            corpora=tuple(one["corpora"]),
            alone=tuple(one.get("alone", ())),
            shape=Shape(**one["pieces"]),
            recipe=Recipe(**loaded["recipe"] | {"alpha": one["alpha"], "seed": seed}),
            name=one["name"],
        )
        for key, one in loaded["heads"].items()
    }


def material(corpora: Sequence[str], data: Path) -> list[Labelled]:
    """The train parts of `corpora` in `data`. Raises `UnreadableData`."""
    return [row for name in corpora for row in labelled(data / name / "train.jsonl.gz")]


def digest(plan: Lesson | Plan, rows: Sequence[Labelled], upon: str = "") -> str:
    """Names what comes of `plan` by what it learns from and how; `upon`: what a head is built upon."""
    hashed = hashlib.sha256(f"{VERSION} {plan} {upon}".encode())
    for row in rows:
        hashed.update(f"{row.corpus}\0{row.text}\0{row.labels}\0".encode())
    return hashed.hexdigest()[:32]


def teach(lesson: Lesson, rows: Sequence[Labelled], encoder: Path, kept: Path, *, whole: bool = False) -> None:
    """Writes what is learned in `lesson` from `rows`, but for the held-out tenth unless `whole`, to `kept`; beside it
    lies how far it has come."""
    from models.emotion.text.teaching import taught  # torch is there to teach only

    words = words_of(rows)
    learned = taught(rows if whole else held_out(rows)[0], words, lesson, encoder, kept.with_suffix(".state"))
    seen = np.unique(np.array([row.digest for row in rows], np.uint32))
    keep_learned(kept, {"words": words}, learned | {"seen": seen})


class Reader:
    """An adapter that reads each text once."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self._known: dict[str, Floats] = {}

    def read(self, texts: Sequence[str]) -> Floats:
        """The vectors of `texts` [n, 384], with a bar that shows how far it is."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        blocks = [new[at : at + 100] for at in range(0, len(new), 100)]
        for block in track(blocks, "reading", console=Console(stderr=True)):
            self._known.update(zip(block, self.adapter.vectors(block), strict=True))
        return np.stack([self._known[text] for text in texts])


def trained(plan: Plan, rows: Sequence[Labelled], reader: Reader) -> Blend:
    """The head of `plan` for `rows`."""
    learned, held = held_out(rows)
    card = replace(reader.adapter.card, name=plan.name)
    blend = unweighed(learned, plan.hears, plan.shape, plan.recipe, card, plan.alone)
    texts = [row.text for row in held]
    words = [len(reader.adapter.words[corpus]) for corpus in plan.hears]
    choosing = np.repeat([corpus in plan.chooses for corpus in plan.hears], words)
    said = reader.adapter.opinions(reader.read(texts), plan.hears)
    asked = np.array([TRANSLATED.get(row.corpus, row.corpus) in plan.chooses for row in held], np.bool_)
    costs = reader.adapter.costs([row.text for row in held if row.corpus in plan.spelled])
    return learn(blend, Held(held, costs, said, choosing, asked), plan.recipe)


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(
        prog="heed train text",
        description="Train what reads feelings from texts: adapters of the encoder, then heads.",
    )
    parser.add_argument(
        "--data", type=Path, default=SHARED / "text", help="folder of corpora, each with train.jsonl.gz"
    )
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=HEADS)
    chosen = parser.parse_args(arguments)
    adapters, heads = plans(chosen.run)
    if not chosen.data.is_dir():
        raise UnreadableData(f"{chosen.data} is not a folder of corpora")
    rows = {key: material(tuple(one.lesson.shown), chosen.data) for key, one in adapters.items()}
    rows |= {key: material(plan.corpora, chosen.data) for key, plan in heads.items()}
    encoder = find(ENCODER, chosen.weights)
    for folder in (chosen.out, chosen.cache):
        folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, str] = {}
    readers: dict[str, Reader] = {}
    for key, teaching in adapters.items():
        made[key] = digest(teaching.lesson, rows[key])
        kept = chosen.cache / f"{made[key]}.npz"
        _said(key, rows[key])
        if not kept.is_file():
            teach(teaching.lesson, rows[key], encoder, kept)
        _serve(teaching, kept, chosen.out / f"{key}.npz")
        readers[key] = Reader(Adapter(encoder, chosen.out / f"{key}.npz"))
    for key, plan in heads.items():
        reader = readers[plan.adapter]
        upon = f"{made[plan.adapter]} {reader.adapter.card}"
        kept = chosen.cache / f"{digest(plan, rows[key], upon)}.npz"
        _said(key, rows[key])
        if not kept.is_file():
            save(trained(plan, rows[key], reader), kept)
        shutil.copy(kept, chosen.out / f"{key}.npz")
    for key, teaching in adapters.items():
        if teaching.again:
            kept = chosen.cache / f"{digest(teaching.lesson, rows[key], 'again')}.npz"
            _said(f"{key}, again", rows[key])
            if not kept.is_file():
                teach(teaching.lesson, rows[key], encoder, kept, whole=True)
            _serve(teaching, kept, chosen.out / f"{key}.npz")


def _serve(teaching: Teaching, kept: Path, served: Path) -> None:
    """Puts what was learned to `served`, with its card."""
    about, learned = read_learned(kept)
    card = Card(teaching.name, teaching.licence, teaching.commercial, tuple(teaching.lesson.shown), FEELINGS)
    keep_learned(served, about | {"card": card.written()}, learned)


def _said(key: str, rows: Sequence[Labelled]) -> None:
    corpora = ", ".join(sorted({row.corpus for row in rows}))
    print(f"{key}: {len(rows)} texts of {corpora}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
