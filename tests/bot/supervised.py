"""A real supervisor with a real Redis and tiny children in place of the bot and the workers.

``python -m tests.bot.supervised``: settings come from the environment. In the folder HEED_HOME a file ``NAME.code``
makes the child NAME exit with the code in it.
"""

import sys
import textwrap
from unittest import mock

from bot.commands.failure import code_of, line_of
from bot.supervisor import plan
from bot.supervisor.child import Program
from bot.supervisor.house import House
from workers.settings import Settings

CHILD = textwrap.dedent(
    """
    import os, pathlib, signal, sys, time
    home, name = pathlib.Path(sys.argv[1]), sys.argv[2]
    code = home / f"{name}.code"
    if code.exists():
        print(f"{name} cannot")
        sys.exit(int(code.read_text()))
    def stop(sign, frame):
        with open(home / "stops", "a") as stops:
            stops.write(name + "\\\\n")
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    pathlib.Path(os.environ["HEED_READY_FILE"]).touch()
    while True:
        time.sleep(0.05)
    """
)


def child(settings: Settings, name: str) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-c", CHILD.replace("\\\\n", "\\n"), str(settings.home), name],
        folder=plan.run_folder(settings),
        stop_seconds=5,
    )


STARTER = textwrap.dedent(
    """
    import pathlib, sys, time
    home = pathlib.Path(sys.argv[1])
    with open(home / "starts", "a") as starts:
        starts.write("starter ")
    while not (home / "starter.code").exists():
        time.sleep(0.05)
    sys.exit(int((home / "starter.code").read_text()))
    """
)


def starter(settings: Settings) -> Program:
    """What ends by itself, with the code in the file ``starter.code`` once that is there."""
    command = [sys.executable, "-c", STARTER, str(settings.home)]
    return Program(name=plan.STARTER, command=command, folder=plan.run_folder(settings), ends=True)


def main() -> int:
    settings = Settings.load()
    plan.page_token_file(settings).parent.mkdir(parents=True, exist_ok=True)
    plan.page_token_file(settings).write_text("page-token")
    with (
        mock.patch.object(plan, "playground", lambda settings: child(settings, "playground")),
        mock.patch.object(plan, "worker", child),
        mock.patch.object(plan, "starter", starter),
        mock.patch.object(plan, "bot", lambda settings: child(settings, "bot")),
    ):
        try:
            return House(settings, browser=False).run()
        except RuntimeError as error:
            sys.stderr.write(f"heed: {line_of(error)}\n")
            return code_of(error)


if __name__ == "__main__":
    sys.exit(main())
