"""What every process of Heed does first: threads, logging, and dying with its parent.

``python -m workers.process NAME LOG MODULE [ARGUMENT …]`` enters and then runs MODULE as the main program; LOG is a
file, or ``-`` for standard error. Everything is set before MODULE is imported, because the native libraries read the
number of their threads when they load.

What people said never reaches a log from here:

* only loggers of the house are printed in full; of other libraries' records the template is, and never what was
  filled into it;
* an exception is its class and its frames (file, line, function). The text of exceptions that Heed defines itself
  is kept, that of others is not;
* standard output and standard error end when the process says that it is ready (`say_ready`), which it does before it
  sees the first thing that somebody said: no library prints around the log.
"""

import ctypes
import faulthandler
import json
import logging
import logging.handlers
import os
import re
import runpy
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO

from workers.journal.keys import KeysUnusable
from workers.settings import BadSettings, Settings

Kind = Literal["bot", "text", "media", "playground", "supervisor", "command", "starter"]

HOUSE = ("bot", "workers", "models", "migrations", "heed", "infra")
# They log addresses that hold the token, whole updates, or with what and where a photo was taken. At WARNING their
# templates still tell what is wrong.
TALKATIVE = (
    "httpx",
    "httpcore",
    "telegram",
    "telegram.ext",
    "aiohttp",
    "urllib3",
    "botocore",
    "boto3",
    "s3transfer",
    "faster_whisper",
    "PIL",
)
# A line for every doorbell; the turn's own lines tell more.
CHATTY = ("celery.worker.strategy", "celery.app.trace")
TOKEN = re.compile(r"(?<!\d)\d{5,20}:[A-Za-z0-9_-]{20,}")
LOG_BYTES = 5_000_000
LOG_FILES = 5
FRAMES = 12
PR_SET_PDEATHSIG = 1  # linux/prctl.h
THREAD_KEYS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# How many turns a thread of llama.cpp spins before it sleeps at a barrier. With libgomp's default of 300,000,
# threads spin for one that has no core as soon as anything else wants it. Measured with 2 threads on 2 cores and the
# 1.5B model, tokens a second alone and beside four busy processes: 300,000: 29, 2; 1,000: 29, 12; 0: 23, 10.
SPINS = "1000"
READY_KEY = "HEED_READY_FILE"
ENTERED_KEY = "HEED_ENTERED"

# The parts of the cores that the processes' native code may use; they sum to one. The media worker hears
# with one thread beside them: a recording may wait, a reply that is being written may not.
SHARES: dict[str, float] = {"text": 1.0, "media": 0.0}

# Where both want the same core, the text worker gets most of it (nice 10 beside 0). Where one is free, hearing is as
# quick as ever. The starter goes further back by itself, but for the moments in which it holds the database.
STEPS_BACK: dict[str, int] = {"media": 10, "starter": 10}
AUTOGROUP = Path("/proc/self/autogroup")  # with a session of its own, a process is nice to others only by this

