"""What one training run is made of: the YAML file, typed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.emotion.voice.learning import Recipe


@dataclass(frozen=True, slots=True)
class Variant:
    """One head to be trained: its name, the corpora it does without, and what its licence then is."""

    name: str
    leave_out: tuple[str, ...]
    commercial: bool
    licence: str


@dataclass(frozen=True, slots=True)
class Run:
    """See the comments of train.yaml."""

    variants: int
    crop: dict[str, float]
    unchanged: tuple[str, ...]
    outer_folds: int
    recipe: Recipe
    heads: dict[str, Variant]


def read(path: Path) -> Run:
    """The run described in `path`. Raises KeyError for what is missing."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Run(
        variants=loaded["variants"],
        crop=loaded["crop"],
        unchanged=tuple(loaded["unchanged"]),
        outer_folds=loaded["outer_folds"],
        recipe=Recipe(
            shrinkages=tuple(loaded["shrinkages"]),
            counted=loaded["counted"],
            calibrated_without=tuple(loaded["calibrated_without"]),
            inner_folds=loaded["inner_folds"],
            coverage=loaded["coverage"],
            familiar=loaded["familiar"],
            doubted=loaded["doubted"],
            slope=loaded["slope"],
            seed=loaded["seed"],
        ),
        heads={
            key: Variant(head["name"], tuple(head["leave_out"]), head["commercial"], head["licence"])
            for key, head in loaded["heads"].items()
        },
    )
