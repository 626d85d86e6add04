"""One Heed under test: a home of its own, free ports, and a playground that stands for Telegram and is never killed.

The playground is started by the rig and not by `heed up`, so that it outlives every kill, as Telegram would.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.process import die_with_parent
from workers.settings import PROJECT, Settings

TOKEN = "2000000002:a-token-of-the-rigs-that-must-not-leak"
BOT_ID = 2000000002
LOOK_S = 0.02
UP_S = 300.0  # the default model, read from a slow disk on a busy machine
DOWN_S = 60.0


class RigFailed(RuntimeError):
    """The rig itself could not do its part: nothing is known about Heed."""


class Running:
    """Use as ``with Running(home) as heed``. `environment` adds to Heed's settings (HEED_…)."""

    def __init__(self, home: Path, *, engine: str = "inprocess", **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**_without_heed(), **_heed(home, self.url, engine), **environment}
        self._telegram: subprocess.Popen[bytes] | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._journal: Journal | None = None

    def __enter__(self) -> Self:
        (self.home / "temporary").mkdir(parents=True, exist_ok=True, mode=0o700)
        self.start_telegram()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._journal is not None:
            self._journal.close()
        if self._telegram is not None:
            self._telegram.terminate()
            self._telegram.wait(DOWN_S)

    @property
    def page_token(self) -> str:
        """What opens the person's side of the playground."""
        return (self.home / "telegram.token").read_text(encoding="ascii").strip()

    @property
    def settings(self) -> Settings:
        """The settings that this Heed runs with, for what they say of folders and sockets."""
        return Settings.load(home=self.home)

    @property
    def weights(self) -> str:
        """The folder of model files that this Heed reads."""
        return self._environment["HEED_WEIGHTS"]

    @property
    def journal(self) -> Journal:
        """Its database, for looking at what ended how."""
        if self._journal is None:
            self._journal = Journal(f"sqlite:///{self.home / 'heed.db'}", Keyring.open(self.home / "keys/heed.key"))
        return self._journal

    @property
    def telegram_pid(self) -> int:
        if self._telegram is None:
            raise RigFailed("the playground has not been started")
        return self._telegram.pid

    def start_telegram(self) -> None:
        """Starts the playground with its fault switches. Raises `RigFailed`."""
        home = self.home / "telegram"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        arguments = ["--port", str(self.port), "--home", str(home), "--faults"]
        arguments += ["--token-file", str(self.home / "telegram.token")]
        self._telegram = self._popen("telegram", "-m", "bot.playground", *arguments)
        self._wait(lambda: not _port_free(self.port), "the playground", 30)

    def start(self) -> float:
        """`heed up`; returns the seconds until everything was ready. Raises `RigFailed`."""
        began = time.monotonic()
        self._supervisor = self._popen("up", "-m", "bot.cli", "up", "--no-browser")
        self._wait(lambda: (self.home / "run" / "supervisor.ready").exists(), "heed up", UP_S)
        return time.monotonic() - began

    def pids(self) -> dict[str, int | None]:
        """Processes by name as the supervisor last wrote them down; None for one that is down."""
        try:
            found: dict[str, int | None] = json.loads((self.home / "run" / "processes.json").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def pid(self, name: str) -> int | None:
        """The living process `name`, or None."""
        number = self.pids().get(name)
        return number if number is not None and psutil.pid_exists(number) else None

    def kill(self, name: str, sign: signal.Signals = signal.SIGKILL) -> bool:
        """Sends `sign` to one process. False where it does not run just now."""
        number = self.pid(name)
        if number is None:
            return False
        try:
            os.kill(number, sign)
        except ProcessLookupError:
            return False
        return True

    @staticmethod
    def runs(number: int) -> bool:
        """Whether the process `number` still does something: a zombie does not."""
        return _runs(number)

    def kill_supervisor(self) -> None:
        """kill -9 of the supervisor; returns when the kernel has ended its children."""
        if self._supervisor is None:
            return
        children = [number for number in self.pids().values() if number is not None]
        self._supervisor.kill()
        self._supervisor.wait()
        self._supervisor = None
        (self.home / "run" / "supervisor.ready").unlink(missing_ok=True)
        self._wait(lambda: not any(_runs(number) for number in children), "the children of a killed supervisor", 20)

    def stop(self) -> None:
        """Stops `heed up` as Ctrl-C does."""
        if self._supervisor is None:
            return
        self._supervisor.terminate()
        try:
            self._supervisor.wait(DOWN_S)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        self._supervisor = None

    def _popen(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / f"rig-{name}.out").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _wait(self, done: Callable[[], bool], what: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not done():
            if self._supervisor is not None and self._supervisor.poll() is not None:
                lines = (self.home / "rig-up.out").read_text("utf-8", "replace").strip().splitlines()
                raise RigFailed(f"heed up ended: {lines[-1] if lines else 'without a word'}")
            if time.monotonic() > until:
                raise RigFailed(f"{what}: not within {seconds:.0f} s")
            time.sleep(LOOK_S)


def free_port() -> int:
    """A port of the loopback address that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _without_heed() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("HEED_") or key == "HEED_WEIGHTS"}


def _heed(home: Path, url: str, engine: str) -> dict[str, str]:
    """Every setting that a .env of the project could turn towards a real bot or a real database is overridden."""
    return {
        "HEED_HOME": str(home),
        "HEED_WEIGHTS": os.environ.get("HEED_WEIGHTS", str(Settings.load().weights_folder)),
        "HEED_TELEGRAM_TOKEN": TOKEN,
        "HEED_TELEGRAM_API_URL": url,
        "HEED_OPERATOR_NAME": "rig",
        "HEED_OPERATOR_CONTACT": "rig@localhost",
        "HEED_PRIVACY_NOTICE_URL": "http://localhost/privacy",
        "HEED_WEBHOOK_URL": "",
        "HEED_DATABASE_URL": "",
        "HEED_BROKER_URL": "",
        "HEED_MEDIA_URL": "",
        "HEED_ADMIN_CHAT_IDS": "",
        "HEED_API_TOKEN": "",
        "HEED_MUSIC_STARTER": "0",
        "HEED_REPLY_ENGINE": engine,
        # Where the engine costs nothing, hearing costs nothing either.
        "HEED_RECOGNISER": "scripted" if engine == "inprocess" else "whisper",
        "HEED_SYNTHESISER": "tone" if engine == "inprocess" else "hibari",
        # Whatever a process leaves behind in a temporary folder lies in its home, where it is found.
        "TMPDIR": str(home / "temporary"),
    }


def _port_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _runs(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
