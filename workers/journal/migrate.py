"""Migrations: Alembic without its command line, on this project's own scripts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import migrations
from workers.journal.database import Journal

SCRIPTS = Path(migrations.__file__).parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def upgrade(journal: Journal, revision: str = "head") -> None:
    """Brings the database up to `revision`; does nothing where it is there already."""
    config = _config()
    with journal.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(journal: Journal, revision: str = "-1") -> None:
    """Takes migrations back, the newest first."""
    config = _config()
    with journal.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def current(journal: Journal) -> str | None:
    """The revision the database stands at; None for an empty one."""
    with journal.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def make(journal: Journal, message: str) -> None:
    """Writes a new migration from the difference between the tables and the database (for developers)."""
    config = _config()
    with journal.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(
            config, message, autogenerate=True, rev_id=f"{len(list(SCRIPTS.glob('versions/0*.py'))) + 1:04d}"
        )
