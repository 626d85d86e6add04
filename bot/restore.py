"""A backup put in place of what is here, and everybody who was forgotten since forgotten again.

The database is made whole beside the present one (opened with the keys, migrated, erasures applied) and takes its
place in one step, so that a restore which fails has changed nothing.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import func, select

from bot.backup import DATABASE, DUMP, FORMAT, MANIFEST, BackupFailed, digest, postgres_environment
from bot.supervisor.lock import HomeLock
from workers.journal import erasing, migrate, people
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import Keyring
from workers.journal.tables import Person
from workers.settings import Settings


def read(settings: Settings, source: Path, keys: Path | None = None) -> int:
    """Restores `source` and returns how many people were forgotten again.

    Raises `BackupFailed`, `KeysUnusable`, and `AlreadyRunning` while Heed is up.
    """
    source = source.expanduser().resolve()
    with HomeLock(settings.home), tempfile.TemporaryDirectory(prefix=".heed-restore-", dir=settings.home) as made:
        folder = _unpacked(source, Path(made))
        _check(settings, folder)
        keyring = Keyring.open(keys or settings.keys_path)
        erased = _erasures_here(settings)
        if settings.database.startswith("sqlite"):
            beside = folder / DATABASE
            again = _make_whole(Journal(f"sqlite:///{beside}", keyring), erased)
            target = Path(settings.database.removeprefix("sqlite:///"))
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace_sqlite(beside, target)
        else:
            _restore_postgres(settings.database, folder / DUMP)
            again = _make_whole(Journal(settings.database, keyring), erased)
        _put_files(settings, folder)
        if keys is not None:
            _put_keys(keys, settings.keys_path)
    return again


def _unpacked(source: Path, made: Path) -> Path:
    folder = made / "backup"
    if source.is_dir():
        shutil.copytree(source, folder)
        return folder
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _take_out(archive, member, folder.resolve())
    except (OSError, tarfile.TarError):
        raise BackupFailed(f"{source} is not a backup that can be read") from None
    return folder


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Writes a file of the archive below `folder`. Raises `TarError` for what is no backup's: a link, a device, a
    place outside. (The filters of tarfile, which do the same, are missing from Python 3.11.0 to 3.11.3.)"""
    target = (folder / member.name).resolve()
    if not target.is_relative_to(folder) or not (member.isfile() or member.isdir()):
        raise tarfile.ExtractError(member.name)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None  # it is a file
    with content, target.open("wb") as taken:
        shutil.copyfileobj(content, taken)


def _check(settings: Settings, folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupFailed("this is no backup of Heed: its backup.json is missing or broken") from None
    if manifest.get("format") != FORMAT:
        raise BackupFailed("this backup was made by another version of Heed")
    for name, expected in manifest["sha256"].items():
        path = folder / name
        if not path.is_file() or digest(path) != expected:
            raise BackupFailed(f"the backup is damaged: {name} is missing or not what was written")
    wanted = DATABASE if settings.database.startswith("sqlite") else DUMP
    if not (folder / wanted).is_file():
        raise BackupFailed(f"the backup holds no {wanted}: it was made with another kind of database")


def _erasures_here(settings: Settings) -> list[str]:
    """Who was forgotten in the home that is about to be replaced; nobody where there is no database yet."""
    file = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database.startswith("sqlite") and not file.exists():
        return []
    # Tombstones are not sealed, so that any key opens this journal, also when the present key file is lost.
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    try:
        if migrate.current(journal) is None:
            return []
        with journal.read() as session:
            return erasing.erasures(session)
    except JournalUnavailable as error:
        raise BackupFailed(
            f"who was forgotten cannot be read from the present database ({error}); move it away to restore anyway"
        ) from None
    finally:
        journal.close()


def _make_whole(journal: Journal, erased: list[str]) -> int:
    """Migrates, proves that the keys open it, and forgets again. Raises `KeysUnusable`."""
    try:
        migrate.upgrade(journal)
        with journal.write() as session:
            for person in session.scalars(select(Person).order_by(func.random()).limit(3)):
                people.key_of(session, person)
            again = erasing.apply_erasures(session, erased)
        erasing.scrub(journal)
    finally:
        journal.close()
    return again


def _replace_sqlite(beside: Path, target: Path) -> None:
    beside.chmod(0o600)
    staged = target.with_suffix(".restoring")
    shutil.copyfile(beside, staged)
    staged.chmod(0o600)
    # The older database's log would be read into the new one.
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    os.replace(staged, target)


def _restore_postgres(url: str, dump: Path) -> None:
    if shutil.which("pg_restore") is None:
        raise BackupFailed("pg_restore is missing; install it: sudo apt-get install postgresql-client")
    environment = postgres_environment(url)
    done = subprocess.run(
        [
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={environment['PGDATABASE']}",
            str(dump),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed("pg_restore: " + (done.stderr.strip().splitlines() or ["failed"])[0])


def _put_files(settings: Settings, folder: Path) -> None:
    for store in sorted((folder / "playground").glob("*.sqlite")):
        (settings.home / "playground").mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace_sqlite(store, settings.home / "playground" / store.name)
    media = settings.media_folder
    if (folder / "media").is_dir() and media is not None:
        if media.exists():
            shutil.rmtree(media)
        shutil.copytree(folder / "media", media)


def _put_keys(keys: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if to.exists() and to.samefile(keys):
        return
    staged = to.with_suffix(".new")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(keys.read_bytes())
    os.replace(staged, to)
