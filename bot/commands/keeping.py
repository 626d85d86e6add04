"""`heed backup`, `heed restore`."""

from pathlib import Path
from typing import Annotated

import typer

from workers.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[Path, typer.Argument(help="a new folder, or a file ending in .tar")],
    with_keys: Annotated[
        Path | None, typer.Option("--with-keys", help="also copy the key file there, outside the backup")
    ] = None,
) -> None:
    """Copy database, media and settings (no secrets, no keys), also while Heed runs."""
    from bot.backup import write

    typer.echo(str(write(Settings.load(), to, with_keys)))


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="what `heed backup` wrote")],
    keys: Annotated[Path | None, typer.Option("--keys", help="the key file that belongs to it")] = None,
) -> None:
    """Put a backup in place of what is here. Heed must be stopped. Whoever was forgotten since stays forgotten."""
    from bot.restore import read

    forgotten = read(Settings.load(), source, keys)
    typer.echo(f"restored; {forgotten} of its people had been forgotten since and were forgotten again")
