"""Encryption of what people said.

Two layers: the *house key* (a file of Fernet keys, the first encrypts, all decrypt) wraps one random *data key* per
person. Words are sealed with the person's key, so that deleting that one row makes every copy of them unreadable;
rotation rewraps data keys only. What belongs to no person yet (an update that nobody has parsed) is sealed with the
house key.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class KeysUnusable(RuntimeError):
    """The key file is missing, unreadable, or does not open what it should."""


class PersonKey:
    """Seals and unseals one person's words."""

    __slots__ = ("_fernet",)

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, words: str) -> bytes:
        return self._fernet.encrypt(words.encode("utf-8", "surrogatepass"))

    def unseal(self, sealed: bytes) -> str:
        """Raises `KeysUnusable` where another key sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise KeysUnusable("a sealed text does not open with its person's key") from None

    def __repr__(self) -> str:
        return "PersonKey(…)"


class Keyring:
    """The house key. Fernet tokens in, Fernet tokens out; `encrypt`/`decrypt` like `MultiFernet`."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys:
            raise KeysUnusable("the key file holds no key")
        try:
            self._multi = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise KeysUnusable("the key file holds something that is not a Fernet key") from None
        # Unwrapping costs a decryption and happens at every message; the cache is keyed by the wrapped bytes, so a
        # forgotten person's key, whose row is gone, is never asked for again.
        self._unwrap: Callable[[bytes], PersonKey] = lru_cache(maxsize=4096)(self._unwrap_afresh)

    @classmethod
    def open(cls, path: Path) -> "Keyring":
        """Reads the keys, one a line, newest first. Raises `KeysUnusable`."""
        try:
            lines = path.read_bytes().split()
        except OSError as error:
            raise KeysUnusable(f"the key file cannot be read: {error.strerror}") from None
        return cls(lines)

    @classmethod
    def open_or_make(cls, path: Path) -> "Keyring":
        """As `open`; writes a first key (mode 0600) where no file stands yet."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_beside(path, [Fernet.generate_key()])
        return cls.open(path)

    def encrypt(self, data: bytes) -> bytes:
        return self._multi.encrypt(data)

    def decrypt(self, data: bytes) -> bytes:
        """Raises `KeysUnusable` where no key of the file opens it."""
        try:
            return self._multi.decrypt(data)
        except InvalidToken:
            raise KeysUnusable("sealed data does not open with any key of the key file") from None

    def new_person_key(self) -> bytes:
        """A fresh data key, wrapped: what the person's row holds."""
        return self.encrypt(Fernet.generate_key())

    def person(self, wrapped: bytes) -> PersonKey:
        """Opens a wrapped data key. Raises `KeysUnusable`."""
        return self._unwrap(wrapped)

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the newest house key."""
        return self._multi.rotate(wrapped)

    def _unwrap_afresh(self, wrapped: bytes) -> PersonKey:
        return PersonKey(self.decrypt(wrapped))

    def __repr__(self) -> str:
        return "Keyring(…)"


def add_key(path: Path) -> None:
    """Puts a fresh key first; the older ones stay and still open what they sealed."""
    _write_beside(path, [Fernet.generate_key(), *path.read_bytes().split()])


def keep_newest(path: Path) -> None:
    """Drops every key but the first: only after everything has been rewrapped."""
    _write_beside(path, path.read_bytes().split()[:1])


def _write_beside(path: Path, keys: list[bytes]) -> None:
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
