"""A folder of sounds with an index.csv: the form in which voices come to training and evaluation."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from models.emotion.voice.classes import eight
from models.emotion.voice.mel import RATE

Floats = NDArray[np.float32]


class UnreadableCorpus(ValueError):
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
    """The labelled sounds of `folder`, without the corpora `leave_out`.

    Raises `UnreadableCorpus`.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise UnreadableCorpus(f"{folder} holds no index.csv")
    with index.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    if not rows or "path" not in rows[0] or not {"label", "label7"} & set(rows[0]):
        raise UnreadableCorpus("index.csv needs the columns path and label or label7")
    found = []
    for row in rows:
        label, corpus = eight(row), row.get("corpus") or folder.name
        if label is None or corpus in leave_out:
            continue
        path = folder / row["path"]
        if not path.is_file():
            raise UnreadableCorpus(f"index.csv names {row['path']}, which is not there")
        found.append(
            Utterance(
                path=path,
                digest=hashlib.sha256(path.read_bytes()).hexdigest(),
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
    except soundfile.LibsndfileError as error:
        raise UnreadableCorpus(f"{path.name} cannot be read as sound") from error
    mono = samples.mean(axis=1)
    if rate != RATE:
        mono = soxr.resample(mono, rate, RATE, quality="VHQ")
    if longest_s is not None:
        mono = mono[: int(longest_s * RATE)]
    return np.ascontiguousarray(mono, np.float32)
