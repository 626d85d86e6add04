"""The store as a folder: what one machine needs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workers.media.store import NoSuchObject, StoreDenied, StoreUnavailable, checked

BEGUN = ".begun-"
"""What names of files begin with that are being written. No key can."""


class FolderStore:
    """Objects as files below `folder`, for this user only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return "FolderStore(…)"

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Written beside, onto the disk, and then put into its place at once."""
        path = self._path(key)
        with _told(self._folder):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, name = tempfile.mkstemp(prefix=BEGUN, dir=path.parent)  # readable for this user only
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(data if isinstance(data, bytes) else data.read_bytes())
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(name)
                raise
            _sync(path.parent)

    def get(self, key: str) -> bytes:
        path = self._path(key)
        with _told(self._folder):
            return path.read_bytes()

    def has(self, key: str) -> bool:
        path = self._path(key)
        with _told(self._folder):
            return path.is_file()

    def size(self, key: str) -> int:
        path = self._path(key)
        with _told(self._folder):
            return path.stat().st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _told(self._folder):
            path.unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _told(self._folder):
            if self._folder.exists() and not os.access(self._folder, os.R_OK | os.X_OK):
                raise PermissionError
            found = [
                (Path(folder) / name).relative_to(self._folder).as_posix()
                for folder, _, names in os.walk(self._folder)
                for name in names
                if not name.startswith(BEGUN)
            ]
        yield from sorted(key for key in found if key.startswith(prefix))

    def link(self, key: str, seconds: int) -> str | None:
        """None: a folder is on no network."""
        checked(key)
        return None

    def _path(self, key: str) -> Path:
        return self._folder.joinpath(*checked(key).split("/"))


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system says, in the words of the store."""
    try:
        yield
    except FileNotFoundError:
        raise NoSuchObject("there is no such object in the folder") from None
    except PermissionError:
        raise StoreDenied(f"the folder {folder} cannot be used by this user") from None
    except OSError as error:
        raise StoreUnavailable(f"the folder cannot be used now ({error.strerror})") from None


def _sync(folder: Path) -> None:
    """That a file is there outlasts a loss of power, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
