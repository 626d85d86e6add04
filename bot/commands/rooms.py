"""`heed evaluate`, `heed train`, `heed bench`, `heed faults`: another program takes over, and nothing heavy stays."""

import os
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.commands.failure import WRONG, CommandFailed
from workers.settings import PROJECT, Settings

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@dataclass(frozen=True)
class Room:
    """The program that evaluates or trains, its first words, and what it is told of the settings."""

    module: str
    first: tuple[str, ...] = ()
    licence: bool = False
    hears: bool = False
    speaks: bool = False
    looks: bool = False

    def told(self, settings: Settings) -> list[str]:
        """The settings as options of the program. A key is none of them: everybody on the machine can read a command
        line, so that it goes by the environment."""
        told = ["--weights", str(settings.weights_folder)]
        told += ["--licence", settings.weights_licence] if self.licence else []
        if self.looks:
            told += ["--model", settings.face_model or "", "--device", settings.face_device]
        if self.hears:
            told += ["--recogniser", settings.recogniser, "--device", settings.recogniser_device]
        if self.speaks and settings.synthesiser != "none":
            told += ["--synthesiser", settings.synthesiser]
            for name in ("url", "model", "voice"):
                value = getattr(settings, f"synthesiser_{name}")
                told += [f"--synthesiser-{name}", value] if value else []
        return told


EVALUATED = {
    "danger": Room("models.danger.evaluate"),
    "reply": Room("models.reply.evaluate"),
    "estimates": Room("models.reply.estimates", licence=True),
    "voice": Room("models.emotion.voice.evaluate", licence=True),
    "face": Room("models.emotion.face.evaluate", licence=True, looks=True),
    "text": Room("models.emotion.text.evaluate", licence=True),
    "fusion": Room("models.emotion.fusion.evaluate", licence=True),
    "music": Room("models.music.evaluate"),
    "recognition": Room("models.speech.evaluate", ("recognition",), hears=True),
    "speech": Room("models.speech.evaluate", ("speech",), hears=True, speaks=True),
}
TRAINED = {
    "voice": Room("models.emotion.voice.train"),
    "face": Room("models.emotion.face.train"),
    "text": Room("models.emotion.text.train"),
    "fusion": Room("models.emotion.fusion.train"),
    "music": Room("models.music.train"),
}


def register(app: typer.Typer) -> None:
    app.command(context_settings=PASS_ON)(evaluate)
    app.command(context_settings=PASS_ON)(train)
    app.command(context_settings=PASS_ON)(bench)
    app.command(context_settings=PASS_ON)(faults)


def evaluate(
    context: typer.Context,
    room: Annotated[str, typer.Argument(help=f"{', '.join(EVALUATED)}; its own options follow")],
) -> None:
    """Measure a room of `models`, for example: heed evaluate danger --json."""
    _enter(EVALUATED, room, context.args)


def train(
    context: typer.Context,
    room: Annotated[str, typer.Argument(help=f"{', '.join(TRAINED)}; its own options follow")],
) -> None:
    """Learn the heads of a room of `models` anew, for example: heed train voice --data FOLDER."""
    _enter(TRAINED, room, context.args)


def bench(context: typer.Context) -> None:
    """Measure this machine, as a table."""
    become("infra.rigs.bench", context.args)


def faults(context: typer.Context) -> None:
    """Break everything on purpose and count what was lost."""
    become("infra.rigs.faults", context.args)


def _enter(rooms: dict[str, Room], name: str, given: list[str]) -> None:
    """What the settings say stands first, so that what was given on the command line comes last and holds."""
    if name not in rooms:
        raise typer.BadParameter("is one of " + ", ".join(rooms), param_hint="ROOM")
    room, settings = rooms[name], Settings.load()
    key = settings.synthesiser_key if room.speaks else None
    secret = {"HEED_SYNTHESISER_KEY": key.get_secret_value()} if key else {}
    become(room.module, [*room.first, *room.told(settings), *given], secret)


def become(module: str, arguments: list[str], secret: dict[str, str] | None = None) -> None:
    # `infra` lies in a checkout and is not installed, so that the project's folder is named to the other program.
    place = PROJECT.joinpath(*module.split("."))
    if not place.is_dir() and not place.with_suffix(".py").is_file():
        raise CommandFailed(f"{module} is not part of this installation; run it from a checkout", WRONG)
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **(secret or {}), "PYTHONPATH": path}
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], environment)
