"""The head of one language: pieces of words and the adapter, each with its opinion, weighed and calibrated."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import keep
from models.emotion.head import Card, UnreadableHead, softmax
from models.emotion.text.ngrams import Rows, Shape, hashed

Floats = NDArray[np.float32]

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Blend:
    """`rarity` [2**bits] and `pieces` int8 [2**bits, p] times `grain` [p], `lean` [p] added, weigh the pieces: for
    each feeling once (p = 7), or twice (14): as they tell it where one is to be chosen, and as they tell it in all
    texts. `mix` [p + k, 7] joins them and the adapter's k opinions on the words of the corpora that it `hears`,
    `tilt` [7] added. Where several feelings may be in one text, `each` [p + k, 7] with `each_tilt` asks for each by
    itself, and `each_from` [7] is the probability from which it counts. `sure_from` and `cost_to`: when to say
    nothing."""

    card: Card
    hears: tuple[str, ...]
    shape: Shape
    rarity: Floats
    pieces: NDArray[np.int8]
    grain: Floats
    lean: Floats
    mix: Floats
    tilt: Floats
    each: Floats
    each_tilt: Floats
    each_from: Floats
    sure_from: float
    cost_to: float

    def opinions(self, texts: Sequence[str], said: Floats) -> Floats:
        """What pieces (p) and the adapter (`said` [n, k], one for each word heard) say of each text: [n, p + k]."""
        return np.concatenate([self._by_pieces(hashed(texts, self.shape)), said], axis=1)

    def several(self, opinions: Floats) -> NDArray[np.bool_]:
        """Which feelings are in each text [n, 7], from its `opinions`: those that reach their threshold, or the one
        that comes nearest to it (neutral is one of the seven, so that every text has one)."""
        chances = 1 / (1 + np.exp(-(opinions @ self.each + self.each_tilt)))
        found = np.asarray(chances >= self.each_from, np.bool_)
        empty = np.flatnonzero(~found.any(axis=1))
        found[empty, (chances[empty] / self.each_from).argmax(axis=1)] = True
        return found

    def weighed(self, opinions: Floats) -> Floats:
        """Calibrated probabilities [n, 7] from `opinions`."""
        return softmax(opinions @ self.mix + self.tilt)

    def _by_pieces(self, rows: Rows) -> Floats:
        result = np.tile(self.lean, (len(rows), 1)).astype(np.float32)
        if self.shape.bits == 0:
            return result
        for number, (pieces, often) in enumerate(rows):
            values = often * self.rarity[pieces]
            length = float(np.sqrt(np.sum(values * values)))
            if length > 0:
                result[number] += (values / length) @ self.pieces[pieces].astype(np.float32) * self.grain
        return result

    def familiar(self, costs: Floats) -> NDArray[np.bool_]:
        """Whether texts of these costs a character are written in words, as nearly all held-out texts are."""
        return np.asarray(costs <= self.cost_to, np.bool_)


def save(blend: Blend, path: Path) -> None:
    """Write the head with the precision it is served with; beside it first, then into place."""
    described = {
        "format": FORMAT,
        "card": blend.card.written(),
        "hears": blend.hears,
        "shape": astuple(blend.shape),
        "sure_from": blend.sure_from,
        "cost_to": blend.cost_to,
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(described).encode(), np.uint8)}
    arrays |= {"rarity": blend.rarity.astype(np.float16), "pieces": blend.pieces, "grain": blend.grain}
    arrays |= {"lean": blend.lean, "mix": blend.mix, "tilt": blend.tilt}
    arrays |= {"each": blend.each, "each_tilt": blend.each_tilt, "each_from": blend.each_from}
    keep(path, arrays)


def load(path: Path) -> Blend:
    """The head in `path`. Raises `UnreadableHead`, and OSError where the file cannot be opened."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise UnreadableHead(f"{path.name} has format {about['format']}, not {FORMAT}")
            return Blend(
                card=Card.read(about["card"]),
                hears=tuple(about["hears"]),
                shape=Shape(*about["shape"]),  # four numbers in files from before there were letters to choose
                rarity=file["rarity"].astype(np.float32),
                pieces=file["pieces"],
                grain=file["grain"],
                lean=file["lean"],
                mix=file["mix"],
                tilt=file["tilt"],
                each=file["each"],
                each_tilt=file["each_tilt"],
                each_from=file["each_from"],
                sure_from=float(about["sure_from"]),
                cost_to=float(about["cost_to"]),
            )
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, UnreadableHead):
            raise
        raise UnreadableHead(f"{path.name} is no head") from error
