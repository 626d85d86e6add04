"""`heed up`, `heed bot`, `heed worker`, `heed doctor`: what runs, and whether it can."""

import os
import sys
from typing import Annotated

import typer

from bot.commands.failure import FAILED, CommandFailed
from workers.settings import Settings

KINDS = ("text", "media")


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(bot)
    app.command()(worker)
    app.command()(doctor)


def up(
    browser: Annotated[bool, typer.Option(help="Open the page where this machine has a screen.")] = True,
) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from bot.supervisor.house import House

    sys.exit(House(Settings.load(), browser=browser).run())


def bot() -> None:
    """Run the bot process alone: intake, handlers, sender. Its log goes to standard error."""
    Settings.load()
    _become("bot", "bot.telegram")


def worker(
    kind: Annotated[str, typer.Argument(help="text (composes) or media (perceives, renders, draws)")] = "text",
) -> None:
    """Run one worker process alone. Its log goes to standard error."""
    if kind not in KINDS:
        raise typer.BadParameter("is text or media", param_hint="KIND")
    Settings.load()
    _become(kind, "workers.run", kind)


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also read every model file and compare its sha256.")] = False,
) -> None:
    """Say what is wrong here, and how to put it right, one line each."""
    from bot.doctor import examine

    findings = examine(deep=deep)
    for finding in findings:
        typer.echo(str(finding))
    wrong = sum(1 for finding in findings if finding.wrong)
    if wrong:
        raise CommandFailed(f"{wrong} of {len(findings)} checks found something wrong", FAILED)


def _become(name: str, *module: str) -> None:
    """This process becomes the other program, so that signals reach it and nothing of the command stays."""
    os.execv(sys.executable, [sys.executable, "-m", "workers.process", name, "-", *module])
