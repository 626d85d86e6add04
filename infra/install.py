"""Makes `.venv` and installs Heed into it: `python3 infra/install.py [--dev]`, run by `make install`.

Standard library only, and nothing an old Python could not read, so that it can say what is missing. A second run
finds the stamp of the first and does nothing; an interrupted one is taken up where it stopped.
"""

import argparse
import ctypes
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
STAMP = VENV / "heed-installed.json"
SUPPORTED = ((3, 11), (3, 12), (3, 13))
DOWNLOADED = re.compile(r"^\s*Downloading \S+ \((?P<size>[\d.]+) (?P<unit>bytes|[kMG]B)\)")
UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
# Its own choice, -march=native, makes a program that ends on another processor.
ANNOY_FLAGS = ",".join(
    "-D_CRT_SECURE_NO_WARNINGS -fpermissive -O3 -ffast-math -fno-associative-math -DANNOYLIB_MULTITHREADED_BUILD"
    " -std=c++14".split()
)
# What became of Annoy: one that lacked a compiler is tried again when there is one.
BUILT, NO_COMPILER, FAILED = "built", "no compiler", "failed"
FREE_BYTES = 1_000_000_000


class Missing(Exception):
    """A piece of the system is not there; the text is one line with the command that installs it."""


def main():
    """Exit code 0 when Heed is installed, 2 when the system lacks something."""
    options = argparse.ArgumentParser()
    options.add_argument("--dev", action="store_true", help="also what tests and linters need")
    dev = options.parse_args().dev
    try:
        python = supported_python()
        if not installed(dev):
            install(python, dev)
    except Missing as missing:
        sys.stderr.write(f"heed: {missing}\n")
        return 2
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"heed: installing stopped (code {failed.returncode}); run the same command again\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("heed: interrupted; the same command takes it up again\n")
        return 130
    return 0


def supported_python():
    """Path of a Python that Heed runs on, with what `venv` needs. Raises `Missing`."""
    candidates = [sys.executable] + [shutil.which(f"python3.{minor}") for _, minor in SUPPORTED]
    check_libraries()
    wants = "import sys; print(*sys.version_info[:2]); import ensurepip, venv, ssl, sqlite3"
    lacking = None
    for python in filter(None, candidates):
        seen = subprocess.run([python, "-c", wants], capture_output=True, check=False)
        version = tuple(int(number) for number in seen.stdout.split()[:2])
        if version not in SUPPORTED:
            continue
        if seen.returncode == 0:
            return python
        lacking = lacking or version
    if lacking:
        name = f"python{lacking[0]}.{lacking[1]}"
        raise Missing(f"{name} lacks venv and pip; install them: sudo apt-get install {name}-venv")
    raise Missing("Python 3.11 to 3.13 is needed; install it: sudo apt-get install python3.11 python3.11-venv")


def check_libraries():
    """What the wheels take from the system. Raises `Missing`."""
    if not sys.platform.startswith("linux"):
        raise Missing("Heed runs on Linux")
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        raise Missing(
            "libgomp (OpenMP, for llama.cpp) is missing; install it: sudo apt-get install libgomp1"
        ) from None


def wanted(dev):
    """What a finished installation would write down: the pins, the place, and whether with `dev`."""
    pins = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        pins.update((PROJECT / name).read_bytes())
    return {"pins": pins.hexdigest(), "place": str(VENV), "dev": dev}


def installed(dev):
    """Whether the stamp of an earlier run covers what is wanted and its Python still starts."""
    try:
        stamp = json.loads(STAMP.read_text())
        annoy = stamp.pop("annoy")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False
    if stamp not in ([wanted(True)] if dev else [wanted(False), wanted(True)]):
        return False
    if annoy == NO_COMPILER and compiler():
        return False
    try:
        return (
            subprocess.run([str(VENV / "bin" / "python"), "-c", "import bot"], cwd=PROJECT, check=False).returncode
            == 0
        )
    except OSError:
        return False


