"""`heed models`: the files that are loaded, from where they come, and whether they are whole."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.failure import CommandFailed
from workers.settings import Settings

if TYPE_CHECKING:
    from models.weights import Progress

app = typer.Typer(help="Model files: pull, list, verify.", no_args_is_help=True)
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="as `list` shows them")]
SHOW_SECONDS = 5.0


def state_of(settings: Settings, name: str, *, deep: bool = False) -> str:
    """`here`, `missing` or, where `deep` reads the whole file, `damaged`. Raises `UnknownWeight`."""
    from models.weights import MissingWeight, find, verify

    try:
        find(name, settings.weights_folder)
    except MissingWeight:
        return "missing"
    return "here" if not deep or verify(settings.weights_folder, [name])[name] else "damaged"


@app.command()
def pull(
    names: Names = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Trust a file of the right size; without it every byte is compared.")
    ] = False,
) -> None:
    """Fetch what is missing or damaged (the defaults, where no name is given), checked by sha256."""
    from models.weights import defaults
    from models.weights import pull as fetch

    settings = Settings.load()
    wanted = list(names or defaults())
    if missing:
        wanted = [name for name in wanted if state_of(settings, name) != "here"]
        if not wanted:
            return
    began = time.monotonic()
    with _shown() as progress:
        done = fetch(wanted, settings.weights_folder, progress)
    if done.fetched:
        seconds = time.monotonic() - began
        typer.echo(
            f"{', '.join(done.fetched)}: {done.downloaded / 1e6:.0f} MB downloaded in {seconds:.0f} s, sha256 right"
        )
    if done.present and not missing:
        typer.echo(f"{', '.join(done.present)}: here already, sha256 right")


@app.command("list")
def list_files() -> None:
    """Files of the manifest and heads that were learned here: size, licence, purpose, and whether each is used."""
    from models.weights import learned, manifest

    settings = Settings.load()
    for name, entry in manifest().items():
        state = state_of(settings, name)
        typer.echo(f"{state:<8} {name:<36} {entry.size / 1e6:>7.1f} MB  {entry.licence:<11} {entry.purpose}")
    typer.echo(f"\nlearned here, with HEED_WEIGHTS_LICENCE={settings.weights_licence}:")
    for head in learned():
        state = "used" if head.serves(settings.weights_licence) else "unused"
        terms = "" if head.commercial else "NOT FOR COMMERCIAL USE: "
        typer.echo(f"{state:<8} {head.name:<36} {head.size / 1e6:>7.1f} MB  {head.purpose}: {terms}{head.licence}")


@app.command()
def verify(names: Names = None) -> None:
    """Read the files that are here and compare their sha256."""
    from models.weights import manifest
    from models.weights import verify as compare

    settings = Settings.load()
    wanted = names or [name for name in manifest() if state_of(settings, name) == "here"]
    right = compare(settings.weights_folder, wanted)
    for name, good in right.items():
        typer.echo(f"{'right' if good else 'wrong':<8} {name}")
    wrong = [name for name, good in right.items() if not good]
    if wrong:
        raise CommandFailed(f"missing or damaged; fetch again: heed models pull {' '.join(wrong)}")


@contextmanager
def _shown() -> "Iterator[Progress]":
    """A bar on a terminal; elsewhere a line every five seconds."""
    if not sys.stdout.isatty():
        yield _Lines().show
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns) as bars:
        tasks = {}

        def show(name: str, had: int, whole: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=whole)
            bars.update(tasks[name], completed=had)

        yield show


class _Lines:
    """Progress where nobody redraws a line."""

    def __init__(self) -> None:
        self._next = 0.0

    def show(self, name: str, had: int, whole: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SHOW_SECONDS
            typer.echo(f"{name}: {had / 1e6:.0f} of {whole / 1e6:.0f} MB")
