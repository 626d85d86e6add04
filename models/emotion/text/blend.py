"""The head of one language: pieces of words and sentence vectors, each with its opinion, weighed and calibrated."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.emotion.head import Card, UnreadableHead, softmax
from models.emotion.text.ngrams import Rows, hashed
from models.emotion.text.vectors import vectors

Floats = NDArray[np.float32]

FORMAT = 1
LEAST_STRANGE = 0.7
"""About two in a thousand dev texts come closer to the middle of the training texts than this."""
MARGIN = 1.15
"""Room beyond what held-out training texts reach, for people who write otherwise than they did."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How texts are cut into pieces (`ngrams.hashed`); with 0 bits they are not, and only sentence vectors speak."""

    shortest: int
    longest: int
    words: int
    bits: int


@dataclass(frozen=True, slots=True)
class Blend:
    """`rarity` [2**bits] and `pieces` int8 [2**bits, 7] times `grain` [7] weigh the pieces; `layers` read the
    sentence vector; `mix` [7 + k, 7] joins the two, `tilt` [7] added. Where several feelings may be in one
    text, `each` [7 + k, 7] with `each_tilt` asks for each by itself, and `each_from` [7] is the probability from
    which it counts. `sure_from`, `centre`, `basis`, `alike_to`: when to say nothing."""

    card: Card
    shape: Shape
    rarity: Floats
    pieces: NDArray[np.int8]
    grain: Floats
    lean: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    mix: Floats
    tilt: Floats
    each: Floats
    each_tilt: Floats
    each_from: Floats
    sure_from: float
    centre: Floats
    basis: Floats
    alike_to: float
    seen: NDArray[np.uint32]

    def opinions(self, texts: Sequence[str], sentence: Floats | None = None) -> Floats:
        """What pieces (7) and sentence vector (k, one for each word of the corpora) say of each text: [n, 7 + k].

        `sentence` holds the sentence vectors, where they are known already.
        """
        found = vectors(texts) if sentence is None else sentence
        shape = self.shape
        rows = hashed(texts, shape.shortest, shape.longest, shape.words, shape.bits)
        return np.concatenate([self._by_pieces(rows), self.by_sentence(found)], axis=1)

    def probabilities(self, texts: Sequence[str], sentence: Floats | None = None) -> Floats:
        """Calibrated probabilities [n, 7]."""
        return self.weighed(self.opinions(texts, sentence))

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

    def strangeness(self, sentence: Floats) -> Floats:
        """How unlike the training texts sentence vectors are; about 1 for those themselves."""
        projected = (sentence - self.centre) @ self.basis
        return np.asarray(np.sqrt(np.mean(projected * projected, axis=1)), np.float32)

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

    def familiar(self, sentence: Floats) -> NDArray[np.bool_]:
        """Whether sentence vectors lie where those of whole sentences do: not far outside the training texts, and
        not in the middle of all of them, where letters without sense come to lie."""
        strange = self.strangeness(sentence)
        return np.asarray((strange >= LEAST_STRANGE) & (strange <= self.alike_to * MARGIN), np.bool_)

    def by_sentence(self, sentence: Floats) -> Floats:
        """What the sentence vectors say: [n, k]."""
        state = sentence
        for number, (weight, bias) in enumerate(self.layers):
            state = (np.maximum(state, 0) if number else state) @ weight + bias
        return np.asarray(state, np.float32)


def save(blend: Blend, path: Path) -> None:
    """Write the head with the precision it is served with; beside it first, then into place."""
    card, shape = blend.card, blend.shape
    described = {
        "format": FORMAT,
        "card": [card.name, card.licence, card.commercial, list(card.trained_on), list(card.classes)],
        "shape": [shape.shortest, shape.longest, shape.words, shape.bits],
        "sure_from": blend.sure_from,
        "alike_to": blend.alike_to,
        "layers": len(blend.layers),
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(described).encode(), np.uint8)}
    arrays |= {"rarity": blend.rarity.astype(np.float16), "pieces": blend.pieces, "grain": blend.grain}
    arrays |= {"lean": blend.lean, "mix": blend.mix, "tilt": blend.tilt}
    arrays |= {"each": blend.each, "each_tilt": blend.each_tilt, "each_from": blend.each_from}
    arrays |= {"centre": blend.centre, "basis": blend.basis.astype(np.float16), "seen": blend.seen}
    for number, (weight, bias) in enumerate(blend.layers):
        arrays |= {f"weight{number}": weight.astype(np.float16), f"bias{number}": bias}
    beside = path.with_suffix(".partial.npz")
    np.savez_compressed(beside, **arrays)  # type: ignore[arg-type]  # numpy types its keywords as one union
    beside.replace(path)


def load(path: Path) -> Blend:
    """The head in `path`. Raises `UnreadableHead`, and OSError where the file cannot be opened."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise UnreadableHead(f"{path.name} has format {about['format']}, not {FORMAT}")
            name, licence, commercial, trained_on, classes = about["card"]
            return Blend(
                card=Card(name, licence, commercial, tuple(trained_on), tuple(classes)),
                shape=Shape(*about["shape"]),
                rarity=file["rarity"].astype(np.float32),
                pieces=file["pieces"],
                grain=file["grain"],
                lean=file["lean"],
                layers=tuple(
                    (file[f"weight{number}"].astype(np.float32), file[f"bias{number}"])
                    for number in range(about["layers"])
                ),
                mix=file["mix"],
                tilt=file["tilt"],
                each=file["each"],
                each_tilt=file["each_tilt"],
                each_from=file["each_from"],
                sure_from=float(about["sure_from"]),
                centre=file["centre"],
                basis=file["basis"].astype(np.float32),
                alike_to=float(about["alike_to"]),
                seen=file["seen"],
            )
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, UnreadableHead):
            raise
        raise UnreadableHead(f"{path.name} is no head") from error
