"""Kombu's Redis transport, with one client a channel.

Kombu makes a new `redis.Redis` for every message that it hands out, acknowledges or sends, three for each turn: an
eighth of what a turn cost the worker. A client is safe to share between threads, and its connections come from the
channel's pool as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    _shared: Any = None

    @contextmanager
    def conn_or_acquire(self, client: Any = None) -> Iterator[Any]:
        if client is None and (self._shared is None or self._shared.connection_pool is not self.pool):
            # The first of this channel, or the pool was given up with a lost connection.
            self._shared = self._create_client()  # type: ignore[no-untyped-call]
        yield self._shared if client is None else client


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """Makes Celery speak to Redis through this transport: by its scheme, the only way for `redis+socket://`."""
    TRANSPORT_ALIASES["redis"] = f"{__name__}:{Transport.__name__}"
