"""The file of what was learned beside an encoder: arrays by name, and `about`, what is said of them, as JSON."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import keep
from models.encoder.packed import Unreadable


def read_learned(file: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What was learned: what is said about it, and its arrays as they are kept. Raises `OSError`, `Unreadable`."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        return json.loads(str(arrays.pop("about"))), arrays
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{file.name}: damaged ({type(error).__name__})") from None


def keep_learned(file: Path, about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Written beside `file` first, then put in its place."""
    keep(file, {"about": np.array(json.dumps(about)), **arrays})
