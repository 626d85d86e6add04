"""Train the voice heads: `heed train voice --data FOLDER`, which is `python -m models.emotion.voice.train`.

Features are kept by the hash of what they were made from, so a run that was stopped goes on where it was."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.dataset import SHARED
from models.emotion.head import Card, Head, save
from models.emotion.voice import run, store
from models.emotion.voice.classes import CLASSES
from models.emotion.voice.corpus import Utterance, utterances
from models.emotion.voice.encoder import Encoder
from models.emotion.voice.learning import Material, learn
from models.emotion.voice.predict import BLOCKS, HEADS, LEAST_SPEECH, WHISPER
from models.program import ended
from models.weights import find

HERE = Path(__file__).parent
CACHE = Path(".cache/voice")


def material(rows: Sequence[Utterance], read: store.Read) -> Material:
    """Sounds and labels as the learner takes them."""
    return Material(
        vectors=read.vectors,
        labels=np.array([CLASSES.index(row.label) for row in rows], np.int64),
        speakers=np.array([row.speaker for row in rows]),
        corpora=np.array([row.corpus for row in rows]),
        spoken=read.speech >= LEAST_SPEECH,
    )


def trained(rows: Sequence[Utterance], read: store.Read, plan: run.Run, variant: run.Variant) -> Head:
    """The head for the sounds of `rows` that `variant` may learn from. It remembers which they were."""
    chosen = np.array([number for number, row in enumerate(rows) if row.corpus not in variant.leave_out], np.intp)
    kept = [rows[number] for number in chosen]
    card = Card(variant.name, variant.licence, variant.commercial, tuple(sorted({r.corpus for r in kept})), CLASSES)
    head = learn(material(rows, read).part(chosen), plan.recipe, card)
    head.extras["seen"] = seen(kept)
    return head


def seen(rows: Sequence[Utterance]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """A short mark of each sound, by which an evaluation knows what a head was trained on."""
    return np.unique(np.array([int(row.digest[:8], 16) for row in rows], np.uint32))


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(
        prog="heed train voice", description="Train the heads that read feelings from voices."
    )
    parser.add_argument("--data", type=Path, default=SHARED / "voice", help="folder with index.csv")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=HEADS)
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    rows = utterances(chosen.data)
    read = store.read_all(
        rows, Encoder(find(WHISPER, chosen.weights), BLOCKS), plan.variants, plan.crop, chosen.cache, plan.unchanged
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    for key, variant in plan.heads.items():
        head = trained(rows, read, plan, variant)
        save(head, chosen.out / f"{key}.npz")
        print(f"{key}: {variant.name}, {', '.join(head.card.trained_on)}; temperature {head.temperature:.2f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
