"""`heed keys`: the house key."""

from typing import Annotated

import typer

from bot.commands.failure import CommandFailed
from bot.commands.journal import opened
from workers.settings import Settings

app = typer.Typer(help="The key file that makes what people said readable.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """So that `rotate` stays a word of its own, though it is the only one."""


@app.command()
def rotate(
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Leave the older keys in the file, for backups.")
    ] = False,
) -> None:
    """Make a new house key, rewrap everything under it, and drop the older ones. Heed must be stopped everywhere."""
    from bot.playground.store import rewrap
    from bot.supervisor.lock import HomeLock
    from bot.supervisor.plan import playground_folder
    from workers.journal import keys as house_key
    from workers.journal import rotation

    settings = Settings.load()
    with HomeLock(settings.home):
        if not settings.keys_path.exists():
            raise CommandFailed("there is no key file yet; `heed up` makes the first")
        house_key.add_key(settings.keys_path)
        with opened(settings) as journal:
            count = rotation.rewrap(journal)
            count += rewrap(playground_folder(settings) / "playground.sqlite", journal.keyring)
        if not keep_old:
            house_key.keep_newest(settings.keys_path)
    typer.echo(f"{count} sealed entries are under the new key")
    if not keep_old:
        typer.echo("heed: a backup made before needs the older key file; make a new backup now", err=True)
