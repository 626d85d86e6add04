"""Intake: every update is stored before Telegram is told that it may forget it. The same for polling and webhook."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from bot.telegram.alarm import Alarm
from bot.telegram.arrival import Envelope, open_envelope
from bot.telegram.hearing import Hearing, look_closer
from models.danger import Hit
from workers.journal import inbox, people
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import KeysUnusable

log = logging.getLogger(__name__)


class Intake:
    """`journal` should give up quickly on a locked database: nothing is confirmed then, and comes again."""

    def __init__(self, bot_id: int, journal: Journal, alarm: Alarm, arrived: Callable[[], None]) -> None:
        self._bot_id = bot_id
        self._journal = journal
        self._alarm = alarm
        self._hearing = Hearing()
        self._ear = ThreadPoolExecutor(1, thread_name_prefix="hearing")
        self._arrived = arrived

    async def take(self, updates: Sequence[object]) -> bool:
        """Takes a batch in. True where every update of it is stored, so that Telegram may forget them all."""
        opened = [open_envelope(self._bot_id, update) for update in updates]
        envelopes = [envelope for envelope in opened if envelope is not None]
        if len(envelopes) < len(opened):
            log.error("updates without a usable id dropped: count=%s", len(opened) - len(envelopes))
        # In a thread: a full batch takes a second to read, and whatever else the bot does would stand still. In one
        # of its own, that no handler can be hanging in.
        hits = await asyncio.get_running_loop().run_in_executor(self._ear, self._hear, envelopes)
        alarms = [asyncio.create_task(self._alarm.answer(envelope, hit)) for envelope, hit in hits]
        in_danger = {envelope.update_id for envelope, _ in hits}
        calm = [envelope for envelope in envelopes if envelope.update_id not in in_danger]
        stored = True
        if calm:
            try:
                await asyncio.to_thread(self._journal.transact, lambda session: self._store(session, calm))
            except JournalUnavailable as error:
                log.error("updates not stored, so not confirmed: count=%s error=%s", len(calm), error)
                stored = False
        for alarm in alarms:
            stored = await alarm and stored
        self._arrived()
        return stored

    def _hear(self, envelopes: Sequence[Envelope]) -> list[tuple[Envelope, Hit]]:
        return [(envelope, hit) for envelope in envelopes if (hit := self._hearing.hear(envelope)) is not None]

    def _store(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if inbox.known(session, self._bot_id, envelope.update_id):
                continue  # before anybody is met: who was forgotten meanwhile must not come back with an old update
            try:
                with session.begin_nested():
                    self._keep(session, envelope)
            except KeysUnusable as error:  # one damaged row must not stop everybody
                log.critical("update not kept, its person's key does not open: update=%s", envelope.update_id)
                inbox.store(session, envelope.arrival, None, dead=str(error))

    def _keep(self, session: Session, envelope: Envelope) -> None:
        person = None
        if envelope.private and envelope.telegram_id is not None:
            person = people.meet(session, self._bot_id, envelope.telegram_id, envelope.language)
            hit = look_closer(session, envelope, person, self._hearing.numbers(envelope.arrival.chat_id))
            if hit is not None:
                self._alarm.store(session, envelope, hit)
                return
        inbox.store(session, envelope.arrival, person)
