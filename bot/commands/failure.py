"""How an error ends a command: one line for a person, and the exit code."""

import traceback

from workers.process import HOUSE, describe
from workers.settings import BadSettings

FAILED = 1
WRONG = 2
TOO_LATE = 3


class CommandFailed(RuntimeError):
    """One clear line, and the code that the command ends with."""

    def __init__(self, line: str, code: int = FAILED) -> None:
        super().__init__(line)
        self.code = code


def code_of(error: Exception) -> int:
    """2 where a setting or a key file is wrong, otherwise 1 (or what `CommandFailed` says)."""
    from workers.journal.keys import KeysUnusable

    if isinstance(error, CommandFailed):
        return error.code
    return WRONG if isinstance(error, BadSettings | KeysUnusable) else FAILED


def line_of(error: Exception) -> str:
    """The text of an error that Heed wrote; of any other its class and its place, for its text may hold words."""
    if type(error).__module__.split(".")[0] in HOUSE:
        return str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"unexpected: {describe(error)}{place}"
