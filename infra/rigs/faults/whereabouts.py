"""Where the turns are in a process that may be killed at any moment, as its own log tells it.

A stage that was begun and not left when the process died is what the kill fell into: that is known, not supposed.
"""

import os
import re
from pathlib import Path
from typing import BinaryIO

LINE = re.compile(rb"stage begun: turn=(?P<turn>\d+) stage=(?P<stage>\w+)|stages left: turn=(?P<left>\d+)")


class Whereabouts:
    """Follows one log file through its rotations. Begins at its end as it is now."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._file: BinaryIO | None = None
        self._rest = b""
        self._stages: dict[int, str] = {}

    def look(self) -> dict[int, str]:
        """The stage that each turn is in now, by turn."""
        while True:
            if self._file is None:
                if not self._log.exists():
                    break
                self._file = self._log.open("rb")
            self._read(self._file)
            if not self._rotated(self._file):
                break
            self._read(self._file)  # what was written between the last look and the rotation
            self._file.close()
            self._file = None
        return dict(self._stages)

    def ended(self) -> dict[int, str]:
        """The process is dead: where each turn was when it died. They are nowhere from now on."""
        last = self.look()
        self._stages, self._rest = {}, b""
        return last

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, file: BinaryIO) -> None:
        *lines, self._rest = (self._rest + file.read()).split(b"\n")
        for line in lines:
            for told in LINE.finditer(line):
                if told["left"] is not None:
                    self._stages.pop(int(told["left"]), None)
                else:
                    self._stages[int(told["turn"])] = told["stage"].decode("ascii")

    def _rotated(self, file: BinaryIO) -> bool:
        """Whether the log is another file now."""
        try:
            return not os.path.samestat(self._log.stat(), os.fstat(file.fileno()))
        except FileNotFoundError:  # between the renaming of the old file and the first line of the new one
            return False
