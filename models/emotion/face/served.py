"""The expression network as it is served: ONNX, on one thread, the same file on a GPU where there is one."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.emotion.face.tile import standard

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

NETWORK = Path(__file__).parent / "network.onnx"
INPUT = "faces"
PART = 256
"""Faces that are looked at together at most."""


class Served:
    """The network in the file `path`. `providers` are onnxruntime's, the first that works counts."""

    def __init__(self, path: Path = NETWORK, providers: tuple[str, ...] = ("CPUExecutionProvider",)) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=list(providers))

    def said(self, tiles: Bytes) -> tuple[Floats, Floats]:
        """`tiles` uint8 [n, 48, 48] to features [n, width] and logits [n, 7], each the mean over a face and its
        mirror image."""
        features: list[Floats] = []
        logits: list[Floats] = []
        for start in range(0, len(tiles), PART):
            given = standard(tiles[start : start + PART])
            both = np.concatenate([given, given[..., ::-1]])
            for found, each in zip((features, logits), self._session.run(None, {INPUT: both}), strict=True):
                found.append(each.reshape(2, len(given), -1).mean(axis=0))
        if not features:
            raise ValueError("no faces were given")
        return np.concatenate(features), np.concatenate(logits)
