"""What reads feelings, as those who ask for them see it."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.emotion.estimate import Estimate


class VoiceReader(Protocol):
    """Reads a feeling from how something was said."""

    def read(self, sound: NDArray[np.float32]) -> Estimate:
        """`sound`: float32 [samples], 16 kHz mono, in [-1, 1]."""


class TextReader(Protocol):
    """Reads a feeling from what was written, or said."""

    def read(self, text: str, language: str) -> Estimate:
        """`text` in `language` (en, ko or tr)."""
