"""The supervisor of one machine: everything in order up, kept up, and in order down."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from types import FrameType

from bot.supervisor import plan
from bot.supervisor.child import PROJECT, Child, Program
from bot.supervisor.lock import HomeLock
from bot.supervisor.terminal import Terminal
from workers.journal.keys import Keyring
from workers.settings import BadSettings, Settings

LOOK_SECONDS = 0.1
START_SECONDS = 60.0
# A large model read from a slow disk.
MODEL_SECONDS = 300.0
START_DEATHS = 3
USAGE = 2


class StartFailed(RuntimeError):
    """One clear line: which step could not be done, and why."""


class Stopped(Exception):
    """Somebody asked to stop while the start was under way."""


class House:
    """Use as ``House(settings).run()``; returns the exit code of `heed up`."""

    def __init__(self, settings: Settings, *, browser: bool = True) -> None:
        self._settings = settings
        self._browser = browser
        self._terminal = Terminal()
        self._children: list[Child] = []
        self._signals = 0
        self._told_loops: set[str] = set()

    def run(self) -> int:
        """0 after a stop that was asked for. Raises `StartFailed`, `AlreadyRunning`, `KeysUnusable`, `NoRedis`."""
        check(self._settings)
        with HomeLock(self._settings.home):
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, self._on_signal)
            try:
                self._start()
                self._watch()
            except Stopped:
                self._terminal.say("stopping")
            finally:
                self._stop()
        self._terminal.say("stopped")
        return 0

    @property
    def _ready_file(self) -> Path:
        """Stands while everything is up: for rigs that wait for it."""
        return plan.run_folder(self._settings) / "supervisor.ready"

    def _start(self) -> None:
        settings = self._settings
        self._terminal.say(f"Heed starts in {settings.home}")
        self._ready_file.unlink(missing_ok=True)
        check_ports(settings)
        if settings.wanted_weights:
            self._command("weights", "models", "pull", "--missing", *settings.wanted_weights)
        Keyring.open_or_make(settings.keys_path)
        self._command("database", "db", "upgrade")
        if settings.broker_url is None:
            self._bring_up(plan.redis(settings))
        if settings.plays:
            self._bring_up(plan.playground(settings))
        # These three do not wait for one another: the broker is a doorbell, the database is the truth.
        rest = [plan.worker(settings, "text"), plan.worker(settings, "media"), plan.bot(settings)]
        children = [self._launch(program) for program in rest]
        for child, seconds in zip(children, (MODEL_SECONDS, START_SECONDS, START_SECONDS), strict=True):
            self._await(child, seconds)
        self._ready_file.touch()
        self._welcome()
        if settings.music_starter:
            self._launch(plan.starter(settings))
        if settings.plays and self._browser and plan.opens_here():
            webbrowser.open(self._address())

    def _welcome(self) -> None:
        if self._settings.plays:
            self._terminal.say(f"\nHeed is here: {self._address()}\nCtrl-C stops it.\n")
        else:
            self._terminal.say("Heed answers on Telegram. Ctrl-C stops it.")

    def _address(self) -> str:
        """Of the playground's page; its token is another at every start of the playground."""
        token = plan.page_token_file(self._settings).read_text(encoding="ascii").strip()
        return f"http://127.0.0.1:{self._settings.playground_port}/?t={token}"

    def _watch(self) -> None:
        page = next((child for child in self._children if child.name == plan.PLAYGROUND), None)
        deaths = page.deaths if page else 0
        while True:
            self._look()
            if page and page.deaths > deaths and page.ready():
                deaths = page.deaths
                self._terminal.say(f"Heed is here again: {self._address()}")

    def _bring_up(self, program: Program) -> None:
        self._await(self._launch(program), START_SECONDS)

    def _launch(self, program: Program) -> Child:
        plan.log_folder(self._settings).mkdir(parents=True, exist_ok=True, mode=0o700)
        child = Child(program)
        self._children.append(child)
        child.start()
        self._note()
        return child

    def _await(self, child: Child, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._terminal.step(child.name):
            while not child.ready():
                if child.deaths and (child.last_code == USAGE or child.deaths >= START_DEATHS):
                    why = child.last_line() or f"see {plan.log_folder(self._settings) / child.name}.log"
                    raise StartFailed(f"{child.name} does not start (code {child.last_code}): {why}")
                if time.monotonic() > deadline:
                    raise StartFailed(f"{child.name} was not ready after {seconds:.0f} s")
                self._look()

    def _command(self, step: str, *arguments: str) -> None:
        """Runs ``heed …`` to its end as a process of its own, so that what it imports ends with it."""
        command = [sys.executable, "-m", "bot.cli", *arguments]
        with (
            self._terminal.step(step, shows=True),
            subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as process,
        ):
            while process.poll() is None:
                try:
                    process.wait(LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    if self._signals:
                        process.terminate()
                        raise Stopped from None
            said = process.stderr.read().strip() if process.stderr else ""
            if process.returncode:
                last = said.rsplit("\n", 1)[-1].removeprefix("heed: ")
                raise StartFailed(last or f"{step}: code {process.returncode}")

    def _look(self) -> None:
        """One look at every process; a dead one is started again in its time. Raises `Stopped`."""
        if self._signals:
            raise Stopped
        for child in self._children:
            if child.died():
                if not child.done:
                    self._tell_death(child)
                self._note()
            if child.due():
                child.start()
                self._note()
        time.sleep(LOOK_SECONDS)

    def _tell_death(self, child: Child) -> None:
        now = time.monotonic()
        if not child.back_off.loops(now):
            self._told_loops.discard(child.name)
            self._terminal.warn(f"{child.name} ended (code {child.last_code}) and is started again")
        elif child.name not in self._told_loops:
            self._told_loops.add(child.name)
            log = plan.log_folder(self._settings) / f"{child.name}.log"
            self._terminal.warn(f"{child.name} keeps ending (code {child.last_code}); tried every 30 s, see {log}")

    def _stop(self) -> None:
        """The bot first, so that nothing new comes in; then the workers drain; Redis last."""
        groups = (("bot", plan.STARTER), ("text", "media"), (plan.PLAYGROUND,), ("redis",))
        by_name = {child.name: child for child in self._children}
        for group in groups:
            stopping = [by_name[name] for name in group if name in by_name]
            for child in stopping:
                child.ask_to_stop()
            self._wait_gone(stopping)
        self._children.clear()
        self._ready_file.unlink(missing_ok=True)
        self._note()

    def _wait_gone(self, children: list[Child]) -> None:
        if not children:
            return
        asked = self._signals
        deadline = time.monotonic() + max(child.program.stop_seconds for child in children)
        while not all(child.gone() for child in children):
            if time.monotonic() > deadline or self._signals > max(asked, 1):
                break
            time.sleep(LOOK_SECONDS / 2)
        for child in children:
            if not child.gone():
                self._terminal.warn(f"{child.name} did not stop by itself and was ended")
            child.kill()

    def _note(self) -> None:
        """Writes down who runs, for `heed doctor` and for whoever tests what happens when one of them is killed."""
        folder = plan.run_folder(self._settings)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        processes = {"supervisor": os.getpid(), **{child.name: child.pid for child in self._children}}
        beside = folder / "processes.new"
        beside.write_text(json.dumps(processes), encoding="ascii")
        os.replace(beside, folder / "processes.json")

    def _on_signal(self, sign: int, frame: FrameType | None) -> None:
        self._signals += 1


def check(settings: Settings) -> None:
    """What no process could repair later. Raises `BadSettings`."""
    if settings.broker_url and settings.broker_url.startswith("memory://"):
        raise BadSettings("HEED_BROKER_URL: memory:// works within one process only; leave it empty for `heed up`")
    for folder in (settings.home, settings.keys_path.parent):
        _writable(folder)


def check_ports(settings: Settings) -> None:
    """Raises `StartFailed` where a port that Heed needs is taken."""
    wanted: list[tuple[str, str, int]] = []
    if settings.plays:
        wanted.append(("HEED_PLAYGROUND_PORT", "127.0.0.1", settings.playground_port))
    if settings.webhook_url:
        wanted.append(("HEED_WEBHOOK_PORT", settings.webhook_bind, settings.webhook_port))
    for key, host, port in wanted:
        if not port_free(host, port):
            raise StartFailed(f"port {port} is taken by another program; set {key} to a free one")


def port_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSettings(f"the folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSettings(f"the folder {folder} cannot be written to")
