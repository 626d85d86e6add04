"""What reads feelings, as those who ask for them see it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.emotion.estimate import Estimate
from models.face.picture import Picture

Box = tuple[float, float, float, float]
"""Left, top, width and height, in parts of a picture."""


class VoiceReader(Protocol):
    """Reads a feeling from how something was said."""

    def read(self, sound: NDArray[np.float32]) -> Estimate:
        """`sound`: float32 [samples], 16 kHz mono, in [-1, 1]."""


class TextReader(Protocol):
    """Reads a feeling from what was written, or said."""

    def read(self, text: str, language: str) -> Estimate:
        """`text` in `language` (en, ko or tr)."""


class FaceReader(Protocol):
    """Reads a feeling from the face in a picture."""

    def look(self, data: bytes, box: Box | None = None) -> Any:
        """Finds the face in a picture file, of several the one nearest to `box`; what `read` takes. Raises
        `BadPicture`, and `SeveralFaces` where no `box` says which is meant."""

    def read(self, seen: Any) -> Estimate:
        """The feeling in a face that `look` found."""

    def watch(self, frames: Sequence[Picture]) -> Estimate:
        """The feeling in the one face that these moments of a film show. Raises `BadPicture` where none does."""
