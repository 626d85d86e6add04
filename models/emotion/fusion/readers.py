"""The three readers whose estimates are pooled, and what they are made of."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from models.emotion.face.place import HEADS as FACE_HEADS
from models.emotion.face.predict import Face
from models.emotion.face.served import NETWORK
from models.emotion.labels import Modality
from models.emotion.text.predict import FILES, Text
from models.emotion.text.predict import HEADS as TEXT_HEADS
from models.emotion.voice.predict import HEADS as VOICE_HEADS
from models.emotion.voice.predict import Voice
from models.weights.learned import Licence


@dataclass
class Readers:
    """Each reader is loaded when it is first asked for. `weights`: the folder that `models.weights.pull` fills."""

    weights: Path
    licence: Licence = "all"
    _text: Text | None = field(default=None, repr=False)
    _voice: Voice | None = field(default=None, repr=False)
    _face: Face | None = field(default=None, repr=False)

    @property
    def text(self) -> Text:
        """Raises `MissingWeight`, as the others do."""
        self._text = self._text or Text(self.weights, self.licence)
        return self._text

    @property
    def voice(self) -> Voice:
        self._voice = self._voice or Voice(self.weights, self.licence)
        return self._voice

    @property
    def face(self) -> Face:
        self._face = self._face or Face(self.weights, self.licence)
        return self._face

    def mark(self, source: Modality) -> str:
        """A short name for what the reader of `source` was made of, so that nothing is kept beyond it."""
        files: dict[Modality, list[Path]] = {
            "text": [
                TEXT_HEADS / f"{name}.npz"
                for name in sorted(
                    {name for files in FILES[self.licence].values() for name in (files.head, files.adapter)}
                )
            ],
            "voice": [VOICE_HEADS / f"{self.licence}.npz"],
            "face": [FACE_HEADS / f"{self.licence}.npz", NETWORK],
        }
        content = hashlib.sha256(self.licence.encode())
        for file in files[source]:
            content.update(file.read_bytes())
        return content.hexdigest()[:16]
