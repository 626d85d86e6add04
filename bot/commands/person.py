"""`heed export`, `heed forget`: what an operator does for a person who asks."""

import getpass
import os
import uuid
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.failure import CommandFailed
from bot.commands.journal import opened, person_named
from workers.settings import Settings

Name = Annotated[str, typer.Argument(metavar="PERSON", help="a Telegram id, or the id that Heed gave")]


def register(app: typer.Typer) -> None:
    app.command()(export)
    app.command()(forget)


def export(person: Name, to: Annotated[Path | None, typer.Option("--to", help="the file to write")] = None) -> None:
    """Write everything Heed holds of a person to a zip file that only you can read."""
    from workers.journal import audit
    from workers.journal import export as exporting

    settings = Settings.load()
    file = to or Path(f"heed-{person}.zip")
    with opened(settings) as journal, journal.write() as session:
        found = person_named(session, settings, person)
        audit.note(session, getpass.getuser(), "person.export", found.id, "asked for at the command line")
        session.flush()
        packed = exporting.as_zip(session, found)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandFailed(f"{file} exists already; nothing was written") from None
        with os.fdopen(descriptor, "wb") as out:
            out.write(packed)
    typer.echo(str(file))


def forget(
    person: Name, yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False
) -> None:
    """Erase everything Heed holds of a person, here and, where Telegram allows it, there."""
    from workers.journal import audit, erasing

    settings = Settings.load()
    with opened(settings) as journal:
        with journal.write() as session:
            found = person_named(session, settings, person)
            if not yes and not typer.confirm("Erase everything of this person? It cannot be undone."):
                raise CommandFailed("nothing was erased")
            audit.note(session, getpass.getuser(), "person.forget", found.id, "asked for at the command line")
            erasing.forget(session, found, origin=f"forget:{uuid.uuid4().hex}", goodbye=None)
        clean = erasing.scrub(journal)
    typer.echo("forgotten")
    if not clean:
        typer.echo("heed: traces leave the write-ahead log when its present readers end", err=True)
