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
    """One sound file. `label` is one of the eight classes; `speaker` is unique over all corpora."""

    path: Path
    digest: str
    corpus: str
    speaker: str
    sex: str
    language: str
    label: str


def utterances(folder: Path, leave_out: tuple[str, ...] = ()) -> list[Utterance]:
    """The labelled sounds of `folder` (or of its index.csv), without the corpora `leave_out`.

    Raises `UnreadableData`.
    """
    folder, rows = indexed(folder)
    if not {"label", "label7"} & set(rows[0]):
        raise UnreadableCorpus("index.csv needs the columns path and label or label7")
    found = []
    for row in rows:
        label, corpus = eight(row), row.get("corpus") or folder.name
        if label is None or corpus in leave_out:
            continue
        path = folder / row["path"]
        found.append(
            Utterance(
                path=path,
                digest=_digest(path),
                corpus=corpus,
                speaker=row.get("speaker") or row["path"],
                sex=row.get("sex") or "unknown",
                language=row.get("language") or "unknown",
                label=label,
            )
        )
    if not found:
        raise UnreadableCorpus("index.csv has no sound with a label that is known here")
    return found


def sound(path: Path, longest_s: float | None = None) -> Floats:
    """The file as float32 [samples], 16 kHz mono, at most `longest_s` seconds of it.

    Raises `UnreadableCorpus` where it is no sound.
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        mono = _decoded(path)
    else:
        mono = samples.mean(axis=1)
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
