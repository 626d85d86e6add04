"""`heed doctor`: what is wrong on this machine, each with the one line that puts it right."""

import ctypes
import email.utils
import http.client
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot import redis_server
from bot.doctor.finding import Finding
from bot.doctor.music import catalogue, search
from bot.doctor.store import media
from bot.supervisor.house import port_free
from bot.supervisor.lock import holder
from workers.settings import BadSettings, Settings

FREE_BYTES = 2_000_000_000
SKEW_SECONDS = 30.0
REQUEST_SECONDS = 5.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def examine(*, deep: bool = False) -> list[Finding]:
    """All checks in order; with wrong settings the first two only, since the rest would look at the wrong things."""
    findings = [python_version()]
    try:
        settings = Settings.load()
    except BadSettings as bad:
        return [*findings, Finding("settings", "wrong", str(bad), "correct it in the environment or in .env")]
    findings.append(Finding("settings", "ok", "every value can be used"))
    running = holder(settings.home)
    checks: list[Callable[[Settings], Finding]] = [libraries, disk, keys, lambda s: weights(s, deep), licences]
    checks += [voice, faces, database, media, catalogue, search, lambda s: broker(s, running), bot_api, browser]
    for check in checks:
        findings.append(check(settings))
    findings += ports(settings, running)
    return findings


def python_version() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("python", "ok", version)
    return Finding(
        "python", "wrong", f"{version} is not 3.11 to 3.13", "sudo apt-get install python3.11 python3.11-venv"
    )


def libraries(settings: Settings) -> Finding:
    """What llama.cpp takes from the system."""
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        return Finding("libraries", "wrong", "libgomp is missing", "sudo apt-get install libgomp1")
    return Finding("libraries", "ok", "libgomp is here")


def disk(settings: Settings) -> Finding:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free for {settings.home}"
    if not os.access(place, os.W_OK):
        return Finding("disk", "wrong", f"{place} cannot be written to", "set HEED_HOME to a folder of yours")
    if free < FREE_BYTES:
        return Finding("disk", "wrong", said, "make 2 GB free, or set HEED_HOME to a larger disk")
    return Finding("disk", "ok", said)


def keys(settings: Settings) -> Finding:
    from workers.journal.keys import Keyring, KeysUnusable

    path = settings.keys_path
    if not path.exists():
        return Finding("keys", "note", f"no key file at {path} yet", "`heed up` makes it; keep a copy apart")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding("keys", "wrong", f"others may read {path} (mode {mode:o})", f"chmod 600 '{path}'")
    try:
        Keyring.open(path)
    except KeysUnusable as error:
        return Finding("keys", "wrong", str(error), "put your copy of the key file back")
    return Finding("keys", "ok", f"{path}, mode {mode:o}")


def weights(settings: Settings, deep: bool) -> Finding:
    from bot.commands.weights import state_of

    wanted = settings.wanted_weights
    if not wanted:
        return Finding("weights", "ok", "none needed with these settings")
    for name in wanted:
        state = state_of(settings, name, deep=deep)
        if state != "here":
            return Finding("weights", "wrong", f"{name} is {state}", f"heed models pull {name}")
    how = "sha256 as it should be" if deep else "size as it should be (--deep reads it all)"
    return Finding("weights", "ok", f"{', '.join(wanted)}: {how}")


def licences(settings: Settings) -> Finding:
    """Whether a head in use was trained on data that forbid commercial use."""
    from models.weights import UnreadableCard, learned

    try:
        used = [head for head in learned() if head.serves(settings.weights_licence)]
    except (UnreadableCard, OSError) as error:
        return Finding("licences", "wrong", str(error), "git checkout -- models")
    bound = [head.name for head in used if not head.commercial]
    if not bound:
        return Finding("licences", "ok", "the training data of every head in use allow commercial use")
    return Finding(
        "licences", "note", f"not for commercial use, by their training data: {', '.join(bound)}",
        "HEED_WEIGHTS_LICENCE=open chooses heads trained without such data",
    )  # fmt: skip


