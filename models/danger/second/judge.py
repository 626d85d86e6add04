"""What the second opinion says of a text, and when it is asked at all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.danger import opinion as first
from models.danger import spelling
from models.danger.hit import Hit, Kind, Tier
from models.encoder import Encoder, Packed, Unreadable, read_learned
from models.encoder.forward import softmax
from models.encoder.tokens import tokens_of
from models.words import Language, by_letters

FILE = Path(__file__).parent / "learned.npz"
LABELS = ("none", "unclear", "clear")
KINDS = (None, Kind.suicide, Kind.self_harm, Kind.abuse, Kind.harm_to_others)
RULE = "second"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `models.danger.second.train`, which says on what they were chosen."""

    listen: float
    """The first opinion's log-odds under which the second is not asked: most of ordinary talk."""
    hint_adds: float
    """What a hint of the screen at the door adds to the log-odds of danger."""
    ask: float
    """Log-odds of danger from which the direct question is asked."""
    clear: float
    """Log-odds of a clear statement from which helplines are shown at once."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Log-odds of danger at all and of a clear statement, and the likeliest kind."""

    danger: float
    clear: float
    kind: Kind


class Judge:
    def __init__(self, encoder: Path, learned: Path = FILE) -> None:
        """`encoder`: the packed multilingual-e5-small. Raises `OSError`, and `Unreadable` where files do not fit."""
        packed = Packed(encoder)
        about, arrays = read_learned(learned)
        values = {name: array.astype(np.float32) for name, array in arrays.items()}
        try:
            self.thresholds = Thresholds(**about["thresholds"])
        except (KeyError, TypeError) as error:
            raise Unreadable(f"{learned.name}: other thresholds ({type(error).__name__})") from None
        self._tokens = tokens_of(encoder)
        self._encoder = Encoder(packed, values)
        self._weight, self._bias = values["head.weight"], values["head.bias"]

    def opinion(self, text: str) -> Opinion:
        """Reads `text` as somebody typed it."""
        scores = self._weight @ self._encoder.vector(self._tokens.of(spelled(text))) + self._bias
        none, _, clear = softmax(scores[: len(LABELS)])
        kind = KINDS[1 + int(scores[len(LABELS) + 1 :].argmax())]
        assert kind is not None
        return Opinion(_log_odds(1 - none), _log_odds(clear), kind)

    def screen(self, text: str, *, hinted: bool = False) -> Hit | None:
        """What danger is in `text` that the door let through, or saw a hint of; None for what is ordinary."""
        plain = spelling.plain(text)
        if not plain.strip() or (not hinted and first.model().score(plain) < self.thresholds.listen):
            return None
        opinion = self.opinion(text)
        language: Language = by_letters(text) or "en"
        if opinion.clear >= self.thresholds.clear:
            return Hit(Tier.clear, opinion.kind, language, RULE)
        if opinion.danger + self.thresholds.hint_adds * hinted >= self.thresholds.ask:
            return Hit(Tier.unclear, opinion.kind, language, RULE)
        return None


def spelled(text: str) -> str:
    """`text` as the encoder is given it, in teaching as in serving."""
    return spelling.joined_letters(spelling.plain(text))


def _log_odds(share: float) -> float:
    share = min(max(float(share), 1e-7), 1 - 1e-7)
    return float(np.log(share / (1 - share)))
