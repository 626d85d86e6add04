"""Keeps the leases of running turns alive, from one thread a process."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from workers.journal import turns
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.turns import RENEW_EVERY_S, Claim

log = logging.getLogger(__name__)


class Renewer:
    """Renews every held claim each ten seconds. A claim that is lost is only logged: the token fences its writes."""

    def __init__(self, journal: Journal, every_s: float = RENEW_EVERY_S) -> None:
        self._journal = journal
        self._every_s = every_s
        self._held: dict[str, Claim] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()

    @contextmanager
    def keep(self, claim: Claim) -> Iterator[None]:
        with self._lock:
            self._held[claim.token] = claim
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="lease-renewer", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(claim.token, None)

    def _renew(self) -> None:
        while True:
            self._wake.wait(self._every_s)
            with self._lock:
                held = list(self._held.values())
            for claim in held:
                try:
                    with self._journal.write() as session:
                        kept = turns.renew(session, claim)
                except JournalUnavailable as error:
                    log.warning("lease not renewed: turn=%s error=%s", claim.turn_id, error)
                    continue
                if not kept:
                    log.info("lease lost: turn=%s", claim.turn_id)
