"""A feeling for a text, or the reason why none is named."""

from functools import cache
from pathlib import Path
from typing import Literal

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.text.blend import Blend, load
from models.emotion.text.corpus import Language
from models.emotion.text.vectors import vectors

Licence = Literal["all", "open"]
Reason = Literal["no words", "language", "unfamiliar", "unsure"]

HEADS = Path(__file__).parent / "heads"
FILES: dict[Licence, dict[Language, str]] = {
    "all": {"en": "en", "ko": "ko", "tr": "tr"},
    "open": {"en": "en", "ko": "ko_open", "tr": "tr_open"},
}
LEAST_LETTERS = 2


class Text:
    """Reads feelings from texts. `licence`: "open" for the heads trained without data that forbid commercial use."""

    def __init__(self, licence: Licence = "all", heads: Path = HEADS) -> None:
        self._files: dict[str, Path] = {language: heads / f"{name}.npz" for language, name in FILES[licence].items()}
        self._loaded: dict[str, Blend] = {}

    def head(self, language: str) -> Blend:
        """The head of `language`, loaded when it is first asked for."""
        if language not in self._loaded:
            self._loaded[language] = load(self._files[language])
        return self._loaded[language]

    def read(self, text: str, language: str) -> Estimate:
        """`text` as the person wrote it, in `language` (en, ko or tr). Abstains with a `Reason`."""
        if language not in FILES["all"]:
            return Estimate("text", "text", abstained="language")
        head = self.head(language)
        if sum(character.isalpha() for character in text) < LEAST_LETTERS:
            return _nothing(head, "no words")
        sentence = vectors([text])
        if not head.familiar(sentence)[0]:
            return _nothing(head, "unfamiliar")
        chances = head.probabilities([text], sentence)[0]
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
def text_reader(licence: Licence = "all") -> Text:
    """The reader for this licence, made once in a process."""
    return Text(licence)


def predict(text: str, language: str, licence: Licence = "all") -> Estimate:
    """The estimate for `text`; see `Text`."""
    return text_reader(licence).read(text, language)
