"""What every process does first: its log holds no words, its threads fit the cores, it dies with its parent."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workers import process
from workers.journal.keys import KeysUnusable
from workers.settings import PROJECT, Settings

CANARY = "the canary sings at four"
TOKEN = "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """The log at DEBUG of a process named test; the root logger is put back afterwards."""
    root, showing = logging.getLogger(), warnings.showwarning
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    process.set_up_logging("test", "DEBUG", tmp_path / "test.log")
    yield tmp_path / "test.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    warnings.showwarning = showing


def lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_json_with_ids(written: Path) -> None:
    logging.getLogger("workers.turn").info("composed", extra={"turn": 7, "stage": "compose"})
    (line,) = lines(written)
    assert (line["message"], line["turn"], line["stage"], line["process"]) == ("composed", 7, "compose", "test")


def test_an_exception_of_others_is_its_class_and_its_place(written: Path) -> None:
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("bot.telegram").exception("failed")
    (line,) = lines(written)
    assert line["error"] == "ValueError"
    assert "test_process.py" in str(line["frames"])
    assert CANARY not in written.read_text()


def test_the_causes_of_an_exception_are_told_without_their_text_too(written: Path) -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            raise KeysUnusable("the key file is gone") from error
    except KeysUnusable:
        logging.getLogger("bot").exception("failed")
    (line,) = lines(written)
    assert line["error"] == "workers.journal.keys.KeysUnusable: the key file is gone"
    assert "from ValueError" in str(line["frames"])
    assert CANARY not in written.read_text()


def test_an_exception_given_as_an_argument_keeps_its_text_to_itself(written: Path) -> None:
    logging.getLogger("bot").warning("failed: %s", ValueError(CANARY))
    logging.getLogger("bot").warning(ValueError(CANARY))
    assert [line["message"] for line in lines(written)] == ["failed: ValueError", "ValueError"]


@pytest.mark.parametrize(
    "name", ["asyncio", "celery.app.trace", "sqlalchemy.engine", "aiogram", "root", "py.warnings"]
)
def test_other_libraries_say_their_template_and_nothing_that_was_filled_in(written: Path, name: str) -> None:
    logger = logging.getLogger(name)
    logger.error("handling %r failed", CANARY)
    logger.error(f"handling {CANARY} failed")
    assert lines(written)[0]["message"] == "handling %r failed"
    assert CANARY not in written.read_text()


@pytest.mark.parametrize("name", process.TALKATIVE)
def test_libraries_that_log_addresses_are_silent_below_warning_even_at_debug(written: Path, name: str) -> None:
    logging.getLogger(name).info("POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    logging.getLogger(name + ".deep").debug("POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    assert written.read_text() == ""


def test_a_token_is_in_no_line_whoever_writes_it(written: Path) -> None:
    logging.getLogger("bot").info("calling https://api.telegram.org/bot%s/getMe", TOKEN)
    assert TOKEN not in written.read_text()
    assert "[token]" in written.read_text()


def test_a_warning_of_python_shows_no_words(written: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    (line,) = lines(written)
    assert str(line["message"]).startswith("UserWarning at ")
    assert CANARY not in written.read_text()


def test_a_record_that_cannot_be_formatted_prints_nothing_beside_the_log(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("bot").info("%d", CANARY)
    assert CANARY not in "".join(capfd.readouterr())


def test_native_threads_of_all_processes_sum_to_the_cores_at_most() -> None:
    for wanted in (1, 2, 3, 16):
        settings = Settings.load(threads=wanted)
        computing = [process.native_threads(kind, settings) for kind, share in process.SHARES.items() if share]
        assert sum(computing) <= wanted
        assert process.native_threads("bot", settings) == 1
    assert sum(process.SHARES.values()) <= 1


ENTERING = f"""
import sys
from workers import process
if sys.argv[1] == "crash":
    raise ValueError({CANARY!r})
print("early")
process.say_ready()
print({CANARY!r}, flush=True)
import os
os.write(2, {CANARY.encode()!r})
"""


def entered(tmp_path: Path, what: str) -> tuple[subprocess.CompletedProcess[str], str]:
    (tmp_path / "entering.py").write_text(ENTERING)
    log = tmp_path / "logs" / "entering.log"
    done = subprocess.run(
        [sys.executable, "-m", "workers.process", "entering", str(log), "entering", what],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), process.READY_KEY: str(tmp_path / "ready")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, log.read_text()


def test_what_is_printed_ends_when_a_process_says_that_it_is_ready(tmp_path: Path) -> None:
    done, log = entered(tmp_path, "run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "early\n", "")
    assert (tmp_path / "ready").exists()
    assert CANARY not in log


def test_an_error_that_ends_a_process_is_in_its_log_without_its_text(tmp_path: Path) -> None:
    done, log = entered(tmp_path, "crash")
    assert done.returncode == 1
    assert json.loads(log)["error"] == "ValueError"
    assert CANARY not in log + done.stdout + done.stderr


def test_a_process_that_says_ready_without_a_supervisor_keeps_its_output(capfd: pytest.CaptureFixture[str]) -> None:
    process.say_ready()
    os.write(1, b"still here")
    assert capfd.readouterr().out == "still here"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_dies_with_the_process_that_started_it() -> None:
    middle = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time; from workers.process import die_with_parent\n"
            "child = subprocess.Popen(['sleep', '60'], preexec_fn=die_with_parent)\n"
            "print(child.pid, flush=True); time.sleep(60)",
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert middle.stdout is not None
    child = int(middle.stdout.readline())
    assert psutil.pid_exists(child)
    middle.send_signal(signal.SIGKILL)
    middle.communicate()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.02)


@pytest.mark.skipif(not process.AUTOGROUP.exists(), reason="this kernel schedules no groups of sessions")
@pytest.mark.parametrize(("kind", "nice"), [("media", 10), ("text", 0)])
def test_who_hears_lets_who_writes_go_first_and_that_across_sessions_too(kind: str, nice: int) -> None:
    code = (
        f"import os; from workers.process import AUTOGROUP, step_back; step_back({kind!r});"
        "print(os.nice(0), AUTOGROUP.read_text().split()[-1])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, start_new_session=True, check=True
    )
    assert ran.stdout.split() == [str(nice)] * 2
