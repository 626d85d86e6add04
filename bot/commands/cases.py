"""`heed cases`: danger cases, until the reviewers' pages exist."""

import getpass
from typing import Annotated

import typer

from bot.commands.failure import CommandFailed
from bot.commands.journal import opened
from workers.settings import Settings

app = typer.Typer(help="Danger cases of the team: list, claim, read, close.", no_args_is_help=True)
By = Annotated[str, typer.Option("--by", help="who does this; the name of your account by default")]
Number = Annotated[int, typer.Argument(metavar="CASE", help="the number that `list` shows")]


@app.command("list")
def list_cases(all_: Annotated[bool, typer.Option("--all", help="Also the closed ones.")] = False) -> None:
    """Cases by age, the oldest first. Never the words."""
    from workers.journal import cases

    with opened(Settings.load()) as journal, journal.read() as session:
        rows = cases.listed(session, closed=all_)
        for row in rows:
            shared = "words shared" if row.words is not None else "no words"
            opened_at = row.opened_at.strftime("%Y-%m-%d %H:%M")
            typer.echo(
                f"{row.id:>6}  {row.state:<8} {row.tier:<8} {row.kind:<14} {row.language}  {opened_at} UTC  "
                f"{shared:<12}  {row.claimed_by or '-'}"
            )
    if not rows:
        typer.echo("no cases", err=True)


@app.command()
def claim(case: Number, by: By = "") -> None:
    """Take a case, so that nobody else does."""
    from workers.journal import cases

    with opened(Settings.load()) as journal, journal.write() as session:
        if not cases.claim(session, case, by or getpass.getuser()):
            raise CommandFailed(f"case {case} is not open: another has it, it is closed, or there is none")
    typer.echo(f"case {case} is yours")


@app.command()
def read(
    case: Number,
    reason: Annotated[
        str, typer.Option("--reason", prompt=True, help="kept in the audit log; the person can see it")
    ],
    by: By = "",
) -> None:
    """Print the words of a case, where the person shared them. The person can see who read them, and why."""
    from workers.journal import cases

    if not reason.strip():
        raise typer.BadParameter("must not be empty", param_hint="--reason")
    with opened(Settings.load()) as journal, journal.write() as session:
        words = cases.read_words(session, case, by or getpass.getuser(), reason.strip())
    if words is None:
        raise CommandFailed(f"case {case} holds no words: they were not shared, or there is no such case")
    typer.echo(words)


@app.command()
def close(
    case: Number,
    note: Annotated[str, typer.Option("--note", prompt=True, help="what was done; stored encrypted")],
    by: By = "",
) -> None:
    """Close a case that was dealt with."""
    from workers.journal import cases

    with opened(Settings.load()) as journal, journal.write() as session:
        if not cases.close(session, case, by or getpass.getuser(), note):
            raise CommandFailed(f"case {case} cannot be closed: it is closed, another claimed it, or there is none")
    typer.echo(f"case {case} is closed")
