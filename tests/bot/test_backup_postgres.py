"""Backup and restore on a real Postgres, where this machine has one."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import backup, restore
from workers.journal import erasing, migrate, people
from workers.journal.database import Journal, is_alive
from workers.journal.keys import Keyring
from workers.settings import Settings

BOT = 1000000001


def _programs() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return next((folder for folder in folders if (folder / "initdb").exists()), Path(found).parent if found else None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of a server of its own on the loopback address. Postgres refuses root, so root lends it to nobody."""
    programs = _programs()
    if programs is None or shutil.which("pg_dump") is None:
        pytest.skip("no Postgres here: sudo apt-get install postgresql")
    pytest.importorskip("psycopg")
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="heed-postgres-"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "heed", "-A", "trust", "-E", "UTF8", "--no-sync"],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"postgresql+psycopg://heed@127.0.0.1:{port}/postgres"
    process.terminate()
    process.wait(20)
    shutil.rmtree(folder)


def test_a_backup_of_postgres_comes_back_without_who_was_forgotten(server: str, tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path / "home", database_url=server)
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    deadline = time.monotonic() + 20
    while not is_alive(journal):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    migrate.upgrade(journal)
    with journal.write() as session:
        people.meet(session, BOT, 1, "en")
        people.meet(session, BOT, 2, "ko")

    made = backup.write(settings, tmp_path / "copy.tar")
    with journal.write() as session:
        person = people.find(session, BOT, 2)
        assert person is not None
        erasing.forget(session, person, origin="test", goodbye=None)
        people.meet(session, BOT, 3, "tr")
    journal.close()

    assert restore.read(settings, made) == 1

    again = Journal(settings.database, Keyring.open(settings.keys_path))
    with again.read() as session:
        assert [bool(people.find(session, BOT, number)) for number in (1, 2, 3)] == [True, False, False]
    again.close()
