"""A feeling for a sound, or the reason why none is named."""

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.head import Head, load
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.voice import features
from models.emotion.voice.classes import SEVEN_OF_EIGHT
from models.emotion.voice.encoder import Encoder
from models.weights import find
from models.weights.learned import Licence

Floats = NDArray[np.float32]
Reason = Literal["silence", "too short", "unfamiliar", "unsure"]

HEADS = Path(__file__).parent / "heads"
WHISPER = "whisper-base"
BLOCKS = 4
LEAST_SPEECH = 1.0
"""Seconds of speech under which no feeling is named."""


class Voice:
    """Reads feelings from sounds.

    `weights`: the folder that `models.weights.pull` fills. `licence`: "open" for the head trained without data
    that forbid commercial use. Raises `models.weights.MissingWeight` where whisper-base is not there.
    """

    def __init__(self, weights: Path, licence: Licence = "all", head: Head | None = None) -> None:
        self.head = head or load(HEADS / f"{licence}.npz")
        self.encoder = Encoder(find(WHISPER, weights), BLOCKS)

    def read(self, sound: Floats) -> Estimate:
        """`sound`: float32 [samples], 16 kHz mono, in [-1, 1]. Abstains with a `Reason`.

        Raises ValueError for anything but one channel of finite numbers.
        """
        heard = features.read(sound, self.encoder)
        if heard.speech == 0 or not len(heard.vectors):
            return self._nothing("silence")
        if heard.speech < LEAST_SPEECH:
            return self._nothing("too short")
        strange = self.head.strangeness(heard.vectors).mean(keepdims=True)
        if float(strange[0]) > self.head.alike_to:
            return self._nothing("unfamiliar")
        chances = self.head.probabilities(heard.vectors).mean(axis=0, keepdims=True) @ SEVEN_OF_EIGHT
        seven = self.head.flattened(chances, strange)[0]
        if float(seven.max()) < self.head.sure_from:
            return self._nothing("unsure")
        probabilities: dict[Feeling, float] = {
            feeling: float(value) for feeling, value in zip(FEELINGS, seven / seven.sum(), strict=True)
        }
        valence, arousal = valence_arousal(probabilities)
        return Estimate("voice", self.head.card.name, probabilities, valence, arousal)

    def _nothing(self, reason: Reason) -> Estimate:
        return Estimate("voice", self.head.card.name, abstained=reason)


@cache
def voice(weights: Path, licence: Licence = "all") -> Voice:
    """The reader for this folder and licence, loaded once in a process."""
    return Voice(weights, licence)


def predict(sound: Floats, weights: Path, licence: Licence = "all") -> Estimate:
    """The estimate for `sound`; see `Voice`."""
    return voice(weights, licence).read(sound)