def voice(settings: Settings) -> Finding:
    """Whether recordings can be decoded and heard where the settings say, and answers spoken."""
    # In a process of its own: the command itself loads no library of models.
    runs = "import subprocess as s, imageio_ffmpeg as f; s.run([f.get_ffmpeg_exe(), '-version'], check=True)"
    if subprocess.run([sys.executable, "-c", runs], capture_output=True, check=False).returncode:
        return Finding(
            "voice", "wrong", "no ffmpeg that runs, to decode recordings",
            "`make install`, and IMAGEIO_FFMPEG_EXE unset or another",
        )  # fmt: skip
    if settings.recogniser_device == "cuda" and not gpus():
        return Finding(
            "voice", "wrong", "HEED_RECOGNISER_DEVICE is cuda, and no GPU answers",
            "install NVIDIA's driver, or set HEED_RECOGNISER_DEVICE=cpu",
        )  # fmt: skip
    heard = f"ffmpeg is here; heard on {settings.recogniser_device}"
    if settings.synthesiser != "server":
        spoken = "not spoken" if settings.synthesiser == "none" else f"spoken by {settings.synthesiser}"
        return Finding("voice", "ok", f"{heard}, {spoken}")
    host = urlsplit(settings.synthesiser_url or "").hostname
    return _speech_server(settings) or Finding("voice", "ok", f"{heard}, spoken by {host}")


def _speech_server(settings: Settings) -> Finding | None:
    """What is wrong with the server of `HEED_SYNTHESISER_URL`; None where it answers, be it that it has no list."""
    request = urllib.request.Request(f"{settings.synthesiser_url}/models")
    if settings.synthesiser_key:
        request.add_header("Authorization", f"Bearer {settings.synthesiser_key.get_secret_value()}")
    try:
        urllib.request.urlopen(request, timeout=REQUEST_SECONDS).close()
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            return Finding(
                "voice", "wrong", "the speech server does not accept the key", "correct HEED_SYNTHESISER_KEY"
            )
    except (OSError, ValueError, http.client.HTTPException):
        host = urlsplit(settings.synthesiser_url or "").hostname
        return Finding(
            "voice", "wrong", f"the speech server {host} cannot be reached; answers stay written",
            "start it, or correct HEED_SYNTHESISER_URL",
        )  # fmt: skip
    return None


def faces(settings: Settings) -> Finding:
    """Whether pictures can be decoded and faces found in them."""
    from bot.commands.weights import state_of
    from workers.settings import FACES

    # In a process of its own: the command itself loads no library of models.
    runs = "import PIL, pillow_heif, onnxruntime, ai_edge_litert.interpreter"
    if subprocess.run([sys.executable, "-c", runs], capture_output=True, check=False).returncode:
        return Finding("faces", "wrong", "pictures cannot be decoded, or faces not be found", "`make install`")
    if (state := state_of(settings, FACES)) != "here":
        said = f"{FACES} is {state}; photos are answered without being looked at"
        return Finding(
            "faces", "wrong" if FACES in settings.wanted_weights else "note", said, f"heed models pull {FACES}"
        )
    if settings.face_model and not (settings.weights_folder / settings.face_model).is_dir():
        return Finding(
            "faces", "wrong", f"HEED_FACE_MODEL names {settings.face_model}, which is no folder of the weights",
            "put there what `heed train face --out FOLDER` writes, or unset HEED_FACE_MODEL",
        )  # fmt: skip
    # A driver is not enough: the runtime that is installed must have been built for it.
    runs = "import sys, onnxruntime as o; sys.exit('CUDAExecutionProvider' not in o.get_available_providers())"
    if settings.face_device == "cuda" and (
        not gpus() or subprocess.run([sys.executable, "-c", runs], capture_output=True, check=False).returncode
    ):
        return Finding(
            "faces", "wrong", "HEED_FACE_DEVICE is cuda, and no GPU answers onnxruntime; the CPU reads faces",
            "install NVIDIA's driver and onnxruntime-gpu in place of onnxruntime, or set HEED_FACE_DEVICE=cpu",
        )  # fmt: skip
    return Finding("faces", "ok", f"pictures can be decoded; {FACES} is here")


