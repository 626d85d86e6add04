"""The encoder with what it learned of feelings in texts: an opinion on each word of the corpora."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card
from models.emotion.text.ngrams import REPEATED, SPACE
from models.encoder import Encoder, Packed, Tokens, Unreadable, read_learned
from models.encoder.tokens import tokens_of

Floats = NDArray[np.float32]
Words = dict[str, tuple[str, ...]]
"""The words of each corpus in their order, corpus by corpus: what each output of the adapter speaks of."""

FEW = 160
"""Pieces that are read of a text: of a longer one both ends."""
LETTERS = 2_000
"""Characters that are read."""


def pieces(tokens: Tokens, text: str, longest: int = FEW) -> list[int]:
    """The numbers of the pieces of `text` as it is written, but for stretched letters and blanks."""
    tidied = REPEATED.sub(r"\1\1\1", SPACE.sub(" ", text[:LETTERS])).strip()
    return tokens.of(tidied, prefix="", longest=longest)


class Adapter:
    """Reads texts with the encoder, as `lesson` taught it. Safe to use from several threads."""

    def __init__(self, encoder: Path, learned: Path) -> None:
        """`encoder`: the packed multilingual-e5-small. Raises `OSError`, and `Unreadable` where files do not fit."""
        about, arrays = read_learned(learned)
        values = {name: array.astype(np.float32) for name, array in arrays.items() if name != "seen"}
        try:
            self.card = Card.read(about["card"])
            self.words: Words = {corpus: tuple(own) for corpus, own in about["words"].items()}
            self.seen: NDArray[np.uint32] = arrays["seen"]
            self._weight, self._bias = values["head.weight"], values["head.bias"]
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{learned.name}: another make ({type(error).__name__})") from None
        self._tokens = tokens_of(encoder)
        self._encoder = Encoder(Packed(encoder), values)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One vector a text: float32 [n, 384]."""
        return np.stack([self._encoder.vector(pieces(self._tokens, text)) for text in texts])

    def costs(self, texts: Sequence[str]) -> Floats:
        """How unlikely each text is as a row of pieces, in nats a character: [n]. Letters without sense cost most."""
        signs = [max(1, sum(map(len, text[:LETTERS].split()))) for text in texts]
        numbers = [pieces(self._tokens, text)[1:-1] for text in texts]
        return np.array([self._tokens.cost(one) / most for one, most in zip(numbers, signs, strict=True)], np.float32)

    def opinions(self, vectors: Floats, corpora: Sequence[str]) -> Floats:
        """The score of each word of `corpora` for each vector: float32 [n, words]. KeyError for an unknown corpus."""
        ends = dict(zip(self.words, np.cumsum([len(own) for own in self.words.values()]), strict=True))
        chosen = np.concatenate([np.arange(ends[name] - len(self.words[name]), ends[name]) for name in corpora])
        said: Floats = vectors @ self._weight[chosen].T + self._bias[chosen]
        return said
