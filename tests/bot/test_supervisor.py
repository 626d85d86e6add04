"""The supervisor of one machine, with a real Redis and real signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot import redis_server
from bot.supervisor.lock import AlreadyRunning, HomeLock, holder
from workers.settings import PROJECT, Settings

CHILDREN = {"redis", "playground", "text", "media", "bot"}

HOUSE = {
    "HEED_REPLY_ENGINE": "inprocess",
    "HEED_DANGER_MODEL": "none",
    "HEED_RECOGNISER": "scripted",
    "HEED_MUSIC_STARTER": "0",
}
"""A house without weights: what is tested here is who starts and who stops."""


class Running:
    """One supervisor in a process of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.settings = Settings.load(home=home)
        keys = {key: value for key, value in os.environ.items() if not key.startswith("HEED_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.supervised"],
            cwd=PROJECT,
            env={**keys, **HOUSE, "HEED_HOME": str(home), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def pids(self) -> dict[str, int | None]:
        try:
            found: dict[str, int | None] = json.loads((self.home / "run" / "processes.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def pid(self, name: str) -> int:
        number = self.pids()[name]
        assert number is not None
        return number

    def up(self) -> bool:
        names = (CHILDREN - {"redis"}) | {"supervisor"}
        return all((self.home / "run" / f"{name}.ready").exists() for name in names) and self.redis()

    def redis(self) -> bool:
        return redis_server.answers(self.settings.redis_socket)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(sign)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def until(what: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, free_port: str) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def begin(**environment: str) -> Running:
        started.append(Running(tmp_path / "a home", **{"HEED_PLAYGROUND_PORT": free_port, **environment}))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        running.process.communicate()


def test_everything_comes_up_the_address_is_printed_and_ctrl_c_stops_all_with_code_0(
    start: Callable[..., Running], free_port: str
) -> None:
    running = start()
    until(running.up)
    until(lambda: running.pids().keys() >= CHILDREN)
    pids = [pid for pid in running.pids().values() if pid is not None]

    code, out, err = running.end(signal.SIGINT)

    assert code == 0, err
    assert f"http://127.0.0.1:{free_port}/?t=page-token" in out
    assert not any(alive(pid) for pid in pids)


def test_the_bot_stops_first_and_redis_last(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)

    running.end()

    stops = (running.home / "stops").read_text().split()
    assert stops[0] == "bot"
    assert set(stops[1:3]) == {"text", "media"}
    assert stops[3] == "playground"
    assert not running.redis()


@pytest.mark.parametrize("name", ["bot", "text", "redis"])
def test_a_killed_process_is_started_again_and_the_others_stay(start: Callable[..., Running], name: str) -> None:
    running = start()
    until(running.up)
    before = running.pids()

    os.kill(running.pid(name), signal.SIGKILL)

    until(lambda: running.pids()[name] not in {None, before[name]} and running.up())
    after = running.pids()
    assert {each: pid for each, pid in after.items() if each != name} == {
        each: pid for each, pid in before.items() if each != name
    }
    assert running.end()[0] == 0


def test_the_new_address_is_printed_when_the_playground_had_to_be_started_again(
    start: Callable[..., Running],
) -> None:
    running = start()
    until(running.up)
    before = running.pid("playground")
    os.kill(before, signal.SIGKILL)
    until(lambda: running.pids()["playground"] not in {None, before} and running.up())
    time.sleep(0.5)
    assert "Heed is here again: http://127.0.0.1:" in running.end()[1]


def test_children_die_with_a_killed_supervisor_and_the_next_one_takes_over(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)
    pids = [pid for pid in running.pids().values() if pid is not None]

    running.process.kill()
    running.process.wait()

    until(lambda: not any(alive(pid) for pid in pids))
    assert running.settings.redis_socket.exists(), "the socket of the killed Redis is still there"
    following = start()
    until(lambda: following.pids().get("supervisor") == following.process.pid and following.up())
    assert following.end()[0] == 0


def test_a_second_supervisor_says_who_runs_and_leaves_it_alone(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)

    second = start()
    _, err = second.process.communicate(timeout=20)

    assert second.process.returncode == 1
    assert err == f"heed: Heed already runs in this home (process {running.process.pid})\n"
    assert running.up()


def test_a_process_that_cannot_start_is_told_in_one_line_and_everything_is_stopped(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    (home / "text.code").write_text("2")

    running = start()
    _, err = running.process.communicate(timeout=20)

    assert running.process.returncode == 1
    assert err.splitlines()[-1] == "heed: text does not start (code 2): text cannot"
    assert not running.redis()
    assert running.pids().keys() == {"supervisor"}


def test_a_process_that_keeps_dying_is_told_once_and_tried_on(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)
    (running.home / "media.code").write_text("7")
    os.kill(running.pid("media"), signal.SIGKILL)
    time.sleep(4.5)  # 0.2 + 0.4 + 0.8 + 1.6 s until the fifth death

    code, _, err = running.end()

    assert code == 0
    assert err.count("media keeps ending (code 7)") == 1
    assert running.process.returncode == 0


def test_a_taken_port_is_named_before_anything_is_started(start: Callable[..., Running], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        running = start(HEED_PLAYGROUND_PORT=str(port))
        _, err = running.process.communicate(timeout=20)

    assert running.process.returncode == 1
    assert err == f"heed: port {port} is taken by another program; set HEED_PLAYGROUND_PORT to a free one\n"
    assert not (tmp_path / "a home" / "heed.db").exists()


def test_with_a_broker_of_its_own_address_no_redis_is_started(start: Callable[..., Running]) -> None:
    running = start(HEED_BROKER_URL="redis://127.0.0.1:1/0")
    until(lambda: running.pids().keys() == {"supervisor", "playground", "text", "media", "bot"})
    until(lambda: all(pid for pid in running.pids().values()))
    assert not running.redis()
    assert running.end()[0] == 0


def test_the_socket_lies_in_a_folder_of_ours_alone(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)
    assert running.settings.redis_socket.parent.stat().st_mode & 0o777 == 0o700
    running.end()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(redis_server.NoRedis, match="belongs to somebody else"):
        redis_server.private_folder(tmp_path / "link")


def test_a_lock_is_given_back_when_its_holder_ends(tmp_path: Path) -> None:
    with HomeLock(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(AlreadyRunning), HomeLock(tmp_path):
            pass
    assert holder(tmp_path) is None


def test_what_composes_the_starter_catalogue_ends_and_is_not_started_again(start: Callable[..., Running]) -> None:
    running = start(HEED_MUSIC_STARTER="1")
    until(lambda: running.pids().get("starter") and running.up())
    (running.home / "starter.code").write_text("0")
    until(lambda: running.pids()["starter"] is None)
    time.sleep(1.0)
    assert (running.home / "starts").read_text().split() == ["starter"]
    code, _, err = running.end()
    assert (code, err) == (0, "")


def test_what_composes_the_starter_catalogue_goes_on_after_it_was_killed(start: Callable[..., Running]) -> None:
    running = start(HEED_MUSIC_STARTER="1")
    until(lambda: running.pids().get("starter") and running.up())
    before = running.pid("starter")
    os.kill(before, signal.SIGKILL)
    until(lambda: running.pids()["starter"] not in {None, before})
    assert running.end()[0] == 0


def test_no_catalogue_is_composed_where_none_is_wanted(start: Callable[..., Running]) -> None:
    running = start()
    until(running.up)
    assert "starter" not in running.pids()
    assert running.end()[0] == 0