M_ARENA_MAX = -8  # glibc's malloc.h

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def cores() -> int:
    """Cores that this process may use: its affinity, or less where a container's quota says so (cgroup v2)."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return usable
    return usable if quota == "max" else max(1, min(usable, round(int(quota) / int(period))))


def native_threads(kind: str, settings: Settings) -> int:
    """Threads for llama.cpp, BLAS and OpenMP in a process of this `kind`; at least 1. Sums to the cores at most.

    A process without a part gets 1: it runs no native code worth the name, and the libraries take no 0.
    """
    return max(1, int((settings.threads or cores()) * SHARES.get(kind, 0.0)))


def set_native_threads(kind: str, settings: Settings) -> None:
    """Tells the native libraries; to be called before any of them is imported."""
    for key in THREAD_KEYS:
        os.environ[key] = str(native_threads(kind, settings))
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


def share_memory_pools() -> None:
    """Two pools of native memory for all threads (glibc; elsewhere nothing happens), before any thread is there.

    Otherwise each of some sixty threads gets one of its own, and what one gives back no other can use.
    """
    if _libc is not None and hasattr(_libc, "mallopt"):
        _libc.mallopt(M_ARENA_MAX, 2)


def step_back(kind: str) -> None:
    """Lets processes of another kind go first where both want the same core. For good: the way back is closed."""
    nice = STEPS_BACK.get(kind)
    if nice is None:
        return
    os.nice(nice)
    if AUTOGROUP.exists():
        try:
            AUTOGROUP.write_text(str(nice), encoding="ascii")
        except OSError as error:  # a container that shows it and forbids it: slower beside hearing, nothing worse
            logging.getLogger("heed.process").info("no niceness of its group: error=%s", describe(error))


def die_with_parent(sign: int = signal.SIGKILL) -> None:
    """The kernel sends this process `sign` when the thread that started it ends (Linux; elsewhere nothing happens).

    Heed survives kill -9 at every point, so that a child which lost its supervisor ends at once, rather than drain
    beside the one that the next start brings.
    """
    if _libc is not None and _libc.prctl(PR_SET_PDEATHSIG, sign, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")


def say_ready() -> None:
    """Tells the supervisor, where there is one, that this process does its work from now on, and ends its output.

    To be called before the first message is looked at. In a process that did not `enter`, nothing happens.
    """
    if os.environ.get(ENTERED_KEY) != str(os.getpid()):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    file = os.environ.get(READY_KEY)
    if file:
        Path(file).touch()


def enter(name: str, settings: Settings, log_file: Path | None = None) -> None:
    """Threads and logging of a process of Heed. Once per process, before heavy imports."""
    set_native_threads(name, settings)
    share_memory_pools()
    stream = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    set_up_logging(name, settings.log_level, stream if log_file is None else log_file)
    step_back(name)
    # Frames only, written by the interpreter itself when native code crashes.
    faulthandler.enable(stream if log_file is None else log_file.with_suffix(".crash").open("w"))
    # A second copy of this module may be asked for readiness (this one can be `__main__`), hence the environment.
    os.environ[ENTERED_KEY] = str(os.getpid())
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


def set_up_logging(name: str, level: str, to: Any) -> None:
    """One handler on the root logger: JSON lines to a stream or, rotated, to a file."""
    handler: logging.Handler
    if isinstance(to, Path):
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.handlers.RotatingFileHandler(
            to, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", errors="backslashreplace"
        )
    else:
        handler = logging.StreamHandler(to)
    handler.setFormatter(WordlessFormatter(name))
    logging.raiseExceptions = False  # its traceback would print the record's arguments
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for talkative in TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    warnings.showwarning = _log_warning


class WordlessFormatter(logging.Formatter):
    """A record as one line of JSON that holds ids and no words."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
            line["frames"] = list(_frames(record.exc_info[1]))
        if record.name.split(".")[0] in HOUSE:
            for key, value in vars(record).items():
                if key not in _PLAIN and (value is None or isinstance(value, str | int | float)):
                    line[key] = value
        return TOKEN.sub("[token]", json.dumps(line, ensure_ascii=False))


def describe(error: BaseException) -> str:
    """An exception without what people said: its class, and its text only where Heed wrote it."""
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if kind.__module__.split(".")[0] in HOUSE or isinstance(error, ImportError):  # which names a module
        return f"{name}: {error}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    return name


def _message(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] not in HOUSE:
        # A text without arguments may have been put together from anything; a template was written by its author.
        return record.msg if isinstance(record.msg, str) and record.args else f"{record.module}:{record.lineno}"
    if isinstance(record.msg, BaseException):
        return describe(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(describe(each) if isinstance(each, BaseException) else each for each in record.args)
    return record.getMessage()


def _frames(error: BaseException) -> Iterator[str]:
    """Innermost frames of the error and of what caused it: file, line and function, no source line, no values."""
    seen: BaseException | None = error
    while seen is not None:
        if seen is not error:
            yield f"from {describe(seen)}"
        for frame in traceback.extract_tb(seen.__traceback__)[-FRAMES:]:
            yield f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _short(path: str) -> str:
    parts = Path(path).parts
    return "/".join(parts[-3:])


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logging.getLogger("heed.process").warning("%s at %s:%s", category.__name__, _short(filename), lineno)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger("heed.process").critical("ended by an error", exc_info=(kind, error, trace))
        sys.stderr.write(f"{describe(error)}\n")  # for the supervisor, while the start is under way


def _log_uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        logging.getLogger("heed.process").error("a thread ended by an error", exc_info=arguments.exc_value)


def _log_unraisable(arguments: "sys.UnraisableHookArgs") -> None:
    if arguments.exc_value is not None:
        logging.getLogger("heed.process").error("an error nobody could take", exc_info=arguments.exc_value)


def main() -> int:
    name, log, module, *arguments = sys.argv[1:]
    try:
        settings = Settings.load()
    except BadSettings as bad:
        sys.stderr.write(f"heed: {bad}\n")
        return 2
    enter(name, settings, None if log == "-" else Path(log))
    sys.argv[:] = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except (BadSettings, KeysUnusable) as wrong:
        sys.stderr.write(f"{wrong}\n")
        logging.getLogger("heed.process").error("cannot start: %s", wrong)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
