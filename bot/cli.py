"""The command `heed`. Each group of subcommands is a file in `bot.commands`; what is heavy is imported when it runs.

Exit codes: 0 done, 1 it could not be done, 2 the command or a setting is wrong, 3 (`say` only) no answer in time.
Answers go to standard output, everything else to standard error.
"""

import sys

import typer

from bot.commands import cases, database, keeping, keys, music, person, rooms, running, say, weights

app = typer.Typer(
    help="Heed: a companion on Telegram.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would print what people said.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (running, say, person, keeping, rooms, music):
    group.register(app)
app.add_typer(cases.app, name="cases")
app.add_typer(database.app, name="db")
app.add_typer(weights.app, name="models")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Runs the command line; whatever goes wrong is one line on standard error and a code."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the end of the line: nothing is above, and a traceback may hold words
        from bot.commands.failure import code_of, line_of

        sys.stderr.write(f"heed: {line_of(error)}\n")
        sys.exit(code_of(error))


if __name__ == "__main__":
    main()
