"""The doorbell and its twin: what is rung is heard once, nobody raises, and a number is all that is carried."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from bot import redis_server
from workers.doorbell import SENDER_CHANNEL, TASK, CeleryDoorbell, Doorbell, InProcessDoorbell, redis_url


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    """The embedded Redis, as the supervisor starts it."""
    folder = Path(tempfile.mkdtemp(prefix="heed-test-", dir="/tmp"))
    path = folder / "redis.sock"
    server = subprocess.Popen(
        redis_server.command(redis_server.binary(), path, folder / "redis.log"), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 10
    while not redis_server.answers(path):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield path
    server.terminate()
    server.wait(10)
    shutil.rmtree(folder)


@pytest.fixture
def client(socket: Path) -> Iterator[Any]:
    with redis.Redis(unix_socket_path=str(socket)) as opened:
        opened.flushall()
        yield opened


Ear = Callable[[], tuple[int, str] | None]


@pytest.fixture(params=["in process", "celery"])
def bell(request: pytest.FixtureRequest) -> tuple[Doorbell, Ear]:
    """A doorbell and a way to hear it."""
    if request.param == "in process":
        inside = InProcessDoorbell()
        return inside, inside.heard
    client, path = request.getfixturevalue("client"), request.getfixturevalue("socket")

    def heard() -> tuple[int, str] | None:
        for queue in ("perceive", "compose", "render"):
            raw = client.rpop(queue)
            if raw is not None:
                assert json.loads(raw)["headers"]["task"] == TASK
                args = json.loads(base64.b64decode(json.loads(raw)["body"]))[0]
                assert len(args) == 1
                return args[0], queue
        return None

    return CeleryDoorbell(f"redis+socket://{path}"), heard


def test_what_is_rung_is_heard_once_and_in_its_queue(bell: tuple[Doorbell, Ear]) -> None:
    doorbell, heard = bell
    assert doorbell.ring(41)
    assert doorbell.ring(2**40, "render")
    assert sorted([heard(), heard()]) == [(41, "compose"), (2**40, "render")]  # type: ignore[type-var]
    assert heard() is None


def test_the_sender_is_called(bell: tuple[Doorbell, Ear]) -> None:
    doorbell, _ = bell
    assert doorbell.call_sender()


def test_celery_leaves_nothing_in_redis_but_the_queue(client: Any, socket: Path) -> None:
    doorbell = CeleryDoorbell(f"redis+socket://{socket}")
    doorbell.ring(41)
    doorbell.call_sender()
    assert {key for key in client.keys("*") if not key.startswith(b"_kombu")} == {b"compose"}
    assert client.llen("compose") == 1


def test_a_listener_hears_the_call(client: Any, socket: Path) -> None:
    channel = client.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(SENDER_CHANNEL)
    channel.get_message(timeout=1)
    CeleryDoorbell(f"redis+socket://{socket}").call_sender()
    message = channel.get_message(timeout=20)
    assert message is not None
    assert message["data"] == b"1"
    channel.close()


def test_without_a_broker_nobody_hears_and_nobody_raises(tmp_path: Path) -> None:
    doorbell = CeleryDoorbell(f"redis+socket://{tmp_path}/none.sock")
    began = time.monotonic()
    assert doorbell.ring(1) is False
    assert doorbell.call_sender() is False
    assert time.monotonic() - began < 15


def test_one_address_serves_celery_and_redis() -> None:
    assert redis_url("redis+socket:///tmp/x.sock") == "unix:///tmp/x.sock"
    assert redis_url("redis://host:6379/1") == "redis://host:6379/1"
    assert os.path.isabs(redis_url("redis+socket:///tmp/x.sock").removeprefix("unix://"))
