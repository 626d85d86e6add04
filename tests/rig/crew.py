"""Workers as threads of this process: what Celery does, without a broker."""

import threading

from workers.doorbell import InProcessDoorbell
from workers.house import House
from workers.turn.answer import answer


class Killed(BaseException):
    """Raised in a stage: its worker is gone there, with whatever it had in hand and without another word."""


class Crew:
    """Threads that answer whatever the doorbell rings for. `rest` holds them before the next turn."""

    def __init__(self, house: House, doorbell: InProcessDoorbell, size: int = 2) -> None:
        self._house = house
        self._doorbell = doorbell
        self._ends = threading.Event()
        self._works = threading.Event()
        self._works.set()
        self.failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work, name=f"crew-{n}", daemon=True) for n in range(size)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def rest(self) -> None:
        """No turn is begun until `go_on`. What rings meanwhile is kept, as a broker keeps it."""
        self._works.clear()

    def go_on(self) -> None:
        self._works.set()

    def stop(self) -> None:
        """Ends the threads. Raises what broke one of them: `answer` lets nothing out."""
        self._ends.set()
        self._works.set()
        for thread in self._threads:
            thread.join(10)
        if self.failures:
            raise self.failures[0]

    def _work(self) -> None:
        while not self._ends.is_set():
            if not self._works.wait(0.05):
                continue
            rung = self._doorbell.heard(timeout=0.02)
            if rung is None:
                continue
            if not self._works.is_set():
                self._doorbell.ring(*rung)
                continue
            try:
                answer(self._house, *rung)
            except Killed:
                continue  # this thread is the next worker
            except BaseException as error:  # noqa: BLE001
                self.failures.append(error)  # raised again by `stop`, in the test's own thread
