"""The watchdog ends a process whose step hangs, and no other."""

import threading

from workers.watchdog import Watchdog


def test_a_step_beyond_its_budget_ends_the_process() -> None:
    ended = threading.Event()
    watchdog = Watchdog(end=ended.set, look_every_s=0.01)
    with watchdog.step("compose", 0.02):
        assert ended.wait(5)


def test_a_step_within_its_budget_ends_nothing() -> None:
    ended = threading.Event()
    watchdog = Watchdog(end=ended.set, look_every_s=0.01)
    for _ in range(5):
        with watchdog.step("compose", 10.0):
            pass
    assert not ended.wait(0.1)


def test_a_step_that_failed_is_not_watched_any_more() -> None:
    ended = threading.Event()
    watchdog = Watchdog(end=ended.set, look_every_s=0.01)
    try:
        with watchdog.step("compose", 0.05):
            raise ValueError
    except ValueError:
        assert not ended.wait(0.2)


def test_two_steps_are_watched_apart() -> None:
    ended = threading.Event()
    watchdog = Watchdog(end=ended.set, look_every_s=0.01)
    with watchdog.step("long", 60.0):
        with watchdog.step("short", 60.0):
            pass
        with watchdog.step("short", 0.01):
            assert ended.wait(5)
