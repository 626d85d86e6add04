"""The encoder's forward pass in numpy: multilingual-e5-small (BERT, 12 layers of 384) with the learned part.

A text of twenty pieces takes some ten milliseconds on one core. Wang et al. 2024, "Multilingual E5 Text Embeddings";
the learned part is low-rank (Hu et al. 2021, "LoRA"), biases and normalisations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.encoder.packed import Floats, Packed, Unreadable

LINEAR = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
Learned = Mapping[str, Floats]


@dataclass(frozen=True)
class Linear:
    """y = x W + b, W of [inputs, outputs]."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        return x @ self.weight + self.bias


@dataclass(frozen=True)
class Norm:
    """Layer normalisation over the last axis."""

    weight: Floats
    bias: Floats
    epsilon: float

    def __call__(self, x: Floats) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + self.epsilon)
        normal: Floats = centred / spread * self.weight + self.bias
        return normal


@dataclass(frozen=True)
class Layer:
    asks: Linear
    """Queries, keys and values side by side: [hidden, 3 × hidden]."""
    mixes: Linear
    after_mixing: Norm
    widens: Linear
    narrows: Linear
    after_thinking: Norm

    def __call__(self, x: Floats, heads: int) -> Floats:
        length, hidden = x.shape
        queries, keys, values = (
            part.reshape(length, heads, -1).transpose(1, 0, 2) for part in np.split(self.asks(x), 3, axis=1)
        )
        scores = queries @ keys.transpose(0, 2, 1) / np.float32((hidden // heads) ** 0.5)
        mixed = (softmax(scores) @ values).transpose(1, 0, 2).reshape(length, hidden)
        x = self.after_mixing(x + self.mixes(mixed))
        return self.after_thinking(x + self.narrows(gelu(self.widens(x))))


class Encoder:
    """Text pieces to one vector. Safe to use from several threads."""

    def __init__(self, packed: Packed, learned: Learned) -> None:
        """`learned` holds arrays `layers.<n>.<part>.A|B|b` and `layers.<n>.<norm>.w|b`. Raises `Unreadable`."""
        shape = packed.shape
        self._packed, self._heads = packed, shape.heads
        self._places = (
            packed.tensor("emb.pos", shape.positions, shape.hidden) + packed.tensor("emb.type", 2, shape.hidden)[0]
        )
        self._first = Norm(
            packed.tensor("emb.ln.w", shape.hidden), packed.tensor("emb.ln.b", shape.hidden), shape.epsilon
        )
        self._layers = [_layer(packed, learned, number) for number in range(shape.layers)]

    def vector(self, numbers: Sequence[int]) -> Floats:
        """The mean of the last layer over all pieces: float32 [hidden]."""
        x = self._first(self._packed.words(np.asarray(numbers, np.int64)) + self._places[: len(numbers)])
        for layer in self._layers:
            x = layer(x, self._heads)
        mean: Floats = x.mean(0)
        return mean


def _layer(packed: Packed, learned: Learned, number: int) -> Layer:
    hidden, inner = packed.shape.hidden, packed.shape.inner

    def linear(part: str, inputs: int, outputs: int) -> Linear:
        own = f"layers.{number}.{part}"
        weight = packed.tensor(f"l{number}.{part}.w", outputs, inputs)
        try:
            weight = weight + learned[f"{own}.B"] @ learned[f"{own}.A"]
            bias = learned[f"{own}.b"]
        except (KeyError, ValueError):
            raise Unreadable(f"what was learned does not fit {own}") from None
        return Linear(np.ascontiguousarray(weight.T), bias)

    def norm(part: str) -> Norm:
        own = f"layers.{number}.{part}"
        return Norm(learned[f"{own}.w"], learned[f"{own}.b"], packed.shape.epsilon)

    asks = [linear(part, hidden, hidden) for part in ("q", "k", "v")]
    return Layer(
        Linear(np.concatenate([part.weight for part in asks], axis=1), np.concatenate([part.bias for part in asks])),
        linear("ao", hidden, hidden),
        norm("aln"),
        linear("fi", hidden, inner),
        linear("fo", inner, hidden),
        norm("oln"),
    )


def softmax(x: Floats) -> Floats:
    """Over the last axis."""
    raised = np.exp(x - x.max(-1, keepdims=True))
    shares: Floats = raised / raised.sum(-1, keepdims=True)
    return shares


def gelu(x: Floats) -> Floats:
    """x Φ(x), with the error function after Abramowitz and Stegun 7.1.26 (error under 2e-7)."""
    distance = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * distance)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.sign(x) * (1 - series * np.exp(-distance * distance))
    activated: Floats = (0.5 * x * (1 + error)).astype(np.float32)
    return activated
