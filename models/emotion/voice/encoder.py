"""The encoder of whisper-base in numpy, as deep as it is asked to go.

ctranslate2 gives only the last layer; feelings are read best from the first ones. So the stem and the blocks
are computed here from the tensors of the same file (Radford et al. 2022: pre-norm transformer blocks)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotion.voice.modelfile import UnreadableModel, read_tensors

Floats = NDArray[np.float32]

BLOCKS = 6
LONGEST = 1500
"""Positions the encoder knows: 30 s at 20 ms."""
EPSILON = np.float32(1e-5)


class Encoder:
    """Stem and first `blocks` blocks of the whisper model in `path`.

    Raises `UnreadableModel` where the file holds another model, OSError where it cannot be opened.
    """

    def __init__(self, path: Path, blocks: int = 3) -> None:
        if not 0 <= blocks <= BLOCKS:
            raise ValueError(f"whisper-base has {BLOCKS} blocks, not {blocks}")
        depth = tuple(f"encoder/layer_{number}/" for number in range(blocks))
        stem = ("encoder/conv", "encoder/position", "encoder/num_heads", "encoder/layer_norm/")
        self._tensors = read_tensors(path, lambda name: name.startswith(stem + depth))
        self.blocks = blocks
        self.path = path
        if self._tensors.get("encoder/conv1/weight", np.zeros(0)).shape != (512, 80, 3):
            raise UnreadableModel("the file holds another model than whisper-base")
        self._heads = int(self._tensors["encoder/num_heads"])

    def layers(self, mel: Floats) -> list[Floats]:
        """The stem's output and each block's: float32 [frames / 2, 512] each, from `mel` float32 [80, frames].

        Raises ValueError for more than 30 s.
        """
        if mel.ndim != 2 or mel.shape[0] != 80 or mel.shape[1] < 2:
            raise ValueError("the encoder takes a spectrogram of 80 bands and at least 2 columns")
        state = self._stem(mel)
        outputs = [state]
        for number in range(self.blocks):
            state = self._block(state, f"encoder/layer_{number}")
            outputs.append(state)
        return outputs

    def normalised(self, state: Floats) -> Floats:
        """The last norm, for comparison with the output of ctranslate2."""
        return self._norm(state, "encoder/layer_norm")

    def _stem(self, mel: Floats) -> Floats:
        hidden = _gelu(self._convolve(mel.T, "encoder/conv1", 1))
        hidden = _gelu(self._convolve(hidden, "encoder/conv2", 2))
        if len(hidden) > LONGEST:
            raise ValueError("the encoder takes at most 30 s")
        return hidden + self._tensors["encoder/position_encodings/encodings"][: len(hidden)]

    def _convolve(self, frames: Floats, name: str, stride: int) -> Floats:
        """A convolution over three frames as one product of matrices."""
        weight, bias = self._tensors[f"{name}/weight"], self._tensors[f"{name}/bias"]
        padded = np.pad(frames, ((1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=0)[::stride]
        flat = np.ascontiguousarray(windows).reshape(len(windows), -1)
        convolved: Floats = flat @ weight.reshape(len(weight), -1).T + bias
        return convolved

    def _block(self, state: Floats, name: str) -> Floats:
        state = state + self._attend(self._norm(state, f"{name}/self_attention/layer_norm"), f"{name}/self_attention")
        inner = self._linear(self._norm(state, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
        return state + self._linear(_gelu(inner), f"{name}/ffn/linear_1")

    def _attend(self, state: Floats, name: str) -> Floats:
        length, width = state.shape
        queries, keys, values = (
            self._linear(state, f"{name}/linear_0")
            .reshape(length, 3, self._heads, width // self._heads)
            .transpose(1, 2, 0, 3)
        )
        scores = queries @ keys.transpose(0, 2, 1) * np.float32((width // self._heads) ** -0.5)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = np.asarray(scores @ values, np.float32).transpose(1, 0, 2).reshape(length, width)
        return self._linear(mixed, f"{name}/linear_1")

    def _linear(self, state: Floats, name: str) -> Floats:
        product: Floats = state @ self._tensors[f"{name}/weight"].T + self._tensors[f"{name}/bias"]
        return product

    def _norm(self, state: Floats, name: str) -> Floats:
        centred = state - state.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + EPSILON)
        normed: Floats = centred / deviation * self._tensors[f"{name}/gamma"] + self._tensors[f"{name}/beta"]
        return normed


def _gelu(x: Floats) -> Floats:
    """x · Φ(x), the error function by Abramowitz and Stegun 7.1.26 (error below 1.5e-7)."""
    scaled = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(0.3275911) * scaled)
    series = t * (
        np.float32(0.254829592)
        + t
        * (
            np.float32(-0.284496736)
            + t * (np.float32(1.421413741) + t * (np.float32(-1.453152027) + t * np.float32(1.061405429)))
        )
    )
    error = 1 - series * np.exp(-scaled * scaled)
    active: Floats = (0.5 * x * (1 + np.copysign(error, x))).astype(np.float32)
    return active
