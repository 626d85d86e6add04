"""`heed music …` that ends by kill -9 at a chosen point: ``python -m tests.workers.catalogue.deadly POINT NTH …``."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from workers.catalogue import studio
from workers.catalogue.commands import run
from workers.catalogue.keeping import Archive
from workers.journal import tracks

POINTS: dict[str, tuple[Any, str]] = {
    "before the object": (studio, "prepared"),
    "between object and row": (tracks, "add"),
    "between row and object": (Archive, "_clear"),
}


def main() -> int:
    point, nth = sys.argv[1], int(sys.argv[2])
    sys.argv[1:3] = []
    place, name = POINTS[point]
    real: Callable[..., Any] = getattr(place, name)
    calls = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(place, name, deadly)
    return run()


if __name__ == "__main__":
    sys.exit(main())
