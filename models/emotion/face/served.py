"""The expression network as it is served: ONNX, on one thread, or the same file by the same steps on a GPU."""

import logging
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.emotion.face.tile import standard

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

log = logging.getLogger(__name__)

Device = Literal["cpu", "cuda"]

NETWORK = Path(__file__).parent / "network.onnx"
INPUT = "faces"
PART = 256
"""Faces that are looked at together at most."""


PROVIDERS: dict[Device, tuple[str, ...]] = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
}
"""As onnxruntime calls what computes; of several the first that works counts."""


class Served:
    """The network in the file `path`. Where no GPU answers, `cuda` means the CPU too, which is slower and says the
    same: one line of the log tells."""

    def __init__(self, path: Path = NETWORK, device: Device = "cpu") -> None:
        there = onnxruntime.get_available_providers()
        providers = [provider for provider in PROVIDERS[device] if provider in there]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=providers)
        self.device: Device = "cuda" if PROVIDERS["cuda"][0] in self._session.get_providers() else "cpu"
        if self.device != device:
            log.warning("faces are read on the %s, because no GPU answers onnxruntime", self.device)

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
