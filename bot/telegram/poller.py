"""Our own poller. An update is confirmed (by a higher offset) only when its whole batch is stored.

The library's own poller confirms what it fetches, logs a batch it cannot parse, and stops for good at one malformed
update (docs/adr/003). One poller a bot runs at a time: a lease decides which.
"""

import asyncio
import json
import logging
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.telegram.arrival import id_of
from bot.telegram.intake import Intake
from bot.telegram.link import behind_proxy
from workers.journal import leases
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.tables import random_id

log = logging.getLogger(__name__)

LONG_POLL_S = 25
BATCH = 100
LEASE_S = 8.0
PAUSE_S = 0.05  # before Telegram is asked again for what could not be stored
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member", "channel_post"]


class Poller:
    def __init__(self, api_url: str, token: str, intake: Intake, journal: Journal) -> None:
        self._url = f"{api_url}/bot{token}/getUpdates"
        self._name = f"poller:{token.split(':', 1)[0]}"
        self._intake = intake
        self._journal = journal
        self._me = random_id()
        self._offset: int | None = None
        self._mine = False
        self._known = asyncio.Event()

    def let_go(self) -> None:
        """Ends the lease, so that the next poller need not wait for it. Raises `JournalUnavailable`."""
        self._journal.transact(lambda session: leases.let_go(session, self._name, self._me))

    async def run(self) -> None:
        """Polls until cancelled. Nothing that Telegram, the network or the database does ends it."""
        timeout = ClientTimeout(total=None, sock_connect=10, sock_read=LONG_POLL_S + 10)
        async with ClientSession(timeout=timeout, trust_env=behind_proxy()) as client, asyncio.TaskGroup() as group:
            keeping = group.create_task(self._keep_lease())
            try:
                await self._known.wait()
                wait = 0.5
                while True:
                    if not self._mine:
                        await asyncio.sleep(0.2)
                        continue
                    worked = await self._poll(client)
                    wait = 0.5 if worked else min(wait * 2, 15)
                    if not worked:
                        await asyncio.sleep(wait)
            finally:
                keeping.cancel()

    async def _poll(self, client: ClientSession) -> bool:
        try:
            updates = await self._fetch(client)
        except (ClientError, OSError, ValueError) as error:
            log.warning("updates not fetched: error=%s", type(error).__name__)
            return False
        if not updates:
            return True
        if await self._intake.take(updates):
            numbers = [number for update in updates if (number := id_of(update)) is not None]
            if numbers:
                self._offset = max(numbers) + 1
            else:
                await asyncio.sleep(PAUSE_S)
        else:
            await asyncio.sleep(PAUSE_S)
        return True

    async def _fetch(self, client: ClientSession) -> list[Any]:
        query: dict[str, Any] = {"timeout": LONG_POLL_S, "limit": BATCH, "allowed_updates": ALLOWED}
        if self._offset is not None:
            query["offset"] = self._offset
        async with client.post(self._url, json=query) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            answer = json.loads(await response.read())
        updates = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(updates, list):
            raise ValueError("no list of updates")
        return updates

    async def _keep_lease(self) -> None:
        """Beside the polling: a database that is locked must not keep a danger text waiting.

        With the database away it polls on: it stores and confirms nothing then.
        """
        while True:
            try:
                self._mine = await asyncio.to_thread(
                    self._journal.transact, lambda session: leases.hold(session, self._name, self._me, LEASE_S)
                )
            except JournalUnavailable as error:
                log.warning("lease not renewed: error=%s", error)
                self._mine = True
            self._known.set()
            await asyncio.sleep(LEASE_S / 4 if self._mine else 1)
