"""What was learned here and lies in this repository: heads and opinions, each with the terms of what it learned from.

Read without numpy, because the command shows them: a head carries its card as JSON in the member `about.npy`.
"""

import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

MODELS = Path(__file__).resolve().parents[1]
OWN = "Apache-2.0 (trained on sentences of this project and on Apache-2.0 and MIT sets)"
DANGER = {
    "danger-opinion": ("danger/opinion.bin", "weighs the rules of the danger screen"),
    "danger-second": ("danger/second/learned.npz", "second opinion on danger, upon multilingual-e5-small"),
}
PURPOSES = {
    "text": "feelings in text",
    "voice": "feelings in voices",
    "face": "feelings in faces",
    "fusion": "one feeling from several",
    "music": "moods of music",
}
NETWORK = "network.onnx"

Licence = Literal["all", "open"]
"""Which heads: all of them, or those alone whose training data allow commercial use."""


class UnreadableCard(ValueError):
    """A head without a card that can be read; the message names the file."""


@dataclass(frozen=True, slots=True)
class Learned:
    """One file. `commercial` is whether the data it learned from allow commercial use."""

    name: str
    path: str
    size: int
    licence: str
    commercial: bool
    purpose: str

    def serves(self, licence: Licence) -> bool:
        """Whether this file is read where the settings ask for `licence`: what learned from all has an open twin."""
        stem = Path(self.path).stem
        return self.commercial if licence == "open" else not (stem == "open" or stem.endswith("_open"))


def learned() -> tuple[Learned, ...]:
    """Every committed file of learned numbers. Raises `UnreadableCard`."""
    danger = [
        Learned(name, path, (MODELS / path).stat().st_size, OWN, True, purpose)
        for name, (path, purpose) in DANGER.items()
    ]
    found = [*sorted((MODELS / "emotion").glob("*/heads/*.npz")), *sorted((MODELS / "music").glob("heads/*.npz"))]
    heads = [_head(path) for path in found]
    networks = [_network(path) for path in sorted((MODELS / "emotion").glob(f"*/{NETWORK}"))]
    return (*danger, *heads, *networks)


def _network(path: Path) -> Learned:
    """A network learned from the data of the head `all` that lies upon it."""
    head = _head(path.parent / "heads" / "all.npz")
    size, purpose = path.stat().st_size, f"the network below {head.name}"
    return replace(head, name=f"{head.name}-network", path=str(path.relative_to(MODELS)), size=size, purpose=purpose)


def _head(path: Path) -> Learned:
    try:
        with zipfile.ZipFile(path) as opened:
            name, licence, commercial, *_ = json.loads(_bytes_of(opened.read("about.npy")))["card"]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableCard(f"{path.name} holds no card ({type(error).__name__})") from None
    room = path.parents[1].name
    purpose = PURPOSES.get(room, f"feelings in {room}")
    return Learned(name, str(path.relative_to(MODELS)), path.stat().st_size, licence, bool(commercial), purpose)


def _bytes_of(npy: bytes) -> bytes:
    """The content of an array of bytes in NumPy's format, version 1: ten bytes, the last two the header's length."""
    return npy[10 + int.from_bytes(npy[8:10], "little") :]
