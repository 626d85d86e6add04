"""Features that were computed once: a file for each sound and way of changing it, named by what went in."""

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from models.emotion.voice import features
from models.emotion.voice.augment import changed
from models.emotion.voice.corpus import Utterance, sound
from models.emotion.voice.encoder import Encoder

Floats = NDArray[np.float32]

VERSION = 1
"""Counted up whenever a sound would give other features than before."""


@dataclass(frozen=True, slots=True)
class Read:
    """`vectors` float32 [utterances, variants, numbers], windows averaged (variant 0 is the sound as it is);
    `speech` seconds [utterances]; a sound without speech has zeros."""

    vectors: Floats
    speech: Floats


def read_all(
    rows: Sequence[Utterance],
    encoder: Encoder,
    variants: int,
    crop: Mapping[str, float],
    folder: Path,
    unchanged: Collection[str] = (),
) -> Read:
    """Features of `rows` with `variants` changed copies each, from `folder` where they are there already.

    `crop` gives corpora that are cut to so many seconds; the copies of the corpora `unchanged` are as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vectors = np.zeros((len(rows), variants + 1, (encoder.blocks + 1) * features.LAYER), np.float32)
    speech = np.zeros(len(rows), np.float32)
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("features", total=len(rows))
        for number, row in enumerate(rows):
            for variant in range(variants + 1):
                change = 0 if row.corpus in unchanged else variant
                kept = _kept(row, change, crop.get(row.corpus), encoder, folder)
                if len(kept) > 1:
                    vectors[number, variant] = kept[1:]
                if variant == 0:
                    speech[number] = kept[0]
            progress.advance(task)
    return Read(vectors, speech)


def _kept(row: Utterance, variant: int, longest_s: float | None, encoder: Encoder, folder: Path) -> Floats:
    """Seconds of speech, then the mean of the windows' vectors."""
    key = hashlib.sha256(f"{VERSION} {row.digest} {variant} {longest_s} {encoder.blocks}".encode()).hexdigest()
    path = folder / f"{key[:32]}.npy"
    if path.is_file():
        return np.asarray(np.load(path), np.float32)
    heard = sound(row.path, longest_s)
    if variant:
        heard = changed(heard, int(key[:8], 16))
    read = features.read(heard, encoder)
    values = np.concatenate([[read.speech], read.vectors.mean(axis=0) if len(read.vectors) else []]).astype(
        np.float32
    )
    beside = path.with_suffix(f".{os.getpid()}.partial")
    with beside.open("wb") as written:
        np.save(written, values)
    beside.replace(path)
    return values
