"""Who says the danger text: one speaker an update, for ten minutes."""

import threading

from bot.telegram.spoken import Spoken


def test_only_the_first_speaks() -> None:
    spoken = Spoken()
    firsts: list[int] = []
    threads = [threading.Thread(target=lambda: firsts.append(1) if spoken.first(7) else None) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert firsts == [1]
    assert spoken.first(8)


def test_what_could_not_be_said_may_be_tried_again() -> None:
    spoken = Spoken()
    assert spoken.first(7)
    spoken.take_back(7)
    assert spoken.first(7)


def test_after_its_time_an_update_is_forgotten() -> None:
    spoken = Spoken(remembered_s=0.0)
    assert spoken.first(7)
    assert spoken.first(7)
