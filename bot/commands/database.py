"""`heed db`: the shape of the database."""

from typing import Annotated

import typer

from workers.settings import Settings

app = typer.Typer(help="The database's shape: upgrade, downgrade, current.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to the shape that this Heed needs; make it, and a key file, where there is none."""
    from workers.journal import migrate
    from workers.journal.database import Journal
    from workers.journal.keys import Keyring

    settings = Settings.load()
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    try:
        migrate.upgrade(journal)
    finally:
        journal.close()


@app.command()
def downgrade(revision: Annotated[str, typer.Argument(help="a revision, or -1 for one step back")] = "-1") -> None:
    """Take migrations back. What only the newer shape can hold is lost."""
    from bot.commands.journal import opened
    from workers.journal import migrate

    with opened(Settings.load()) as journal:
        migrate.downgrade(journal, revision)


@app.command()
def current() -> None:
    """Print the revision that the database has."""
    from bot.commands.journal import opened
    from workers.journal import migrate

    with opened(Settings.load()) as journal:
        typer.echo(migrate.current(journal) or "empty")
