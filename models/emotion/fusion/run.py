"""What one training run is made of: the YAML file, typed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.emotion.labels import Modality
from models.weights.learned import Licence


@dataclass(frozen=True, slots=True)
class Corpora:
    """What each reader is heard on: a file in the folder of texts, a corpus of voices, a file in that of faces."""

    text: str
    voice: str
    face: str


@dataclass(frozen=True, slots=True)
class Mixture:
    """How moments are composed; see the comments of train.yaml."""

    prior: float
    absent: float
    other: dict[Modality, float]
    noise: dict[Modality, float]
    plain: dict[Modality, float]


@dataclass(frozen=True, slots=True)
class Variant:
    """One pool: its name, what it is learned from, and what its licence then is."""

    name: str
    corpora: Corpora
    commercial: bool
    licence: str


@dataclass(frozen=True, slots=True)
class Run:
    """See the comments of train.yaml."""

    seed: int
    shares: tuple[float, float, float]
    moments: int
    pull: float
    even: float
    wrong: float
    mixture: Mixture
    pools: dict[Licence, Variant]


def read(path: Path) -> Run:
    """The run described in `path`. Raises KeyError or TypeError for what is missing or too much."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    learned, calibrated, judged = loaded["shares"]
    return Run(
        seed=loaded["seed"],
        shares=(learned, calibrated, judged),
        moments=loaded["moments"],
        pull=loaded["pull"],
        even=loaded["even"],
        wrong=loaded["wrong"],
        mixture=Mixture(**loaded["mixture"]),
        pools={
            key: Variant(**{**pool, "corpora": Corpora(**pool["corpora"])}) for key, pool in loaded["pools"].items()
        },
    )
