"""Opinions of the readers on corpora of one modality, about items that they were not trained on."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.dataset import UnreadableData
from models.emotion.face import evaluate as face_evaluation
from models.emotion.face import run as face_run
from models.emotion.face.train import HERE as FACE
from models.emotion.face.twins import families
from models.emotion.fusion import noise
from models.emotion.fusion.opinions import Opinions, keep, kept
from models.emotion.fusion.readers import Readers
from models.emotion.fusion.run import Corpora
from models.emotion.labels import FEELINGS, SOURCES, Modality
from models.emotion.text import evaluate as text_evaluation
from models.emotion.text.corpus import labelled
from models.emotion.voice import evaluate as voice_evaluation
from models.emotion.voice import judged, store
from models.emotion.voice import run as voice_run
from models.emotion.voice.classes import EIGHT
from models.emotion.voice.corpus import utterances
from models.emotion.voice.train import HERE as VOICE

VERSION = 1
"""Counted up whenever the same reader and data would give other opinions than before."""


@dataclass(frozen=True, slots=True)
class Folders:
    """`data`: what holds text, voice and face. `voice` and `face` are where those rooms keep what they have read,
    `kept` where this one does."""

    data: Path
    voice: Path
    face: Path
    kept: Path


@dataclass(frozen=True, slots=True)
class Bank:
    """What each of `SOURCES` says of items with a feeling, and of noise."""

    said: dict[Modality, Opinions]
    noise: dict[Modality, Opinions]


def bank(readers: Readers, corpora: Corpora, folders: Folders) -> Bank:
    """All opinions, from `folders.kept` where they are there already. Raises `UnreadableData` and `MissingWeight`."""
    for source in SOURCES:
        if not (folders.data / source).is_dir():
            raise UnreadableData(f"{folders.data} holds no folder {source}; --data names another place")
    read: dict[Modality, Callable[[], Opinions]] = {
        "text": lambda: _text(readers, folders.data / "text" / corpora.text),
        "voice": lambda: _voice(readers, folders.data / "voice", corpora.voice, folders.voice),
        "face": lambda: _face(readers, folders.data / "face" / corpora.face, folders.face),
    }
    of_noise: dict[Modality, Callable[[], Opinions]] = {
        "text": lambda: noise.text(readers.text),
        "voice": lambda: noise.voice(readers.voice, folders.data / "voice", corpora.voice),
        "face": lambda: noise.face(readers.face, folders.data / "face" / corpora.face, folders.face),
    }
    said: dict[Modality, Opinions] = {}
    noisy: dict[Modality, Opinions] = {}
    for source in SOURCES:
        mark = f"{VERSION} {readers.mark(source)} {getattr(corpora, source)} {folders.data.resolve()}"
        said[source] = _once(folders.kept, f"said {mark}", read[source])
        noisy[source] = _once(folders.kept, f"noise {noise.VERSION} {mark}", of_noise[source])
    return Bank(said, noisy)


def _once(folder: Path, mark: str, read: Callable[[], Opinions]) -> Opinions:
    path = folder / f"{hashlib.sha256(mark.encode()).hexdigest()[:24]}.npz"
    found = kept(path)
    if found is None:
        found = read()
        keep(found, path)
    return found


def _text(readers: Readers, data: Path) -> Opinions:
    """English texts of one feeling."""
    seen = readers.text.adapter("en").seen
    rows = [row for row in labelled(data) if len(row.feelings) == 1 and row.digest not in seen]
    found = text_evaluation.judge(rows, readers.text, "en")
    truth = np.array([FEELINGS.index(row.feelings[0]) for row in rows], np.int64)
    family = np.array([row.digest for row in rows], np.int64)
    return Opinions(truth, found.chances, found.sure & found.readable, family)


def _voice(readers: Readers, data: Path, corpus: str, cache: Path) -> Opinions:
    """Each sound of `corpus` judged by a head that has not heard its speaker."""
    rows = [row for row in utterances(data) if row.corpus == corpus]
    if not rows:
        raise UnreadableData(f"{data} holds no sound of {corpus}")
    plan = voice_run.read(VOICE / "train.yaml")
    read = store.read_all(rows, readers.voice.encoder, plan.variants, plan.crop, cache, plan.unchanged)
    truth = np.array([FEELINGS.index(EIGHT[row.label]) for row in rows], np.int64)
    people = np.unique([row.speaker for row in rows], return_inverse=True)[1]
    (found,) = voice_evaluation.judge(rows, read, readers.voice.head, plan)
    return Opinions(truth, found.seven, judged.served(found, read.speech), people.astype(np.int64))


def _face(readers: Readers, data: Path, cache: Path) -> Opinions:
    """Faces that the network has not seen; those the open head was fitted to are judged by folds."""
    faces = face_evaluation.given(data, readers.face, cache)
    found, _, _ = face_evaluation.judge(faces, readers.face, face_run.read(FACE / "train.yaml"))
    return Opinions(faces.truth, found.chances, found.answered, families(faces.looked.tiles))
