"""One Celery worker process, in this process: ``python -m workers.run text|media``.

Celery gets threads, since a fork after native code has run hangs. The database decides who may work on what, so that
gossip, mingling and heartbeats between workers have nothing to tell.
"""

import sys
from typing import Any, Final

from celery import signals

from workers.process import say_ready

QUEUES: Final = {"text": ("compose",), "media": ("perceive", "render", "draw", "recommend")}
# Threads that wait for the database or the engine; native work is one at a time (one compute semaphore a process).
THREADS: Final = {"text": 32, "media": 4}


def main(kind: str) -> int:
    """Runs until SIGTERM, then finishes what is in hand. Returns the exit code."""
    from models import danger
    from workers.celery_app import app
    from workers.house import house

    # Before it takes a turn: a model that cannot be loaded is a start that failed, not a turn that did.
    _ = (house().composer, house().judge) if kind == "text" else (house().recogniser, house().synthesiser)
    danger.load()
    signals.setup_logging.connect(_keep_our_logging)
    signals.worker_ready.connect(_ready)
    app.worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={THREADS[kind]}",
            f"--queues={','.join(QUEUES[kind])}",
            f"--hostname={kind}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
    return 0


def _keep_our_logging(**_: Any) -> None:
    """That somebody listens is what keeps Celery from setting up its own."""


def _ready(**_: Any) -> None:
    say_ready()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
