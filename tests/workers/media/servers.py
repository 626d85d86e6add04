"""S3 servers on this machine: two that behave, each in its way, and one that misbehaves as it is told."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workers.media.s3 import Access

KEY, SECRET, BUCKET = "heed-tests", "no-secret-of-anybody", "heed-media"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def access(endpoint: str, **more: object) -> Access:
    given = {"bucket": BUCKET, "prefix": "house", "endpoint": endpoint, "region": "us-east-1", "key": KEY}
    given |= {"secret": SECRET, "path_style": True}
    return Access(**(given | more))  # type: ignore[arg-type]


@contextmanager
def nanio(folder: Path) -> Iterator[str]:
    """Checks every signature."""
    port = free_port()
    environment = {**os.environ, "NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder), "--host", "127.0.0.1"]
    with _running([*command, "--port", str(port)], environment, port) as url:
        yield url


@contextmanager
def moto() -> Iterator[str]:
    """Knows policies, access lists and encryption; any key will do."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, dict(os.environ), port) as url:
        yield url


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[str]:
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server never listened"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


class Rude(BaseHTTPRequestHandler):
    """Answers everything with one status and one body; or not at all."""

    status, body, announced, pause = 503, b"", 0, 0.0

    def handle_one_request(self) -> None:
        if self.status == 0:
            time.sleep(60)
        elif self.status == 1:
            self.connection.close()
        else:
            super().handle_one_request()

    def _answer(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(self.announced or len(self.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked has gone
            for place in range(len(self.body) if self.pause and self.command != "HEAD" else 0):
                time.sleep(self.pause)
                self.wfile.write(self.body[place : place + 1])
            if self.command != "HEAD" and not self.pause:
                self.wfile.write(self.body)
        self.close_connection = True

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def rude(status: int, body: bytes = b"", announced: int = 0, pause: float = 0.0) -> Iterator[str]:
    """Status 0: silence. Status 1: the connection is cut. `announced`: a length that the body does not have. `pause`:
    seconds before every byte of the body."""
    given = {"status": status, "body": body, "announced": announced, "pause": pause}
    handler = type("Handler", (Rude,), given)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
