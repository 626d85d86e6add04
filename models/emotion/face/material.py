"""What of FER2013 is learned from, what is held out for temperature and thresholds, and what is tested on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.dataset import UnreadableData
from models.emotion.face import twins
from models.emotion.face.sheets import Sheets, sheets

LEARNED, TESTED = "Training", "PublicTest"
UNCERTAIN = 3.0
"""Votes of ten for one of the seven, under which a picture teaches nothing."""


@dataclass(frozen=True, slots=True)
class Material:
    """Three parts of which no two share a picture; `dropped` is how many of Training were in the test too."""

    learned: Sheets
    held_out: Sheets
    tested: Sheets
    dropped: int


def material(path: Path, held_out: float, seed: int) -> Material:
    """The zip `path`, divided. Pictures of which most say that they show no face, contempt or nothing that can be
    named are left out of what is learned from. Raises `UnreadableData`."""
    every = sheets(path)
    tested = every.part(every.usage == TESTED)
    training = every.part((every.usage == LEARNED) & every.facial & (every.votes.max(axis=1) >= UNCERTAIN))
    if not len(training.tiles):
        raise UnreadableData(f"{path.name} holds no picture of the part {LEARNED}")
    twin = twins.also_in(training.tiles, tested.tiles)
    kept = training.part(~twin)
    family = twins.families(kept.tiles)
    names = np.unique(family)
    apart = np.random.default_rng(seed).permutation(names)[: round(len(names) * held_out)]
    aside = np.isin(family, apart)
    return Material(kept.part(~aside), kept.part(aside), tested, int(twin.sum()))
