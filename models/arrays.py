"""Arrays in a file, which is whole or not there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def keep(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` by their names (.npz, compressed); beside `path` first, then into place."""
    beside = path.with_suffix(".partial.npz")
    np.savez_compressed(beside, **arrays)  # type: ignore[arg-type]  # numpy types its keywords as one union
    beside.replace(path)
