"""MediaPipe's three networks, read from the one file that holds them, on one thread."""

import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DETECTOR, LANDMARKS, MOVEMENTS = "face_detector", "face_landmarks_detector", "face_blendshapes"


class Network:
    """One network of the bundle `path`, by its `name`. One caller at a time; others wait.

    Raises OSError, KeyError and `zipfile.BadZipFile` where the bundle is not what it should be."""

    def __init__(self, path: Path, name: str) -> None:
        with zipfile.ZipFile(path) as bundle:
            content = bundle.read(f"{name}.tflite")
        self._lock = threading.Lock()
        self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [each["index"] for each in self._interpreter.get_output_details()]

    def __call__(self, given: Floats) -> list[Floats]:
        """Every output for the float32 `given`, in the network's own order."""
        with self._lock:
            self._interpreter.set_tensor(self._input, given)
            self._interpreter.invoke()
            return [np.array(self._interpreter.get_tensor(number), np.float32) for number in self._outputs]
