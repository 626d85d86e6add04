"""One process under supervision: started, found dead, started again, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.supervisor.backoff import BackOff
from workers.process import READY_KEY, die_with_parent

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Program:
    """What to run, and how to know that it does its work."""

    name: str
    command: list[str]
    folder: Path
    """Where its readiness and first output are written: HEED_HOME/run."""
    answers: Callable[[], bool] | None = None
    """Asked for readiness; where there is none, the process says it by itself (`workers.process.say_ready`)."""
    stop_seconds: float = 10.0
    ends: bool = False
    """Whether it comes to an end by itself: with code 0 it is done, and not started again."""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready_file(self) -> Path:
        return self.folder / f"{self.name}.ready"

    @property
    def output(self) -> Path:
        """What it prints before its log is open, that is, before it has seen anything that people said."""
        return self.folder / f"{self.name}.out"


class Child:
    """A `Program` and its present process."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deaths = 0
        self.last_code: int | None = None
        self.back_off = BackOff()
        self.next_start = 0.0
        self.done = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.program.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.program.ready_file.unlink(missing_ok=True)
        environment = {**os.environ, **self.program.environment, READY_KEY: str(self.program.ready_file)}
        with self.program.output.open("wb") as output:
            self._process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=PROJECT,
                env=environment,
                start_new_session=True,
                # The supervisor has one thread, so that running Python between fork and exec is safe here, and the
                # kernel's "parent ended" means the supervisor.
                preexec_fn=die_with_parent,
            )

    def ready(self) -> bool:
        """Whether it runs and does its work."""
        if self._process is None or self._process.poll() is not None:
            return False
        return self.program.answers() if self.program.answers else self.program.ready_file.exists()

    def died(self) -> bool:
        """True once per death: notes it, and sets `next_start` (monotonic seconds), or `done`."""
        if self._process is None or self._process.poll() is None:
            return False
        self.last_code = self._process.returncode
        self._process = None
        if self.program.ends and self.last_code == 0:
            self.done = True
            return True
        self.deaths += 1
        now = time.monotonic()
        self.next_start = now + self.back_off.died(now)
        return True

    def due(self) -> bool:
        """Whether it is down and its time to start again has come."""
        return self._process is None and not self.done and time.monotonic() >= self.next_start

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._signal(signal.SIGTERM)

    def gone(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Ends it and whatever it started."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None
        self.program.ready_file.unlink(missing_ok=True)

    def last_line(self) -> str:
        """The last line that it printed before its log was open; empty where there was none."""
        try:
            lines = self.program.output.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _signal(self, sign: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        if sign is signal.SIGKILL:
            os.killpg(self._process.pid, sign)
        else:
            self._process.send_signal(sign)
