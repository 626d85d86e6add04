"""Where a face reader lies: the one that comes with Heed, or another in a folder of the weights."""

from pathlib import Path
from typing import Literal

from models.emotion.face.served import NETWORK
from models.weights import MissingWeight, find, manifest

Licence = Literal["all", "open"]

HERE = Path(__file__).parent
HEADS = HERE / "heads"


def place(weights: Path, model: str, licence: Licence) -> tuple[Path, Path]:
    """The network and the head. `model` is a folder of `weights` that holds what `heed train face --out FOLDER`
    writes, or empty for what comes with Heed.

    Raises `MissingWeight` where a file is not there, or has not the size that the manifest names for it.
    """
    folder = weights / model if model else HERE
    for name, entry in manifest().items():
        if model and entry.path.startswith(f"{model}/"):
            find(name, weights)
    network, head = folder / NETWORK.name, folder / HEADS.name / f"{licence}.npz"
    needed = (network, head) if licence == "all" else (head,)
    for path in needed:
        if not path.is_file():
            raise MissingWeight(
                f"{path.relative_to(folder)} is not in {folder}: `heed train face --out {folder}` writes it"
            )
    return network, head
