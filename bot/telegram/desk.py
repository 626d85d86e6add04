"""The desk: takes stored updates up again, chats side by side and each chat in sequence.

A row is claimed by lease, parsed, handed to the one handler that fits, and marked handled in the transaction of its
effects. Running it again changes nothing; a row that cannot be parsed is dead after one attempt.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session
from telegram import Bot, Update
from telegram.ext import Application, CallbackContext

from bot.telegram.scene import Scene
from models.words import as_language, say
from workers.doorbell import Doorbell
from workers.journal import counters, inbox, outbox, people
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.inbox import ATTEMPTS, LEASE, Claimed
from workers.journal.keys import KeysUnusable
from workers.journal.outbox import Letter
from workers.journal.tables import Inbox
from workers.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 64  # chats whose updates are handled side by side
LOOK_EVERY_S = 1.0
AGAIN_S = 2.0  # before a handler that failed, or that had no database, is tried again

Effect = Callable[[Scene], None]


class Desk:
    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        bot_id: int,
        journal: Journal,
        doorbell: Doorbell,
        settings: Settings,
        written: Callable[[], None],
    ) -> None:
        self._application = application
        self._bot: Bot = application.bot
        self._bot_id = bot_id
        self._journal = journal
        self._doorbell = doorbell
        self._settings = settings
        self._written = written
        self._claims: dict[int, Claimed] = {}
        self._failures: dict[int, BaseException] = {}
        self._busy: set[int | None] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        application.add_error_handler(self._failed)

    def wake(self) -> None:
        """There may be something to handle."""
        self._wake.set()

    def handler(self, effect: Effect) -> Callable[[Update, CallbackContext[Any, Any, Any, Any]], Any]:
        """`effect` as a handler of the library: in a thread, in one transaction with the inbox row it handles."""

        async def handle(update: Update, _: CallbackContext[Any, Any, Any, Any]) -> None:
            claimed = self._claims[update.update_id]
            scene = await asyncio.to_thread(self._journal.transact, lambda s: self._play(s, update, claimed, effect))
            if scene is None:
                return
            self._written()
            for due in scene.rings:
                await asyncio.to_thread(self._doorbell.ring, *due)
            for follow_up in scene.afterwards:
                await asyncio.to_thread(follow_up)

        return handle

    async def run(self) -> None:
        """Handles what waits until cancelled."""
        while True:
            self._wake.clear()
            try:
                claims = await asyncio.to_thread(self._claim, frozenset(self._busy))
            except JournalUnavailable as error:
                log.warning("inbox not read: error=%s", error)
                claims = []
            for claimed in claims:
                self._busy.add(claimed.chat_id)
                task = asyncio.create_task(self._serve(claimed))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
            except TimeoutError:
                continue

    async def drain(self, seconds: float) -> None:
        """Waits for the handlers that are under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def _claim(self, busy: frozenset[int | None]) -> list[Claimed]:
        """Claims the oldest row of every chat that waits and is not busy, all in one transaction."""
        with self._journal.read() as session:
            chats = [chat for chat in inbox.waiting_chats(session, self._bot_id) if chat not in busy]
        del chats[max(0, AT_ONCE - len(busy)) :]
        return self._journal.transact(lambda session: self._claim_each(session, chats)) if chats else []

    def _claim_each(self, session: Session, chats: list[int | None]) -> list[Claimed]:
        claims: list[Claimed] = []
        for chat_id in chats:
            try:
                claimed = inbox.claim(session, self._bot_id, chat_id)
            except KeysUnusable as error:
                log.critical("an inbox row does not open: %s", error)
                continue
            if claimed is not None:
                claims.append(claimed)
        return claims

    async def _serve(self, claimed: Claimed) -> None:
        """Handles one row. The chat's next one is found when this is done."""
        try:
            await self._try(claimed)
        finally:
            self._busy.discard(claimed.chat_id)
            self._wake.set()

    async def _try(self, claimed: Claimed) -> None:
        """Handles one row under its claim. While the database is away, again and again as long as the lease lasts."""
        until = asyncio.get_running_loop().time() + LEASE.total_seconds() - AGAIN_S
        while True:
            try:
                return await self._handle(claimed)
            except JournalUnavailable as error:
                log.warning("chat left for later: error=%s", error)
            if asyncio.get_running_loop().time() > until:
                return None
            await asyncio.sleep(AGAIN_S)

    async def _handle(self, claimed: Claimed) -> None:
        try:
            update = Update.de_json(json.loads(claimed.raw), self._bot)
        except Exception as error:  # noqa: BLE001
            # Whatever the library cannot read of a stranger's JSON. Its text may hold words; its class does not.
            await self._bury(claimed, f"not an update: {type(error).__name__}")
            return
        self._claims[claimed.update_id] = claimed
        try:
            await self._application.process_update(update)
        finally:
            self._claims.pop(claimed.update_id, None)
        failure = self._failures.pop(claimed.update_id, None)
        if failure is not None:
            await self._after_failure(claimed, failure)

    async def _failed(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        if isinstance(update, Update) and context.error is not None:
            self._failures[update.update_id] = context.error

    async def _after_failure(self, claimed: Claimed, failure: BaseException) -> None:
        """Leaves the row for another try, or gives it up."""
        name = type(failure).__name__
        if isinstance(failure, JournalUnavailable):
            raise failure
        log.error("handler failed: update=%s attempt=%s error=%s", claimed.update_id, claimed.attempts, name)
        if claimed.attempts >= ATTEMPTS:
            await self._bury(claimed, name)
            return
        await asyncio.to_thread(
            self._journal.transact, lambda session: inbox.release(session, claimed, AGAIN_S, name)
        )

    async def _bury(self, claimed: Claimed, failure: str) -> None:
        def bury(session: Session) -> None:
            row = session.get(Inbox, (claimed.bot_id, claimed.update_id))
            person = people.get(session, row.person_id) if row and row.person_id else None
            if inbox.died(session, claimed, failure) and person is not None:
                words = say(as_language(person.language), "input.unreadable")
                letter = Letter({"text": words}, "answer", "unreadable")
                outbox.put(
                    session, claimed.bot_id, person.telegram_id, f"u:{claimed.update_id}", letter, person=person
                )
            counters.add(session, "inbox.dead")

        log.error("update is dead: update=%s cause=%s", claimed.update_id, failure)
        await asyncio.to_thread(self._journal.transact, bury)
        self._written()

    def _play(self, session: Session, update: Update, claimed: Claimed, effect: Effect) -> Scene | None:
        row = session.get(Inbox, (claimed.bot_id, claimed.update_id))
        person = people.get(session, row.person_id) if row and row.person_id else None
        if row is None or not inbox.handled(session, claimed):
            return None
        scene = Scene(session, update, claimed, self._settings, person)
        effect(scene)
        return scene
