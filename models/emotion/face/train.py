"""Train the face's network and heads: `heed train face --data FOLDER` (`python -m models.emotion.face.train`).

A checkpoint after each epoch, and what was seen in pictures is kept, so a stopped run goes on where it was."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.dataset import SHARED, UnreadableData
from models.emotion.face import looking, material, run, twins
from models.emotion.face.fitting import Seen, fitted
from models.emotion.face.inputs import joined
from models.emotion.face.photos import photos
from models.emotion.face.place import HEADS
from models.emotion.face.served import NETWORK, Served
from models.emotion.face.sheets import Sheets
from models.emotion.head import Card, Head, save
from models.emotion.labels import FEELINGS
from models.face.finder import Finder
from models.program import ended

HERE = Path(__file__).parent
CACHE = Path(".cache/face")
SHEETS, PHOTOS = "fer2013_public.zip", "muxspace_even.zip"
OPEN_NAME = "face-moves-open-1"
OPEN_LICENCE = (
    "Apache-2.0 (trained on the photos and labels of muxspace/facial_expressions, Apache-2.0 as stated there)"
)


def upon_network(held_out: Sheets, served: Served, finder: Finder, plan: run.Run, folder: Path) -> Head:
    """The head upon the network, from the tenth of Training that the network has not seen."""
    looked = looking.at_tiles(held_out.tiles, finder, folder)
    features, logits = served.said(held_out.tiles)
    seen = Seen(
        joined(logits, features, looked.moves), held_out.targets, held_out.agreed, twins.families(held_out.tiles)
    )
    shape = plan.network
    card = Card(shape.name, shape.licence, shape.commercial, ("FER2013 Training with FER+ votes",), FEELINGS)
    head = fitted(seen, plan.head, card, network=True)
    head.extras["seen"] = np.unique(looking.marks(held_out.tiles))
    return head


def upon_movements(data: Path, finder: Finder, plan: run.Run, folder: Path) -> Head:
    """The open head: movements alone, from photos that may be used freely."""
    given = photos(data)
    looked = looking.at_photos(given, finder, folder)
    found = np.flatnonzero(looked.refused == "")
    if len(found) < 100:
        raise UnreadableData(f"in {data.name} too few faces were found to learn from")
    labels = np.array([FEELINGS.index(row.label) for row in given.rows], np.int64)[found]
    targets = (np.arange(len(FEELINGS)) == labels[:, None]).astype(np.float32)
    family = twins.families(looked.tiles[found])
    seen = Seen(looked.moves[found], targets, np.ones(len(found), np.bool_), family)
    card = Card(OPEN_NAME, OPEN_LICENCE, True, ("muxspace/facial_expressions, even rows",), FEELINGS)
    head = fitted(seen, plan.head, card, network=False)
    head.extras["seen"] = np.unique(looking.marks(looked.tiles[found]))
    return head


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(
        prog="heed train face", description="Train the network and the heads that read feelings from faces."
    )
    parser.add_argument("--data", type=Path, default=SHARED / "face", help=f"folder with {SHEETS} and {PHOTOS}")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--heads-only", action="store_true", help="upon the network that is there already")
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    finder = Finder(chosen.weights)
    parts = material.material(chosen.data / SHEETS, plan.held_out, plan.seed)
    network = chosen.out / NETWORK.name
    if not chosen.heads_only:
        from models.emotion.face.export import export  # torch is loaded only where a network is trained
        from models.emotion.face.learning import learned

        export(learned(parts.learned, parts.held_out, plan, chosen.cache, chosen.threads), network)
    heads = chosen.out / HEADS.name
    heads.mkdir(parents=True, exist_ok=True)
    for key, head in (
        ("all", upon_network(parts.held_out, Served(network), finder, plan, chosen.cache)),
        ("open", upon_movements(chosen.data / PHOTOS, finder, plan, chosen.cache)),
    ):
        save(head, heads / f"{key}.npz")
        print(f"{key}: {head.card.name}; temperature {head.temperature:.2f}, sure from {head.sure_from:.2f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
