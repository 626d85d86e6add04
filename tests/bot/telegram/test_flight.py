"""How many requests may be under way at once."""

from bot.telegram.flight import AT_LEAST, AT_MOST, Flight


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def trips(flight: Flight, clock: Clock, seconds: float, count: int = 40) -> None:
    for chat in range(count):
        flight.begin(chat)
        clock.now += seconds
        flight.end(chat)


def test_a_quick_server_leaves_little_to_be_doubled_by_a_kill() -> None:
    clock = Clock()
    flight = Flight(30.0, clock)
    trips(flight, clock, 0.01)

    assert flight.room == AT_LEAST


def test_a_distant_server_gets_as_many_requests_as_the_send_rate_needs() -> None:
    clock = Clock()
    flight = Flight(30.0, clock)
    trips(flight, clock, 0.3)

    assert 9 <= flight.room <= 10


def test_chats_that_hang_take_no_room_from_the_others() -> None:
    clock = Clock()
    flight = Flight(30.0, clock)
    trips(flight, clock, 0.01)
    flight.begin(901)
    flight.begin(902)
    assert flight.room == 0
    clock.now += 0.1

    assert flight.room == AT_LEAST
    assert flight.chats == {901, 902}


def test_there_is_an_end_to_how_much_may_hang() -> None:
    clock = Clock()
    flight = Flight(1000.0, clock)
    for chat in range(AT_MOST):
        flight.begin(chat)
    clock.now += 60

    assert flight.room == 0
