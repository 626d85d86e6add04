"""`heed evaluate`, `heed bench`, `heed faults`: another program takes over, so that nothing heavy stays here."""

import os
import sys
from typing import Annotated

import typer

from bot.commands.failure import WRONG, CommandFailed
from workers.settings import PROJECT, Settings

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
ROOMS = ("danger", "reply")


def register(app: typer.Typer) -> None:
    app.command(context_settings=PASS_ON)(evaluate)
    app.command(context_settings=PASS_ON)(bench)
    app.command(context_settings=PASS_ON)(faults)


def evaluate(
    context: typer.Context, room: Annotated[str, typer.Argument(help="danger or reply; its own options follow")]
) -> None:
    """Measure a room of `models`, for example: heed evaluate danger --json."""
    if room not in ROOMS:
        raise typer.BadParameter("is one of " + ", ".join(ROOMS), param_hint="ROOM")
    weights = [] if "--weights" in context.args else ["--weights", str(Settings.load().weights_folder)]
    _become(f"models.{room}.evaluate", [*context.args, *weights])


def bench(context: typer.Context) -> None:
    """Measure this machine, as a table."""
    _become("infra.rigs.bench", context.args)


def faults(context: typer.Context) -> None:
    """Break everything on purpose and count what was lost."""
    _become("infra.rigs.faults", context.args)


def _become(module: str, arguments: list[str]) -> None:
    # `infra` lies in a checkout and is not installed, so that the project's folder is named to the other program.
    place = PROJECT.joinpath(*module.split("."))
    if not place.is_dir() and not place.with_suffix(".py").is_file():
        raise CommandFailed(f"{module} is not part of this installation; run it from a checkout", WRONG)
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], {**os.environ, "PYTHONPATH": path})
