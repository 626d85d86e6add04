"""What one training run is made of: the YAML file, typed."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Shape:
    """The network, and what its card says."""

    name: str
    widths: tuple[int, ...]
    drop: float
    licence: str
    commercial: bool


@dataclass(frozen=True, slots=True)
class Learning:
    """See the comments of train.yaml."""

    epochs: int
    batch: int
    rate: float
    warm: float
    decay: float
    average: float
    sides: dict[float, int]
    plain: float
    rare: float

    def side(self, epoch: int) -> int:
        """Pixels of a picture's side in `epoch`."""
        return next(side for start, side in sorted(self.sides.items(), reverse=True) if epoch >= start * self.epochs)


@dataclass(frozen=True, slots=True)
class HeadPlan:
    """How the head upon the network is fitted; see the comments of train.yaml."""

    strengths: tuple[float, ...]
    folds: int
    coverage: float
    familiar: float


@dataclass(frozen=True, slots=True)
class Run:
    """See the comments of train.yaml. `change` is what `augment.Change` is made of."""

    seed: int
    held_out: float
    network: Shape
    learning: Learning
    change: dict[str, float]
    head: HeadPlan

    @property
    def mark(self) -> str:
        """A short name for everything the network's weights depend on, so that no run goes on with another's."""
        parts: list[Any] = [self.seed, self.held_out, asdict(self.network), asdict(self.learning), self.change]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def read(path: Path) -> Run:
    """The run described in `path`. Raises KeyError or TypeError for what is missing or too much."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    shape, head = loaded["network"], loaded["head"]
    return Run(
        seed=loaded["seed"],
        held_out=loaded["held_out"],
        network=Shape(**{**shape, "widths": tuple(shape["widths"])}),
        learning=Learning(**loaded["learning"]),
        change=loaded["change"],
        head=HeadPlan(**{**head, "strengths": tuple(head["strengths"])}),
    )
