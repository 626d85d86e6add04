"""What `heed music …` shows: a bar on a terminal, plain lines elsewhere, and tables that no pipe cuts off."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Step = Callable[[str], None]
"""One more is done; the text says what is next."""


@contextmanager
def bar(what: str, total: int) -> Iterator[Step]:
    """A progress bar on standard error where that is a terminal; elsewhere nothing is drawn."""
    console = Console(stderr=True)
    if not console.is_terminal or not total:
        yield lambda name: None
        return
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Lines on standard output pass above the bar, unless they go to a file.
    with Progress(
        *shown, TextColumn("{task.fields[name]}"), console=console, redirect_stdout=sys.stdout.isatty()
    ) as p:
        task = p.add_task(what, total=total, name="")
        yield lambda name: p.update(task, advance=1, name=name[:40])


def table(rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns as wide as their widest cell, but for the last."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)] if rows else []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        typer.echo("  ".join([*cells, row[-1]]).rstrip())


def length(seconds: float) -> str:
    """ "3:07"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
