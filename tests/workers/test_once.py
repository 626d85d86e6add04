"""What is dear to make is made once, and holds nobody up who wants another thing."""

import threading

import pytest

from workers.once import Once


def test_it_is_made_at_the_first_use_and_only_then() -> None:
    once: Once[list[int]] = Once()
    assert not once.made
    first = once.get(lambda: [1])
    assert once.made
    assert once.get(lambda: [2]) is first


def test_where_making_it_failed_the_next_one_tries_again() -> None:
    def broken() -> str:
        raise OSError("the disk is away")

    once: Once[str] = Once()
    with pytest.raises(OSError, match="away"):
        once.get(broken)
    assert once.get(lambda: "there") == "there"


def test_making_one_thing_holds_up_nobody_who_wants_another() -> None:
    slow: Once[str] = Once()
    quick: Once[str] = Once()
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> str:
        begun.set()
        assert go_on.wait(10)
        return "slow"

    asked = threading.Thread(target=slow.get, args=(slowly,))
    asked.start()
    try:
        assert begun.wait(10)
        assert quick.get(lambda: "quick") == "quick"
        assert not slow.made
    finally:
        go_on.set()
        asked.join(10)
    assert slow.get(lambda: "again") == "slow"
