"""What reads feelings, as those who ask for them see it."""

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from models.emotion.estimate import Estimate

Licence = Literal["all", "open"]
"""Which heads: all of them, or those alone whose training data allow commercial use."""


class VoiceReader(Protocol):
    """Reads a feeling from how something was said."""

    def read(self, sound: NDArray[np.float32]) -> Estimate:
        """`sound`: float32 [samples], 16 kHz mono, in [-1, 1]."""


class TextReader(Protocol):
    """Reads a feeling from what was written, or said."""

    def read(self, text: str, language: str) -> Estimate:
        """`text` in `language` (en, ko or tr)."""
