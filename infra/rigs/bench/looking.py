"""Looks at pictures in a process that has what a media worker had before it could: ``python -m
infra.rigs.bench.looking WEIGHTS FOLDER`` prints milliseconds of every look, and bytes that were added, as JSON."""

import importlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

OTHERS = ("workers.journal.turns", "models.emotion.voice.predict", "models.emotion.text.predict")
"""What listens and reads words; the libraries of pictures come after the first look at memory."""
TIMES = 15
FIRST = "5"
"""Written to /proc/self/clear_refs, it lets the peak of the memory begin anew (proc(5))."""


def measured(weights: Path, folder: Path) -> dict[str, object]:
    """Figures by name."""
    for name in (*OTHERS, "models.speech.recognise.whisper"):
        importlib.import_module(name)
    process = psutil.Process()
    before = process.memory_info().rss
    Path("/proc/self/clear_refs").write_text(FIRST, encoding="ascii")
    began = time.perf_counter()
    reader = importlib.import_module("models.emotion.face.predict").Face(weights)
    found: dict[str, object] = {"load_s": time.perf_counter() - began}
    for name in ("sent", "phone"):
        walls, works = _looked(reader, sorted(folder.glob(f"{name}-*")))
        found |= {name: walls, f"{name}_cpu": works}
    for path in folder.glob("most-*"):
        _look(reader, path.read_bytes())
    return found | {"kept": process.memory_info().rss - before, "most": _peak() - before}


def _looked(reader: Any, paths: Sequence[Path]) -> tuple[list[float], list[float]]:
    files = [path.read_bytes() for path in paths]
    for data in files:  # the first of each is not counted
        _look(reader, data)
    walls, works = [], []
    for _ in range(TIMES):
        for data in files:
            wall, work = time.perf_counter(), time.process_time()
            _look(reader, data)
            walls.append((time.perf_counter() - wall) * 1000)
            works.append((time.process_time() - work) * 1000)
    return walls, works


def _look(reader: Any, data: bytes) -> None:
    reader.read(reader.look(data))


def _peak() -> int:
    """The most memory that this process held since the peak began anew, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), Path(sys.argv[2]))))
