"""Readers of feelings that read what a test tells them to, and remember that they were asked."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, SOURCES, Feeling, Modality
from models.emotion.reader import Box
from models.face.picture import Picture
from models.face.refusal import NoFace, SeveralFaces


def estimate_of(modality: Modality, feeling: Feeling, sure: float = 0.7) -> Estimate:
    """An estimate that is `sure` of one feeling; a fused one is of all there is."""
    rest = (1 - sure) / (len(FEELINGS) - 1)
    probabilities = {each: sure if each == feeling else rest for each in FEELINGS}
    of = SOURCES if modality == "fused" else ()
    return Estimate(modality, "scripted-1", probabilities, *valence_arousal(probabilities), of=of)


class ScriptedVoice:
    """A `VoiceReader`. Abstains until `says` is set; `meanwhile` runs while it reads."""

    def __init__(self) -> None:
        self.says = Estimate("voice", "scripted-1", abstained="unsure")
        self.read_seconds: list[float] = []
        self.meanwhile: Callable[[], object] | None = None
        self.breaks: Exception | None = None

    def read(self, sound: NDArray[np.float32]) -> Estimate:
        self.read_seconds.append(len(sound) / 16_000)
        if self.breaks is not None:
            raise self.breaks
        if self.meanwhile is not None:
            self.meanwhile()
        return self.says


class ScriptedText:
    """A `TextReader`. Abstains until `says` is set; `meanwhile` runs while it reads."""

    def __init__(self) -> None:
        self.says = Estimate("text", "scripted-1", abstained="unsure")
        self.read_words: list[tuple[str, str]] = []
        self.meanwhile: Callable[[], object] | None = None
        self.breaks: Exception | None = None

    def read(self, text: str, language: str) -> Estimate:
        self.read_words.append((text, language))
        if self.breaks is not None:
            raise self.breaks
        if self.meanwhile is not None:
            self.meanwhile()
        return self.says


class ScriptedFace:
    """A `FaceReader`. Sees one face unless `trouble` is set; `meanwhile` runs while it looks."""

    def __init__(self) -> None:
        self.says = Estimate("face", "scripted-1", abstained="unsure")
        self.looked: list[tuple[int, Box | None]] = []
        """Of each picture how many bytes it had, and which face was asked for."""
        self.watched: list[int] = []
        """Of each film how many moments it showed."""
        self.trouble: Exception | None = None
        self.meanwhile: Callable[[], object] | None = None

    def look(self, data: bytes, box: Box | None = None) -> bytes:
        self.looked.append((len(data), box))
        if self.meanwhile is not None:
            self.meanwhile()
        if self.trouble is not None and not (box is not None and isinstance(self.trouble, SeveralFaces)):
            raise self.trouble
        return data

    def watch(self, frames: Sequence[Picture]) -> Estimate:
        self.watched.append(len(frames))
        if self.meanwhile is not None:
            self.meanwhile()
        if self.trouble is not None:
            raise self.trouble
        if not frames:
            raise NoFace
        return self.says

    def read(self, seen: bytes) -> Estimate:
        assert seen
        return self.says
