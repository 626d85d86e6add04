"""Who says the danger text: one speaker an update, for ten minutes."""

import threading

from bot.telegram.spoken import Spoken


def test_only_the_first_speaks() -> None:
    spoken = Spoken()
    firsts: list[int] = []
    threads = [threading.Thread(target=lambda: firsts.append(1) if spoken.may(7, "door") else None) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert firsts == [1]
    assert not spoken.may(7, "outbox")
    assert spoken.may(8, "outbox")


def test_the_outbox_may_try_its_transaction_again() -> None:
    spoken = Spoken()
    assert spoken.may(7, "outbox")
    assert spoken.may(7, "outbox")
    assert not spoken.may(7, "door")


def test_what_could_not_be_said_may_be_said_by_the_other() -> None:
    spoken = Spoken()
    assert spoken.may(7, "outbox")
    spoken.take_back(7, "door")
    assert not spoken.may(7, "door")
    spoken.take_back(7, "outbox")
    assert spoken.may(7, "door")


def test_what_the_door_said_is_known_by_its_message() -> None:
    spoken = Spoken()
    spoken.said(7, 70)
    assert spoken.message(7) is None, "nobody was to speak"
    spoken.may(7, "door")
    spoken.said(7, 70)
    assert spoken.message(7) == 70


def test_after_its_time_an_update_is_forgotten() -> None:
    spoken = Spoken(remembered_s=0.0)
    assert spoken.may(7, "door")
    spoken.said(7, 70)
    assert spoken.may(7, "door")
    assert spoken.message(7) is None
