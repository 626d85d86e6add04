"""Which processes run on this machine, by the settings, in the order of their start."""

import http.client
import os
import sys
from pathlib import Path

from bot import redis_server
from bot.supervisor.child import Program
from workers.settings import Settings

# A worker finishes the turn in hand; what it cannot finish in this time is taken up again after the next start.
WORKER_STOP_SECONDS = 25.0
BOT_STOP_SECONDS = 12.0
PLAYGROUND = "playground"
STARTER = "starter"


def run_folder(settings: Settings) -> Path:
    return settings.home / "run"


def log_folder(settings: Settings) -> Path:
    return settings.home / "logs"


def playground_folder(settings: Settings) -> Path:
    return settings.home / "playground"


def page_token_file(settings: Settings) -> Path:
    """Where the playground writes the token of this start; whoever can read it may speak as a person."""
    return run_folder(settings) / "playground.token"


def redis(settings: Settings) -> Program:
    """The embedded Redis. Raises `bot.redis_server.NoRedis`."""
    unix_socket = settings.redis_socket
    redis_server.private_folder(unix_socket.parent)
    return Program(
        name="redis",
        command=redis_server.command(redis_server.binary(), unix_socket, log_folder(settings) / "redis.log"),
        folder=run_folder(settings),
        answers=lambda: redis_server.answers(unix_socket),
    )


def playground(settings: Settings) -> Program:
    """The local Bot API server and its page."""
    return Program(
        name=PLAYGROUND,
        command=_entered(
            settings,
            PLAYGROUND,
            "bot.playground",
            "--port",
            str(settings.playground_port),
            "--home",
            str(playground_folder(settings)),
            "--token-file",
            str(page_token_file(settings)),
            "--key-file",
            str(settings.keys_path),
        ),
        folder=run_folder(settings),
        answers=lambda: _serves(settings),
    )


def worker(settings: Settings, kind: str) -> Program:
    """A Celery worker: `text` composes, `media` perceives, renders, draws and recommends."""
    return Program(
        name=kind,
        command=_entered(settings, kind, "workers.run", kind),
        folder=run_folder(settings),
        stop_seconds=WORKER_STOP_SECONDS,
    )


def bot(settings: Settings) -> Program:
    """Intake, handlers and the sender."""
    return Program(
        name="bot",
        command=_entered(settings, "bot", "bot.telegram"),
        folder=run_folder(settings),
        stop_seconds=BOT_STOP_SECONDS,
    )


def starter(settings: Settings) -> Program:
    """What composes the starter catalogue, as far as it is not there, and then ends."""
    return Program(
        name=STARTER,
        command=_entered(settings, STARTER, "workers.catalogue", "starter"),
        folder=run_folder(settings),
        ends=True,
    )


def _entered(settings: Settings, name: str, module: str, *arguments: str) -> list[str]:
    log = log_folder(settings) / f"{name}.log"
    return [sys.executable, "-m", "workers.process", name, str(log), module, *arguments]


def _serves(settings: Settings) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", settings.playground_port, timeout=2)
    try:
        link.request("GET", f"/bot{settings.token}/getMe")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def opens_here() -> bool:
    """Whether somebody sits before a screen of this machine."""
    if sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
