"""Train the head of moods: `heed train music --data FOLDER` (`python -m models.music.train`).

FOLDER holds unpacked packages whose tracks `purposes.yaml` names, or an index.csv with path, mood, artist. Features
are kept in --cache, so a stopped run goes on where it was."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from models.dataset import UnreadableData
from models.emotion.head import save
from models.music import run
from models.music.composed import Composed, composed
from models.music.learning import fitted, lesson
from models.music.material import CACHE, Material, marks, material, tracks
from models.music.moods import MOODS
from models.music.predict import HEAD
from models.program import ended

HERE = Path(__file__).parent


def heard(data: Path, cache: Path) -> Material:
    """The tracks that `data` names with their features, with a bar on standard error. Raises `UnreadableData`."""
    found = tracks(data)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("listening", total=len(found))
        return material(found, cache, lambda done, _: bar.update(task, completed=done))


def played(each: int, cache: Path) -> Composed:
    """`each` composed pieces of every mood with their features, with a bar on standard error."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("composing", total=each * len(MOODS))
        return composed(each, cache, lambda done, _: bar.update(task, completed=done))


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData`."""
    parser = argparse.ArgumentParser(
        prog="heed train music", description="Train the head that reads moods from music."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of unpacked packages, or with index.csv")
    parser.add_argument("--weights", type=Path, help="not needed here")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=HEAD)
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    real = heard(chosen.data, chosen.cache)
    sources = sorted({track.source for track in real.tracks if track.source})
    own = played(plan.pieces, chosen.cache)
    try:
        head = fitted(
            lesson(real, own, plan.weight), plan, (*sources, f"{len(own.labels)} pieces of Heed's composer")
        )
    except ValueError as error:
        raise UnreadableData(str(error)) from None
    head.extras["seen"] = marks(real.raw)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save(head, chosen.out)
    counts = ", ".join(f"{mood} {int((real.labels == place).sum())}" for place, mood in enumerate(MOODS))
    families = len(set(real.family.tolist()))
    print(
        f"{head.card.name}: {len(real.labels)} tracks ({counts}) of {families} families; {len(own.labels)} composed"
    )
    if real.refused:
        print("not used: " + ", ".join(f"{why} {count}" for why, count in real.refused.items()))
    strength = float(head.extras["strength"][0])
    print(f"strength {strength:g}, temperature {head.temperature:.2f}, familiar up to {head.alike_to:.2f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
