"""The doorbell: tells a worker that a turn is due, and the sender that there is something to send.

It carries the id of a turn, of a picture to be drawn or of music to be chosen, and nothing else; is rung after the
commit and never before, and may be lost: the database is the truth, and the sweeper rings again. Twins:
`CeleryDoorbell` over a broker, `InProcessDoorbell` inside one process.
"""

import logging
import queue
import threading
from typing import Any, Protocol

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from workers import broker

log = logging.getLogger(__name__)

TASK = "heed.turn"
QUEUES = ("perceive", "compose", "render", "draw", "recommend")
SENDER_CHANNEL = "heed:outbox"
BROKER_DOWN = (OperationalError, redis.RedisError, OSError)


class Doorbell(Protocol):
    """Rings for a turn or for the sender. Never raises when nobody can hear it: False says so."""

    def ring(self, turn_id: int, queue: str = "compose") -> bool: ...

    def call_sender(self) -> bool: ...


def make_celery(broker_url: str) -> Celery:
    """A Celery application configured as a doorbell: ids only, no results, no events, nothing acknowledged late."""
    broker.use()
    app = Celery("heed", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue="compose",
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 1},
        worker_disable_prefetch=False,
        task_publish_retry=False,
    )
    return app


def redis_url(broker_url: str) -> str:
    """The address of the same Redis for redis-py, which names a socket differently from Celery."""
    return broker_url.replace("redis+socket://", "unix://", 1)


class CeleryDoorbell:
    """Rings through the broker."""

    def __init__(self, broker_url: str) -> None:
        self._app = make_celery(broker_url)
        self._redis: Any = None
        if not broker_url.startswith("memory"):
            self._redis = redis.Redis.from_url(
                redis_url(broker_url), socket_connect_timeout=1, socket_timeout=1, decode_responses=True
            )

    def ring(self, turn_id: int, queue: str = "compose") -> bool:
        try:
            self._app.send_task(TASK, args=(turn_id,), queue=queue, retry=False)
        except BROKER_DOWN as error:
            log.warning("doorbell not heard: turn=%s error=%s", turn_id, type(error).__name__)
            return False
        return True

    def call_sender(self) -> bool:
        if self._redis is None:
            return False
        try:
            self._redis.publish(SENDER_CHANNEL, "1")
        except BROKER_DOWN as error:
            log.warning("sender not called: error=%s", type(error).__name__)
            return False
        return True


class InProcessDoorbell:
    """The twin inside one process: what is rung is read with `heard`."""

    def __init__(self) -> None:
        # Not a SimpleQueue: with two listeners, its `get` with a timeout may never return (CPython 3.11).
        self._rung: queue.Queue[tuple[int, str]] = queue.Queue()
        self.sender_called = threading.Event()

    def ring(self, turn_id: int, queue: str = "compose") -> bool:
        self._rung.put((turn_id, queue))
        return True

    def call_sender(self) -> bool:
        self.sender_called.set()
        return True

    def heard(self, timeout: float = 0.0) -> tuple[int, str] | None:
        """The next (turn id, queue) that was rung, or None after `timeout` seconds."""
        try:
            return self._rung.get(timeout=timeout) if timeout else self._rung.get_nowait()
        except queue.Empty:
            return None
