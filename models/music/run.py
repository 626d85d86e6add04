"""What one training run is made of: the YAML file, typed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Run:
    """See the comments of train.yaml."""

    seed: int
    name: str
    licence: str
    folds: int
    strengths: tuple[float, ...]
    directions: int
    pieces: int
    weight: float
    familiar: float
    coverage: float


def read(path: Path) -> Run:
    """The run described in `path`. Raises KeyError or TypeError for what is missing or too much."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Run(**{**loaded, "strengths": tuple(loaded["strengths"])})
