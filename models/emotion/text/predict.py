"""A feeling for a text, or the reason why none is named."""

import threading
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


@dataclass(frozen=True, slots=True)
class Files:
    """A head in `HEADS`, and the adapter that it was trained upon."""

    head: str
    adapter: str


FILES: dict[Licence, dict[Language, Files]] = {
    "all": {"en": Files("en", "free"), "ko": Files("ko", "korean"), "tr": Files("tr", "all")},
    "open": {"en": Files("en", "free"), "ko": Files("ko_open", "free"), "tr": Files("tr_open", "free")},
}
"""English is read better (of GoEmotions) by what learned from open data alone than by what learned from all."""
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """What a head goes by: `opinions` [n, 7 + k], and what the texts cost a character [n]."""

    opinions: Floats
    costs: Floats


class Text:
    """Reads feelings from texts.

    `weights`: the folder that `models.weights.pull` fills. `licence`: "open" for what was trained without data that
    forbid commercial use. A language costs memory from its first text on; languages upon one adapter share it. Safe
    to use from several threads. Raises `models.weights.MissingWeight` where the encoder is not there.
    """

    def __init__(self, weights: Path, licence: Licence = "all", heads: Path = HEADS) -> None:
        self._encoder, self._folder = find(ENCODER, weights), heads
        self._files: dict[str, Files] = {language: files for language, files in FILES[licence].items()}
        self._adapters: dict[str, Adapter] = {}
        self._heads: dict[str, Blend] = {}
        names = {name for files in self._files.values() for name in (files.head, files.adapter)}
        self._loading = {name: threading.Lock() for name in names}

    def head(self, language: str) -> Blend:
        """The head of `language`, loaded when it is first asked for."""
        name = self._files[language].head
        with self._loading[name]:
            if name not in self._heads:
                self._heads[name] = load(self._folder / f"{name}.npz")
            return self._heads[name]

    def adapter(self, language: str) -> Adapter:
        """The adapter that the head of `language` was trained upon, loaded when it is first asked for."""
        name = self._files[language].adapter
        with self._loading[name]:
            if name not in self._adapters:
                self._adapters[name] = Adapter(self._encoder, self._folder / f"{name}.npz")
            return self._adapters[name]

    def heard(self, texts: Sequence[str], language: str) -> Heard:
        """What the head of `language` goes by in `texts`."""
        head, adapter = self.head(language), self.adapter(language)
        said = adapter.opinions(adapter.vectors(texts), head.hears)
        return Heard(head.opinions(texts, said), adapter.costs(texts))

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
