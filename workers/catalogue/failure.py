"""How an error ends a command: one line for a person, and the exit code."""

import traceback

from workers.journal.keys import KeysUnusable
from workers.process import HOUSE, describe
from workers.settings import BadSettings

FAILED, WRONG, INTERRUPTED = 1, 2, 130


class CatalogueFailed(RuntimeError):
    """One clear line; the command ends with code 1."""


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def code_of(error: Exception) -> int:
    """2 where a setting, a key file or what was typed is wrong, otherwise 1."""
    return WRONG if isinstance(error, BadSettings | KeysUnusable | WrongInput) else FAILED


class WrongInput(ValueError):
    """What was named on the command line cannot be used: one clear line."""


def line_of(error: Exception) -> str:
    """The text of an error that Heed wrote; of any other its class and its place."""
    if type(error).__module__.split(".")[0] in HOUSE:
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"unexpected: {describe(error)}{place}"
