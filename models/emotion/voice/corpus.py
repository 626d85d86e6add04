"""A folder of sounds with an index.csv: the form in which voices come to training and evaluation."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from models.dataset import UnreadableData, indexed
from models.emotion.voice.classes import eight
from models.emotion.voice.mel import RATE
from models.speech.audio import BadSound, decode

Floats = NDArray[np.float32]

LONGEST_S = 900.0
"""Seconds up to which a file is decoded that is none of the kinds which soundfile reads."""


class UnreadableCorpus(UnreadableData):
    """The folder has no index.csv, or the index says nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sound file. `label` is one of the eight classes; `speaker` is unique over all corpora, and `named` whether
    the index says who it is: where it does not, each file is taken for a speaker of its own."""

    path: Path
    digest: str
    corpus: str
    speaker: str
    sex: str
    language: str
    label: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """The labelled sounds of a folder; `unlabelled` counts those whose label is missing or none of the eight."""

    rows: list[Utterance]
    unlabelled: int


def found(folder: Path) -> Found:
    """What the index of `folder` (or the index.csv that it names) lists. Raises `UnreadableData`."""
    folder, rows = indexed(folder)
    if not {"label", "label7"} & set(rows[0]):
        raise UnreadableCorpus("index.csv needs the columns path and label or label7")
    kept, unlabelled = [], 0
    for row in rows:
        label = eight(row)
        if label is None:
            unlabelled += 1
            continue
        path = folder / row["path"]
        kept.append(
            Utterance(
                path=path,
                digest=_digest(path),
                corpus=row.get("corpus") or folder.name,
                speaker=row.get("speaker") or row["path"],
                sex=row.get("sex") or "unknown",
                language=row.get("language") or "unknown",
                label=label,
                named=bool(row.get("speaker")),
            )
        )
    if not kept:
        raise UnreadableCorpus(f"index.csv has no sound with a label that is known here ({unlabelled} have others)")
    return Found(kept, unlabelled)


def utterances(folder: Path) -> list[Utterance]:
    """The labelled sounds of `folder` (or of its index.csv). Raises `UnreadableData`."""
    return found(folder).rows


def sound(path: Path, longest_s: float | None = None) -> Floats:
    """The file as float32 [samples], 16 kHz mono, at most `longest_s` seconds of it.

    Raises `UnreadableCorpus` where it is no sound.
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        mono = _decoded(path)
    else:
        np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)  # a WAV of floats may hold anything
        mono = np.clip(samples, -1.0, 1.0).mean(axis=1)
        if rate != RATE:
            mono = soxr.resample(mono, rate, RATE, quality="VHQ")
    if longest_s is not None:
        mono = mono[: int(longest_s * RATE)]
    return np.ascontiguousarray(mono, np.float32)


def _decoded(path: Path) -> Floats:
    """A file of a kind that soundfile does not read: what recorders of telephones write."""
    try:
        return decode(path.read_bytes(), LONGEST_S).waveform
    except BadSound as bad:
        raise UnreadableCorpus(f"{path.name} cannot be read as sound ({type(bad).__name__})") from None


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableCorpus(f"{path.name} cannot be read ({error.strerror})") from None
