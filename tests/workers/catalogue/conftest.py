"""A catalogue of the test's own: a folder as the store, a migrated database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.music.predict import MoodReader
from workers.catalogue.adding import Adding, Outcome
from workers.catalogue.keeping import Archive
from workers.catalogue.licences import Terms
from workers.journal.database import Journal
from workers.media.opening import store_from
from workers.settings import Settings

Add = Callable[..., list[Outcome]]


@pytest.fixture
def archive(sqlite_journal: Journal, tmp_path: Path) -> Archive:
    return Archive(sqlite_journal, store_from(Settings.load(home=tmp_path / "home")), patience_s=5)


@pytest.fixture(scope="session")
def reader() -> MoodReader:
    return MoodReader()


@pytest.fixture
def add(archive: Archive, reader: MoodReader) -> Add:
    """Adds files in one run, under CC0 where nothing else is given."""

    def run(*files: Path, given: Terms | None = None) -> list[Outcome]:
        adding = Adding(archive, given or Terms(licence="CC0-1.0"), reader)
        return [adding.one(file) for file in files]

    return run
