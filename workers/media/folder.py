"""The store as a folder: what one machine needs."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workers.media.store import NoSuchObject, StoreDenied, StoreUnavailable, checked, is_key, opened, within

BEGUN = ".begun-"
"""What names of files begin with that are being written. No key can."""
ABANDONED_S = 3600.0
"""Nobody writes one object for so long: what is older was left by a kill."""


class FolderStore:
    """Objects as files below `folder`, for this user only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept = False

    def __repr__(self) -> str:
        return "FolderStore(…)"

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Written beside, onto the disk, and then put into its place at once."""
        path = self._path(key)
        with opened(data) as source, _told(self._folder):
            self._make(path.parent)
            self._sweep()
            number, name = tempfile.mkstemp(prefix=BEGUN, dir=path.parent)  # readable for this user only
            try:
                with os.fdopen(number, "wb") as file:
                    shutil.copyfileobj(source, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(name)
                raise
            _sync(path.parent)

    def get(self, key: str, limit: int | None = None) -> bytes:
        path = self._path(key)
        with _told(self._folder), path.open("rb") as file:
            within(os.fstat(file.fileno()).st_size, limit)
            return file.read()

    def has(self, key: str) -> bool:
        path = self._path(key)
        with _told(self._folder):
            return path.is_file()

    def size(self, key: str) -> int:
        path = self._path(key)
        with _told(self._folder), path.open("rb") as file:  # a folder has a size as well, and is no object
            return os.fstat(file.fileno()).st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        with suppress(NoSuchObject), _told(self._folder):
            if path.is_file():
                path.unlink()

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _told(self._folder):
            found = [
                (Path(folder) / name).relative_to(self._folder).as_posix()
                for folder, _, names in os.walk(self._folder, onerror=_not_listed)
                for name in names
            ]
        yield from sorted(key for key in found if key.startswith(prefix) and is_key(key))

    def link(self, key: str, seconds: int) -> str | None:
        """None: a folder is on no network."""
        checked(key)
        return None

    def _make(self, folder: Path) -> None:
        """The folder, and those between it and the store's: each for this user only, whatever the umask."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for between in reversed([folder, *folder.parents]):
            if self._folder in between.parents:
                between.mkdir(exist_ok=True, mode=0o700)

    def _sweep(self) -> None:
        """Removes what a kill left half written, once in the life of this program."""
        if self._swept:
            return
        self._swept = True
        before = time.time() - ABANDONED_S
        for half in self._folder.rglob(f"{BEGUN}*"):
            with suppress(FileNotFoundError):  # another program sweeps as well
                if half.stat().st_mtime < before:
                    half.unlink()

    def _path(self, key: str) -> Path:
        return self._folder.joinpath(*checked(key).split("/"))


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system says, in the words of the store."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError):
        raise NoSuchObject("there is no such object in the folder") from None
    except PermissionError:
        raise StoreDenied(f"the folder {folder} cannot be used by this user") from None
    except OSError as error:
        raise StoreUnavailable(f"the folder cannot be used now ({error.strerror})") from None


def _not_listed(error: OSError) -> None:
    """A folder that cannot be read is no empty one; one that is not there (yet, or any more) is."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _sync(folder: Path) -> None:
    """That a file is there outlasts a loss of power, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
