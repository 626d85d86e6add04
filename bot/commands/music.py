"""`heed music …`: the programs of the catalogue take over, for they load what the command does not."""

import typer

from bot.commands.rooms import PASS_ON, become


def register(app: typer.Typer) -> None:
    app.command(context_settings=PASS_ON)(music)


def music(context: typer.Context) -> None:
    """Add, compose, list, retag, remove or verify music, for example: heed music add FOLDER."""
    become("workers.catalogue", context.args)
