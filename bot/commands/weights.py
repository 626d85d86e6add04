"""`heed models`: the files that are loaded, from where they come, and whether they are whole."""

from typing import Annotated

import typer

from workers.settings import Settings

app = typer.Typer(help="Model files: pull, list, verify.", no_args_is_help=True)
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="as `list` shows them")]


def state_of(settings: Settings, name: str, *, deep: bool) -> str:
    """`here`, or in words what is wrong with the file of this name."""
    return "here" if (settings.weights_folder / f"{name}.gguf").is_file() else "missing"


@app.command()
def pull(names: Names = None, quiet: Annotated[bool, typer.Option("--quiet", hidden=True)] = False) -> None:
    """Fetch what is missing (the model of the settings where no name is given), checked by sha256."""