def gpus() -> int:
    """How many GPUs NVIDIA's driver answers for."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return 0
    return count.value


def database(settings: Settings) -> Finding:
    from workers.journal import migrate
    from workers.journal.database import Journal, JournalUnavailable
    from workers.journal.keys import Keyring, KeysUnusable

    file = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database.startswith("sqlite") and not file.exists():
        return Finding("database", "note", f"no database at {file} yet", "`heed up` makes it")
    try:
        journal = Journal(settings.database, Keyring.open(settings.keys_path))
    except KeysUnusable:
        return Finding("database", "wrong", "there is a database and no usable key file", "put your key file back")
    try:
        with journal.read():
            current = migrate.current(journal)
    except (JournalUnavailable, OSError) as error:
        return Finding("database", "wrong", str(error), "see that the server runs and HEED_DATABASE_URL is right")
    finally:
        journal.close()
    if current != migrate.head():
        return Finding("database", "wrong", f"is at {current or 'nothing'}, not {migrate.head()}", "heed db upgrade")
    return Finding("database", "ok", f"reachable, at {current}")


def broker(settings: Settings, running: int | None) -> Finding:
    if settings.broker_url is None:
        try:
            binary = redis_server.binary()
        except redis_server.NoRedis as error:
            return Finding("broker", "wrong", str(error))
        if running is not None and not redis_server.answers(settings.redis_socket):
            return Finding(
                "broker", "wrong", "Heed runs and its Redis does not answer", "see logs/redis.log in HEED_HOME"
            )
        said = "answers" if running is not None else f"embedded, {binary.name} is here"
        return Finding("broker", "ok", said)
    parts = urlsplit(settings.broker_url)
    try:
        if parts.scheme == "redis+socket":
            reachable = redis_server.answers(Path(parts.path))
        elif parts.scheme in {"redis", "rediss"}:
            socket.create_connection((parts.hostname or "localhost", parts.port or 6379), REQUEST_SECONDS).close()
            reachable = True
        else:
            reachable = True
    except OSError:
        reachable = False
    if reachable:
        return Finding("broker", "ok", "reachable")
    return Finding("broker", "wrong", "cannot be reached", "start the server, or correct or remove HEED_BROKER_URL")


def bot_api(settings: Settings) -> Finding:
    """Asks getMe; the answer's date also tells how far this machine's clock is off."""
    if settings.plays and holder(settings.home) is None:
        return Finding("telegram", "ok", "the playground, started by `heed up`")
    try:
        with urllib.request.urlopen(
            f"{settings.api_url}/bot{settings.token}/getMe", timeout=REQUEST_SECONDS
        ) as answer:
            bot = json.load(answer)["result"]
            date = answer.headers.get("Date")
    except urllib.error.HTTPError as error:
        if error.code in {401, 404}:
            return Finding("telegram", "wrong", "the token is not accepted", "ask @BotFather for a new one")
        return Finding("telegram", "wrong", f"the server answers HTTP {error.code}", "try again later")
    except (OSError, ValueError, KeyError):
        host = urlsplit(settings.api_url).hostname
        return Finding("telegram", "wrong", f"{host} cannot be reached", "see the network, or HEED_TELEGRAM_API_URL")
    if date is not None:
        skew = abs(time.time() - email.utils.parsedate_to_datetime(date).timestamp())
        if skew > SKEW_SECONDS:
            return Finding("clock", "wrong", f"is {skew:.0f} s off the server's", "sudo timedatectl set-ntp true")
    return Finding("telegram", "ok", f"@{bot.get('username')} answers")


def browser(settings: Settings) -> Finding:
    if any(shutil.which(name) for name in BROWSERS):
        return Finding("browser", "ok", "for the browser tests")
    return Finding("browser", "note", "none for the browser tests", "sudo apt-get install chromium")


def ports(settings: Settings, running: int | None) -> Iterator[Finding]:
    """The ports of `heed up`: free, or held by the Heed that runs here."""
    wanted = []
    if settings.plays:
        wanted.append(("HEED_PLAYGROUND_PORT", "127.0.0.1", settings.playground_port))
    if settings.webhook_url:
        wanted.append(("HEED_WEBHOOK_PORT", settings.webhook_bind, settings.webhook_port))
    for key, host, port in wanted:
        if running is not None:
            yield Finding("port", "ok", f"{port}: Heed runs here (process {running})")
        elif port_free(host, port):
            yield Finding("port", "ok", f"{port} is free")
        else:
            yield Finding("port", "wrong", f"{port} is taken by another program", f"set {key} to a free one")
