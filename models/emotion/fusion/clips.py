"""Real clips: a folder with index.csv, a row for each moment of one person.

Columns: `id`, `person`, `label` (one of the seven feelings), `text` (the words, or a .txt file), `voice` and `face`
(files beside the index; several with a semicolon between), `language` (en, ko, tr). Text, voice or face may be
empty."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from models.dataset import INDEX, UnreadableData, table
from models.emotion.estimate import Estimate
from models.emotion.fusion.composing import Moments
from models.emotion.fusion.readers import Readers
from models.emotion.labels import FEELINGS, SOURCES, Feeling, Modality
from models.emotion.text.corpus import LANGUAGES, language_of
from models.emotion.voice.classes import EIGHT, eight
from models.emotion.voice.corpus import sound
from models.face.refusal import BadPicture, SeveralFaces

VERSION = 1
"""Counted up whenever the same reader and file would give another estimate than before."""
SEVERAL = ";"


@dataclass(frozen=True, slots=True)
class Clip:
    """One moment. `cells` is what its row gives of each of `SOURCES`."""

    name: str
    person: str
    feeling: Feeling
    language: str
    cells: dict[Modality, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Clips:
    """The labelled clips of `folder`, and how many rows had no label among the seven, or no person."""

    folder: Path
    rows: list[Clip]
    unlabelled: int
    nameless: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What was read of clips: `refused` and `abstentions` count why a part was not used, by its modality and name;
    `known` counts clips whose very sound the voice reader was trained on."""

    moments: Moments
    languages: tuple[str, ...]
    refused: dict[str, int]
    abstentions: dict[str, int]
    known: int


class _Refused(Exception):
    """A part of a clip that cannot be read, by name."""


def clips(data: Path) -> Clips:
    """The clips that `data` (a folder, or its index.csv) names. Raises `UnreadableData`."""
    folder, rows = table(data)
    if "label" not in rows[0] or not set(SOURCES) & set(rows[0]):
        raise UnreadableData(f"{INDEX} needs the columns label, and text, voice or face")
    found, unlabelled, nameless = [], 0, 0
    for number, row in enumerate(rows):
        label = eight({"label": row["label"]})
        cells: dict[Modality, str] = {source: row.get(source, "").strip() for source in SOURCES}
        if label is None or not any(cells.values()):
            unlabelled += 1
            continue
        nameless += not row.get("person")
        person = row.get("person") or f"row {number}"
        found.append(Clip(row.get("id") or str(number), person, EIGHT[label], row.get("language", ""), cells))
    if not found:
        raise UnreadableData(f"{INDEX} has no clip with one of the seven labels and anything to read")
    return Clips(folder, found, unlabelled, nameless)


def heard(given: Clips, readers: Readers, cache: Path) -> Heard:
    """What the readers say of `given`; what was read once is kept in `cache`, without words. Raises
    `MissingWeight`."""
    count = len(given.rows)
    chances = np.full((count, len(SOURCES), len(FEELINGS)), 1 / len(FEELINGS), np.float32)
    has, speaks = np.zeros((count, len(SOURCES)), np.bool_), np.zeros((count, len(SOURCES)), np.bool_)
    refused: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    reading = _Reading(given.folder, readers, cache)
    for number, clip in enumerate(track(given.rows, "clips", console=Console(stderr=True))):
        for place, source in enumerate(SOURCES):
            said = []
            for cell in _cells(clip, source):
                try:
                    estimate = reading.estimate(source, cell, clip.language)
                except _Refused as why:
                    refused[f"{source}: {why}"] += 1
                    continue
                has[number, place] = True
                if estimate.abstained is not None:
                    silent[f"{source}: {estimate.abstained}"] += 1
                    continue
                said.append([estimate.probabilities[feeling] for feeling in FEELINGS])
            if said:
                chances[number, place], speaks[number, place] = np.mean(said, axis=0), True
    truth = np.array([FEELINGS.index(clip.feeling) for clip in given.rows], np.int64)
    people = np.unique([clip.person for clip in given.rows], return_inverse=True)[1].astype(np.int64)
    languages = tuple(clip.language or "unknown" for clip in given.rows)
    moments = Moments(truth, chances, has, speaks, people)
    return Heard(moments, languages, dict(refused), dict(silent), reading.known)


def _cells(clip: Clip, source: Modality) -> list[str]:
    cell = clip.cells[source]
    if source == "text":
        return [cell] if cell else []
    return [each.strip() for each in cell.split(SEVERAL) if each.strip()]


class _Reading:
    """Reads parts of clips, each once."""

    def __init__(self, folder: Path, readers: Readers, cache: Path) -> None:
        self._folder, self._readers, self._cache = folder, readers, cache
        self._marks: dict[Modality, str] = {source: readers.mark(source) for source in SOURCES}
        self.known = 0

    def estimate(self, source: Modality, cell: str, language: str) -> Estimate:
        """Raises `_Refused`."""
        data = self._data(source, cell)
        if source == "voice":
            seen = self._readers.voice.head.extras.get("seen", np.zeros(0, np.uint32))
            self.known += int(hashlib.sha256(data).hexdigest()[:8], 16) in seen
        spoken = language if language in LANGUAGES else ""
        named = hashlib.sha256(f"{VERSION} {source} {self._marks[source]} {spoken} ".encode() + data).hexdigest()[:32]
        path = self._cache / f"clip-{named}.json"
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
        else:
            kept = self._read(source, data, cell, spoken)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(kept), encoding="utf-8")
        if "refused" in kept:
            raise _Refused(kept["refused"])
        return Estimate(source, kept["model"], kept["probabilities"], abstained=kept["abstained"])

    def _data(self, source: Modality, cell: str) -> bytes:
        if source == "text" and not cell.endswith(".txt"):
            return cell.encode()
        try:
            return (self._folder / cell).read_bytes()
        except (OSError, ValueError) as error:  # a ValueError for a name that no file can have
            raise _Refused("missing file" if isinstance(error, FileNotFoundError) else "unreadable file") from None

    def _read(self, source: Modality, data: bytes, cell: str, language: str) -> dict[str, object]:
        read: dict[Modality, Callable[[], Estimate]] = {
            "text": lambda: self._text(data, language),
            "voice": lambda: self._readers.voice.read(sound(self._folder / cell)),
            "face": lambda: self._face(data),
        }
        try:
            found = read[source]()
        except BadPicture as bad:
            return {"refused": bad.key.removeprefix("picture.")}
        except (UnreadableData, ValueError, OSError):
            return {"refused": "unreadable"}
        return {"model": found.model, "probabilities": dict(found.probabilities), "abstained": found.abstained}

    def _text(self, data: bytes, language: str) -> Estimate:
        words = data.decode("utf-8-sig").strip()
        return self._readers.text.read(words, language or language_of([words]))

    def _face(self, data: bytes) -> Estimate:
        """Of several faces the largest."""
        try:
            seen = self._readers.face.look(data)
        except SeveralFaces as several:
            seen = self._readers.face.look(data, several.boxes[0])
        return self._readers.face.read(seen)
