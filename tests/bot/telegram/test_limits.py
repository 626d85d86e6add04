"""The limits: whatever is asked for in whatever order, no rate is ever exceeded."""

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.limits import BURST, GROUP_RATE, Limits

STEPS = st.lists(st.tuples(st.sampled_from([1, 2, 3, -5]), st.floats(0, 3)), min_size=1, max_size=120)


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@given(STEPS, st.sampled_from([1.0, 5.0, 30.0]))
def test_no_rate_is_ever_exceeded(steps: list[tuple[int, float]], overall: float) -> None:
    clock = Clock()
    limits = Limits(overall, 1.0, clock)
    sent: list[tuple[float, int]] = []
    for chat, passes in steps:
        clock.at += passes
        if limits.wait(chat) == 0.0:
            limits.take(chat)
            sent.append((clock.at, chat))
    for first, (since, _) in enumerate(sent):
        for count, (until, _) in enumerate(sent[first:], start=1):
            assert count <= max(overall, 1.0) + (until - since) * overall + 1e-6
    for chat, rate in ((1, 1.0), (2, 1.0), (3, 1.0), (-5, GROUP_RATE)):
        own = [at for at, other in sent if other == chat]
        for first, since in enumerate(own):
            for count, until in enumerate(own[first:], start=1):
                assert count <= BURST + (until - since) * rate + 1e-6


@given(STEPS)
def test_who_waits_as_long_as_told_may_send(steps: list[tuple[int, float]]) -> None:
    clock = Clock()
    limits = Limits(30.0, 1.0, clock)
    for chat, passes in steps:
        clock.at += passes
        clock.at += limits.wait(chat) + 1e-9
        assert limits.wait(chat) < 1e-6
        limits.take(chat)


def test_telegrams_word_holds_that_chat_only_and_danger_too() -> None:
    clock = Clock()
    limits = Limits(30.0, 1.0, clock)
    limits.told_to_wait(1, 7.0)
    assert limits.wait(1) == limits.wait(1, urgent=True) == 7.0
    assert limits.wait(2) == 0.0
    clock.at += 7.0
    assert limits.wait(1) == 0.0


def test_danger_does_not_queue_behind_our_own_caution() -> None:
    clock = Clock()
    limits = Limits(1.0, 1.0, clock)
    for _ in range(10):
        limits.take(1)
    assert limits.wait(1) > 0
    assert limits.wait(2) > 0
    assert limits.wait(2, urgent=True) == 0.0


def test_ten_thousand_chats_are_not_kept_for_ever() -> None:
    clock = Clock()
    limits = Limits(1e9, 1.0, clock)
    for chat in range(10_001):
        limits.take(chat)
    clock.at += 100
    limits.wait(99_999)
    assert len(limits._chats) < 10
