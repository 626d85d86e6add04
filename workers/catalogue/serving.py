"""`heed music serve`: the HTTP API as a program of its own, until Ctrl-C."""

import contextlib
import socket

import uvicorn

from workers.catalogue.api import Counter, application
from workers.catalogue.failure import CatalogueFailed, Interrupted, WrongInput
from workers.catalogue.shelf import Shelf
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.media.opening import store_from
from workers.settings import Settings


def serve(settings: Settings, host: str, port: int) -> None:
    """Answers until it is stopped. Raises `WrongInput` where no token is set (without one nobody is let in), and
    `CatalogueFailed` where it cannot listen there."""
    if settings.api_token is None:
        raise WrongInput("HEED_API_TOKEN is not set: whoever asks for music must show it")
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    counter = Counter(Shelf(journal, settings.home / "music"), journal, store_from(settings))
    api = application(counter, settings.api_token.get_secret_value())
    # Its own log would hold addresses, and a question with its feeling may stand in one.
    server = uvicorn.Server(uvicorn.Config(api, access_log=False, log_config=None, server_header=False))
    try:
        with _listening(host, port) as listening, contextlib.suppress(Interrupted):
            server.run([listening])
    finally:
        journal.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise CatalogueFailed(f"nobody can listen at {host}, port {port}: {error.strerror}") from None