def install(python, dev):
    """Makes the environment where it is missing or broken, and installs. Prints bytes and time."""
    if shutil.disk_usage(PROJECT).free < FREE_BYTES:
        raise Missing("less than 1 GB is free here; make room and run the same command again")
    began = time.monotonic()
    # An environment that knows more than is asked for now must not lose it.
    dev = dev or had_dev()
    if STAMP.exists():
        STAMP.unlink()
    if not usable():
        print("heed: making .venv with", python, flush=True)
        subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=True)
    target = ".[dev]" if dev else "."
    print("heed: installing (pinned in constraints.txt; no torch)", flush=True)
    fetched = pip("install", "--disable-pip-version-check", "-c", "constraints.txt", "-e", target)
    annoy, more = index()
    fetched += more
    beside = STAMP.with_suffix(".new")
    beside.write_text(json.dumps(dict(wanted(dev), annoy=annoy)))
    os.replace(beside, STAMP)
    seconds = time.monotonic() - began
    print(f"heed: installed in {seconds:.0f} s, {fetched / 1e6:.0f} MB downloaded", flush=True)


def index():
    """Builds Annoy (the extra `index`), which comes as source only, where this machine can; returns what became of it
    and the bytes downloaded. Heed goes without it: similar music is then found by comparing all pieces, as it is in
    small catalogues anyway."""
    if not compiler():
        print("heed: no C++ compiler or no headers of Python here, so that music goes without Annoy; it only matters")
        print(
            "      from 100,000 pieces on (sudo apt-get install g++ python3-dev, then the same command)", flush=True
        )
        return NO_COMPILER, 0.0
    try:
        # Without the cache: a wheel that was built for this very processor might lie there.
        return BUILT, pip("install", "--no-cache-dir", "-c", "constraints.txt", "annoy", quiet=True)
    except subprocess.CalledProcessError:
        print(
            "heed: Annoy cannot be built here, so that music goes without it; it only matters from 100,000 pieces on"
        )
        return FAILED, 0.0


def compiler():
    """Whether something written in C++ for Python can be built here."""
    if shutil.which("c++") is None and shutil.which("g++") is None:
        return False
    header = "import os, sysconfig; print(os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h')))"
    seen = subprocess.run([str(VENV / "bin" / "python"), "-c", header], capture_output=True, check=False)
    return seen.stdout.strip() == b"True"


def had_dev():
    """Whether an earlier run installed what tests need."""
    try:
        return bool(json.loads(STAMP.read_text())["dev"])
    except (OSError, ValueError, KeyError):
        return False


def usable():
    """Whether `.venv` stands at this place with a pip that runs."""
    if not (VENV / "pyvenv.cfg").exists():
        return False
    try:
        return (
            subprocess.run(
                [str(VENV / "bin" / "python"), "-m", "pip", "--version"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            ).returncode
            == 0
        )
    except OSError:
        return False


def pip(*arguments, quiet=False):
    """Runs pip, shows one line per package, and returns the bytes that it downloaded as it printed them. `quiet`:
    what went wrong is not shown."""
    command = [str(VENV / "bin" / "python"), "-m", "pip", "--no-input", *arguments, "--progress-bar", "off"]
    fetched = 0.0
    last = []
    portable = {**os.environ, "ANNOY_COMPILER_ARGS": ANNOY_FLAGS}
    with subprocess.Popen(
        command, cwd=PROJECT, env=portable, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as process:
        for line in process.stdout:
            last = [*last[-15:], line]
            found = DOWNLOADED.match(line)
            if found:
                fetched += float(found.group("size")) * UNITS[found.group("unit")]
                print("  " + line.strip(), flush=True)
    if process.returncode:
        if not quiet:
            sys.stderr.write("".join(last))
        raise subprocess.CalledProcessError(process.returncode, "pip")
    return fetched


if __name__ == "__main__":
    sys.exit(main())
