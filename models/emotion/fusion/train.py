"""Learn the pools anew: `heed train fusion --data FOLDER` (`python -m models.emotion.fusion.train`).

What the readers say is kept by what they were made of, so that only what changed is read again."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from models.dataset import SHARED
from models.emotion.face.train import CACHE as FACE_CACHE
from models.emotion.fusion import run
from models.emotion.fusion.held_out import Folders, bank
from models.emotion.fusion.learning import divided, learned
from models.emotion.fusion.noise import KEPT, keep_noise
from models.emotion.fusion.pool import save
from models.emotion.fusion.predict import HEADS
from models.emotion.fusion.readers import Readers
from models.emotion.head import Card
from models.emotion.labels import FEELINGS
from models.emotion.voice.train import CACHE as VOICE_CACHE
from models.program import ended
from models.weights.learned import Licence

HERE = Path(__file__).parent
CACHE = Path(".cache/fusion")


def caches(parser: argparse.ArgumentParser) -> None:
    """The options that say where opinions are kept."""
    parser.add_argument("--voice-cache", type=Path, default=VOICE_CACHE, help="of `heed train voice`")
    parser.add_argument("--face-cache", type=Path, default=FACE_CACHE, help="of `heed train face`")
    parser.add_argument("--cache", type=Path, default=CACHE)


def folders(chosen: argparse.Namespace, data: Path) -> Folders:
    """Where `caches` put everything."""
    return Folders(data, chosen.voice_cache, chosen.face_cache, chosen.cache)


def train(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `MissingWeight`."""
    parser = argparse.ArgumentParser(prog="heed train fusion", description="Learn how readers' estimates are pooled.")
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with text, voice and face")
    parser.add_argument("--weights", type=Path, required=True, help="folder of `heed models pull`")
    parser.add_argument("--run", type=Path, default=HERE / "train.yaml")
    parser.add_argument("--out", type=Path, default=HEADS)
    parser.add_argument("--licence", choices=get_args(Licence), help="one of the pools only")
    caches(parser)
    chosen = parser.parse_args(arguments)
    plan = run.read(chosen.run)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for licence, variant in plan.pools.items():
        if chosen.licence in (None, licence):
            read = bank(Readers(chosen.weights, licence), variant.corpora, folders(chosen, chosen.data))
            corpora = (variant.corpora.text, variant.corpora.voice, variant.corpora.face)
            card = Card(variant.name, variant.licence, variant.commercial, corpora, FEELINGS)
            pool = learned(read, plan, card)
            save(pool, chosen.out / f"{licence}.npz")
            keep_noise(divided(read, plan)[2].noise, licence, chosen.out.parent / KEPT.name)
            weights = ", ".join(f"{value:.2f}" for value in pool.weight)
            print(f"{licence}: {variant.name}; weights {weights}; temperature {pool.temperature:.2f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    return ended(lambda: train(arguments))


if __name__ == "__main__":
    sys.exit(main())
