"""A feeling for a text, or the reason why none is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.text.adapter import Adapter
from models.emotion.text.blend import Blend, load
from models.emotion.text.corpus import Language
from models.weights import find
from models.weights.learned import Licence

Floats = NDArray[np.float32]
Reason = Literal["no words", "language", "unfamiliar", "unsure"]

ENCODER = "multilingual-e5-small-q4"
HEADS = Path(__file__).parent / "heads"
FILES: dict[Licence, dict[Language, str]] = {
    "all": {"en": "en", "ko": "ko", "tr": "tr"},
    "open": {"en": "en_open", "ko": "ko_open", "tr": "tr_open"},
}
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """What a head goes by: `opinions` [n, 7 + k], and what the texts cost a character [n]."""

    opinions: Floats
    costs: Floats


class Text:
    """Reads feelings from texts.

    `weights`: the folder that `models.weights.pull` fills. `licence`: "open" for what was trained without data that
    forbid commercial use. Raises `models.weights.MissingWeight` where the encoder is not there.
    """

    def __init__(self, weights: Path, licence: Licence = "all", heads: Path = HEADS) -> None:
        self.adapter = Adapter(find(ENCODER, weights), heads / f"{licence}.npz")
        self._files: dict[str, Path] = {language: heads / f"{name}.npz" for language, name in FILES[licence].items()}
        self._loaded: dict[str, Blend] = {}

    def head(self, language: str) -> Blend:
        """The head of `language`, loaded when it is first asked for."""
        if language not in self._loaded:
            self._loaded[language] = load(self._files[language])
        return self._loaded[language]

    def heard(self, texts: Sequence[str], language: str) -> Heard:
        """What the head of `language` goes by in `texts`."""
        head = self.head(language)
        said = self.adapter.opinions(self.adapter.vectors(texts), head.hears)
        return Heard(head.opinions(texts, said), self.adapter.costs(texts))

    def read(self, text: str, language: str) -> Estimate:
        """`text` as the person wrote it, in `language` (en, ko or tr). Abstains with a `Reason`."""
        if language not in FILES["all"]:
            return Estimate("text", "text", abstained="language")
        head = self.head(language)
        if sum(character.isalpha() for character in text) < LEAST_LETTERS:
            return _nothing(head, "no words")
        heard = self.heard([text], language)
        if not head.familiar(heard.costs)[0]:
            return _nothing(head, "unfamiliar")
        chances = head.weighed(heard.opinions)[0]
        if float(chances.max()) < head.sure_from:
            return _nothing(head, "unsure")
        probabilities: dict[Feeling, float] = {
            feeling: float(value) for feeling, value in zip(FEELINGS, chances / chances.sum(), strict=True)
        }
        valence, arousal = valence_arousal(probabilities)
        return Estimate("text", head.card.name, probabilities, valence, arousal)


def _nothing(head: Blend, reason: Reason) -> Estimate:
    return Estimate("text", head.card.name, abstained=reason)


@cache
def text_reader(weights: Path, licence: Licence = "all") -> Text:
    """The reader for this folder and licence, made once in a process."""
    return Text(weights, licence)


def predict(text: str, language: str, weights: Path, licence: Licence = "all") -> Estimate:
    """The estimate for `text`; see `Text`."""
    return text_reader(weights, licence).read(text, language)
