"""Backup and restore on a real database: whole, without keys, and nobody forgotten comes back."""

import json
import os
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import backup, restore
from bot.backup import BackupFailed
from bot.cli import app
from bot.supervisor.lock import AlreadyRunning, HomeLock
from workers.journal import erasing, keys, migrate, people, rotation
from workers.journal.database import Journal
from workers.journal.keys import Keyring, KeysUnusable
from workers.journal.tables import Case, Inbox
from workers.settings import SECRETS, Settings

BOT = 1000000001


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with a migrated database, two people, and one file of media."""
    monkeypatch.setenv("HEED_HOME", str(tmp_path / "home"))
    settings = Settings.load()
    with_people = journal(settings)
    migrate.upgrade(with_people)
    with with_people.write() as session:
        people.meet(session, BOT, 1, "en")
        people.meet(session, BOT, 2, "ko")
        session.add(Inbox(bot_id=BOT, update_id=1, payload=with_people.keyring.encrypt(b"{}")))
        session.add(
            Case(kind="suicide", tier="clear", language="en", note=with_people.keyring.encrypt(b"called back"))
        )
    with_people.close()
    (settings.home / "media").mkdir()
    (settings.home / "media" / "track.ogg").write_bytes(b"sound")
    return settings


def journal(settings: Settings) -> Journal:
    return Journal(settings.database, Keyring.open_or_make(settings.keys_path))


def known(settings: Settings) -> set[int]:
    opened = journal(settings)
    with opened.read() as session:
        found = {number for number in (1, 2, 3) if people.find(session, BOT, number)}
    opened.close()
    return found


def forget(settings: Settings, number: int) -> None:
    opened = journal(settings)
    with opened.write() as session:
        person = people.find(session, BOT, number)
        assert person is not None
        erasing.forget(session, person, origin="test", goodbye=None)
    opened.close()


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_a_backup_brings_everything_back(settings: Settings, tmp_path: Path, name: str) -> None:
    made = backup.write(settings, tmp_path / name)
    forget(settings, 2)
    opened = journal(settings)
    with opened.write() as session:
        people.meet(session, BOT, 3, "tr")
    opened.close()
    (settings.home / "media" / "track.ogg").unlink()
    Path(settings.database.removeprefix("sqlite:///")).unlink()  # and with it who was forgotten

    assert restore.read(settings, made) == 0

    assert known(settings) == {1, 2}
    assert (settings.home / "media" / "track.ogg").read_bytes() == b"sound"


def test_media_in_a_folder_that_is_named_by_an_address_are_in_the_backup_too(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "my media"
    elsewhere.mkdir()
    (elsewhere / "track.ogg").write_bytes(b"sound elsewhere")
    monkeypatch.setenv("HEED_MEDIA_URL", elsewhere.as_uri())
    settings = Settings.load()
    made = backup.write(settings, tmp_path / "copy")
    (elsewhere / "track.ogg").unlink()
    assert restore.read(settings, made) == 0
    assert (elsewhere / "track.ogg").read_bytes() == b"sound elsewhere"


def test_whoever_was_forgotten_since_stays_forgotten(settings: Settings, tmp_path: Path) -> None:
    made = backup.write(settings, tmp_path / "copy")
    forget(settings, 2)

    assert restore.read(settings, made) == 1

    assert known(settings) == {1}
    forgotten_again = restore.read(settings, made)
    assert forgotten_again == 1, "the record of who was forgotten survives a restore"
    assert known(settings) == {1}


def test_a_backup_holds_no_key_and_no_secret(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "a-secret-of-sixteen"
    monkeypatch.setenv("HEED_WEBHOOK_URL", "https://bot.example.org/hook")
    monkeypatch.setenv("HEED_S3_KEY", "the-key-of-the-secret")
    for name in set(SECRETS) - {"telegram_token"}:
        monkeypatch.setenv(f"HEED_{name.upper()}", secret)
    made = backup.write(Settings.load(), tmp_path / "copy")
    everything = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert secret.encode() not in everything
    assert settings.keys_path.read_bytes().strip() not in everything
    assert "webhook_url" in json.loads((made / "settings.json").read_text())


def test_a_password_in_an_address_does_not_reach_the_backup(settings: Settings) -> None:
    told = backup._without_secrets(Settings.load(broker_url="redis://me:hunter2@redis.example.org/0"))
    assert told["broker_url"] == "redis://redis.example.org/0"


def test_only_the_owner_may_read_a_backup(settings: Settings, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        folder = backup.write(settings, tmp_path / "copy")
        tar = backup.write(settings, tmp_path / "copy.tar")
        keys_copy = tmp_path / "keys"
        backup.write(settings, tmp_path / "third", keys_copy)
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(tar.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_copy.stat().st_mode) == 0o600
    assert keys_copy.read_bytes() == settings.keys_path.read_bytes()


def test_the_keys_are_not_put_into_the_backup(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="do not belong"):
        backup.write(settings, tmp_path / "copy", tmp_path / "copy" / "keys")
    assert not (tmp_path / "copy").exists()


def test_nothing_is_written_over(settings: Settings, tmp_path: Path) -> None:
    backup.write(settings, tmp_path / "copy")
    with pytest.raises(BackupFailed, match="exists already"):
        backup.write(settings, tmp_path / "copy")


def test_a_restore_without_its_keys_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    made = backup.write(settings, tmp_path / "copy", tmp_path / "keys")
    settings.keys_path.unlink()
    (settings.home / "heed.db").unlink()
    opened = journal(settings)
    migrate.upgrade(opened)
    opened.close()

    with pytest.raises(KeysUnusable):
        restore.read(settings, made)
    assert known(settings) == set()

    assert restore.read(settings, made, tmp_path / "keys") == 0
    assert known(settings) == {1, 2}


def test_a_damaged_backup_is_refused(settings: Settings, tmp_path: Path) -> None:
    made = backup.write(settings, tmp_path / "copy")
    with (made / "heed.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"damaged")
    with pytest.raises(BackupFailed, match="damaged"):
        restore.read(settings, made)
    (made / "backup.json").unlink()
    with pytest.raises(BackupFailed, match="no backup of Heed"):
        restore.read(settings, made)
    assert known(settings) == {1, 2}


def test_a_tar_that_reaches_outside_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "evil", "../outside")
    with pytest.raises(BackupFailed, match="not a backup"):
        restore.read(settings, tmp_path / "evil.tar")
    assert not [path for path in tmp_path.rglob("outside")]


def test_a_tar_with_a_link_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "link", "keys")
    with pytest.raises(BackupFailed, match="not a backup"):
        restore.read(settings, tmp_path / "evil.tar")


def test_no_restore_while_heed_runs(settings: Settings, tmp_path: Path) -> None:
    made = backup.write(settings, tmp_path / "copy")
    with HomeLock(settings.home), pytest.raises(AlreadyRunning):
        restore.read(settings, made)


def test_a_backup_is_one_moment_while_others_write(settings: Settings, tmp_path: Path) -> None:
    opened = journal(settings)
    with opened.write() as session:
        people.meet(session, BOT, 3, "tr")
        session.flush()
        made = backup.write(settings, tmp_path / "copy")
    opened.close()
    with sqlite3.connect(made / "heed.db") as copy:
        assert copy.execute("SELECT count(*) FROM person").fetchone() == (2,)
    copy.close()


def test_after_a_rotation_only_the_new_key_opens_and_everything_is_there(settings: Settings) -> None:
    before = settings.keys_path.read_bytes()

    done = CliRunner().invoke(app, ["keys", "rotate"])

    assert done.exit_code == 0, done.output
    after = settings.keys_path.read_bytes()
    assert len(after.split()) == 1
    assert after != before
    opened = journal(settings)
    with opened.read() as session:
        for number in (1, 2):
            person = people.find(session, BOT, number)
            assert person is not None
            people.key_of(session, person)
        payload = session.get(Inbox, (BOT, 1))
        assert payload is not None
        assert payload.payload is not None
        assert opened.keyring.decrypt(payload.payload) == b"{}"
    assert rotation.rewrap(opened) == 4
    opened.close()


def test_a_rotation_keeps_the_older_key_where_it_is_asked_to(settings: Settings) -> None:
    before = settings.keys_path.read_bytes().split()
    assert CliRunner().invoke(app, ["keys", "rotate", "--keep-old"]).exit_code == 0
    assert settings.keys_path.read_bytes().split()[1:] == before
    keys.keep_newest(settings.keys_path)
