"""The binary file of a ctranslate2 model: named tensors one after another, read without the library.

The layout is that of ctranslate2's `python/ctranslate2/specs/model_spec.py` (`_serialize`), binary version 6:
version, name of the specification, its revision, the number of tensors; then each tensor's name, rank,
dimensions, type, size in bytes and the bytes themselves, little endian.
"""

import mmap
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BINARY_VERSION = 6
TYPES: dict[int, str] = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
"""ctranslate2's numbers of types. Bfloat16 (5) does not occur in the files read here."""


class UnreadableModel(ValueError):
    """The file is not a ctranslate2 model of the version that is read here."""


def read_tensors(path: Path, wanted: Callable[[str], bool]) -> dict[str, NDArray[np.float32]]:
    """The tensors whose names are `wanted`, as float32; the others are stepped over without being read.

    Raises `UnreadableModel`, and OSError where the file cannot be opened.
    """
    with path.open("rb") as opened:
        if path.stat().st_size == 0:
            raise UnreadableModel("the model's file is empty")
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _tensors(data, wanted)
            except (struct.error, UnicodeDecodeError) as error:
                raise UnreadableModel("the model's file ends early or is damaged") from error


def _tensors(data: mmap.mmap, wanted: Callable[[str], bool]) -> dict[str, NDArray[np.float32]]:
    at = 0

    def number(code: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{code}", data, at)
        at += struct.calcsize(f"<{code}")
        return int(value)

    def text() -> str:
        nonlocal at
        length = number("H")
        raw = data[at : at + length]
        at += length
        if len(raw) != length:
            raise UnreadableModel("the model's file ends early or is damaged")
        return raw[:-1].decode("utf-8")

    version = number("I")
    if version != BINARY_VERSION:
        raise UnreadableModel(f"the model's file has binary version {version}, not {BINARY_VERSION}")
    text()
    number("I")
    found: dict[str, NDArray[np.float32]] = {}
    for _ in range(number("I")):
        name = text()
        shape = tuple(number("I") for _ in range(number("B")))
        kind, size = number("B"), number("I")
        if at + size > len(data):
            raise UnreadableModel("the model's file ends early or is damaged")
        if wanted(name):
            if kind not in TYPES:
                raise UnreadableModel(f"the tensor {name} has the unknown type {kind}")
            found[name] = np.frombuffer(data[at : at + size], dtype=TYPES[kind]).reshape(shape).astype(np.float32)
        at += size
    return found
