"""The object store: one interface for a folder and for S3, and what may go wrong with it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from workers.errors import Permanent, Transient

KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
LONGEST_KEY = 200
PROBE = "probe"


class StoreUnavailable(Transient):
    """The store does not answer, or not sensibly. It may in a moment."""


class StoreDenied(Permanent):
    """The store does not let this program do that."""


class NoSuchObject(Permanent):
    """There is nothing under this key."""


class TooLarge(Permanent):
    """The object has more bytes than whoever asked for it takes."""


class BadKey(Permanent):
    """No key of ours: letters, digits, dots, dashes, and slashes between them."""


class Store(Protocol):
    """Holds objects under keys. Every method raises `StoreUnavailable`, `StoreDenied` and `BadKey`; none of their
    texts holds contents, secrets or more of an address than the bucket's name."""

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Keeps `data`, or the file there, in the place of whatever was under `key`: all of it or nothing. Raises
        `OSError` where that file cannot be opened."""
        ...

    def get(self, key: str, limit: int | None = None) -> bytes:
        """What was put there, whole. Raises `NoSuchObject`, and `TooLarge` where it has more than `limit` bytes."""
        ...

    def has(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """In bytes. Raises `NoSuchObject`."""
        ...

    def delete(self, key: str) -> None:
        """Whether there was one or not."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with `prefix`, sorted. What others put there under names that are no keys is left
        out."""
        ...

    def link(self, key: str, seconds: int) -> str | None:
        """An address under which anybody can fetch the object for so long. None where the store gives none."""
        ...


def is_key(key: str) -> bool:
    return len(key) <= LONGEST_KEY and KEY.fullmatch(key) is not None


def checked(key: str) -> str:
    """`key`, if it can be one. Raises `BadKey`."""
    if not is_key(key):
        raise BadKey("that is no key of an object")
    return key


@contextmanager
def opened(data: bytes | Path) -> Iterator[BinaryIO]:
    """What is to be put, to be read from its beginning. Raises `OSError` where the file cannot be opened."""
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as source:
        yield source


def within(size: int, limit: int | None) -> None:
    """Raises `TooLarge` where `size` is more than `limit`, both in bytes."""
    if limit is not None and size > limit:
        raise TooLarge("the object is larger than whoever asks for it takes")


def try_out(store: Store) -> None:
    """Writes, reads, lists and removes an object: everything that Heed needs the right to. Raises what goes wrong;
    `StoreUnavailable` where something else comes back than was put there."""
    key, data = f"{PROBE}/{uuid4().hex}", b"Heed tries out its store."
    store.put(key, data, "text/plain")
    try:
        if store.get(key) != data or key not in set(store.keys(f"{PROBE}/")):
            raise StoreUnavailable("the store does not give back what it was given")
    finally:
        store.delete(key)
