"""A backup: the database as it is in one moment, the media, the playground, and the settings without secrets.

Never the keys: whoever finds a backup can read nothing of what people said. ``--with-keys`` copies the key file to
another place that the operator chooses.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workers.settings import SECRETS, Settings

FORMAT = 1
MANIFEST = "backup.json"
DATABASE = "heed.db"
DUMP = "heed.dump"


class BackupFailed(RuntimeError):
    """One clear line: why there is no backup, or why it cannot be used."""


def write(settings: Settings, to: Path, with_keys: Path | None = None) -> Path:
    """Makes the backup at `to` (a folder, or a tar file) and returns its path. Raises `BackupFailed`."""
    to = to.expanduser().resolve()
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise BackupFailed(f"{to} exists already; name a new place")
    if with_keys is not None:
        _copy_keys(settings, with_keys.expanduser().resolve(), to)
    to.parent.mkdir(parents=True, exist_ok=True)
    # Beside its end, so that an interrupted backup never looks like a whole one.
    with tempfile.TemporaryDirectory(prefix=".heed-backup-", dir=to.parent) as made:
        folder = Path(made)
        _fill(settings, folder)
        if to.suffix == ".tar":
            beside = to.with_suffix(".tar.new")
            beside.touch(0o600)
            with tarfile.open(beside, mode="w") as archive:
                for path in sorted(folder.iterdir()):
                    archive.add(path, path.name)
            os.replace(beside, to)
        else:
            if to.exists():
                to.rmdir()
            shutil.copytree(folder, to)
            to.chmod(0o700)
    return to


def digest(path: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def postgres_environment(url: str) -> dict[str, str]:
    """What pg_dump and pg_restore read from the environment, where other users of the machine cannot see it."""
    parts = urlsplit(url)
    found = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username) if parts.username else None,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
        "PGDATABASE": parts.path.lstrip("/") or None,
    }
    return {**os.environ, **{key: value for key, value in found.items() if value}}


def _fill(settings: Settings, folder: Path) -> None:
    if settings.database.startswith("sqlite"):
        _copy_sqlite(Path(settings.database.removeprefix("sqlite:///")), folder / DATABASE)
    else:
        _dump_postgres(settings.database, folder / DUMP)
    for store in sorted((settings.home / "playground").glob("*.sqlite")):
        (folder / "playground").mkdir(exist_ok=True)
        _copy_sqlite(store, folder / "playground" / store.name)
    media = settings.media_folder
    if media is not None and media.is_dir():
        shutil.copytree(media, folder / "media")
    (folder / "settings.json").write_text(json.dumps(_without_secrets(settings), indent=2), encoding="utf-8")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "bot_id": settings.bot_id,
        "sha256": {path.relative_to(folder).as_posix(): digest(path) for path in files},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _without_secrets(settings: Settings) -> dict[str, object]:
    kept: dict[str, object] = settings.model_dump(mode="json", exclude=set(SECRETS), exclude_none=True)
    for key in ("database_url", "broker_url"):
        if key in kept:
            parts = urlsplit(str(kept[key]))
            kept[key] = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]).geturl()
    return kept


def _copy_sqlite(source: Path, to: Path) -> None:
    """SQLite's own backup: one consistent moment, while others write."""
    if not source.exists():
        raise BackupFailed(f"there is no database at {source}")
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as reading, sqlite3.connect(to) as writing:
        reading.backup(writing)
    reading.close()
    writing.close()
    to.chmod(0o600)


def _dump_postgres(url: str, to: Path) -> None:
    if shutil.which("pg_dump") is None:
        raise BackupFailed("pg_dump is missing; install it: sudo apt-get install postgresql-client")
    done = subprocess.run(
        ["pg_dump", "--format=custom", f"--file={to}"],
        env=postgres_environment(url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed("pg_dump: " + (done.stderr.strip().splitlines() or ["failed"])[0])
    to.chmod(0o600)


def _copy_keys(settings: Settings, to: Path, backup: Path) -> None:
    if to == backup or backup in to.parents:
        raise BackupFailed("the keys do not belong into the backup; name another place for --with-keys")
    try:
        keys = settings.keys_path.read_bytes()
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(keys)
    except OSError as error:
        raise BackupFailed(f"the key file cannot be copied to {to}: {error.strerror}") from None
