"""Which machine a number was taken on, and how busy it was: a number without this is worth nothing."""

import os
import platform
import sys
from pathlib import Path

import psutil

from workers.process import cores


def machine() -> str:
    """One line: processor, cores that may be used, memory, kernel, Python."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {cores()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, SQLite on {_file_system()}"
        if sys.platform == "linux"
        else f"{platform.processor()}, {cores()} cores, {memory:.0f} GiB, {platform.platform()}"
    )


def load() -> float:
    """The load average of the last minute: how much else ran."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _file_system() -> str:
    kinds = {each.mountpoint: each.fstype for each in psutil.disk_partitions(all=True)}
    place = Path(os.environ.get("TMPDIR", "/tmp")).resolve()
    return next((kinds[str(each)] for each in (place, *place.parents) if str(each) in kinds), "unknown")
