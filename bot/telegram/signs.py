"""Signs of life while a turn is open: the typing sign each 4 s for a minute, one holding sentence after 15 s; and the
sign of recording while an answer is spoken.

Where a recording has not been heard after 20 s, the person is told so, and where help is: it may tell of danger.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from models import danger
from models.words import as_language, variants
from workers.journal import outbox, recordings, speeches
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.outbox import Letter
from workers.journal.tables import Conversation, Person, Turn, is_open, now
from workers.journal.turns import PERCEIVE, THINKING

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
SHOWN_EVERY_S = 4.0
TYPING_FOR = timedelta(seconds=60)
HOLD_AFTER = timedelta(seconds=15)
UNHEARD_AFTER = timedelta(seconds=20)
HOLD_BEFORE = timedelta(minutes=10)  # whoever has waited longer gets one late answer, not a promise
AT_MOST = 200
SHOWN_AT_ONCE = 5  # signs a look: with more chats waiting than that, answers need the connection more


class Sign(NamedTuple):
    """What is shown at the top of a chat for some seconds."""

    chat_id: int
    action: ChatAction


class Signs:
    def __init__(self, bot: Bot, bot_id: int, journal: Journal) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._journal = journal
        self._shown: dict[Sign, float] = {}
        self._held: set[int] = set()
        self._warned: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Looks twice a second until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                signs = await asyncio.to_thread(self._look)
            except JournalUnavailable as error:
                log.warning("open turns not read: error=%s", error)
                continue
            at = asyncio.get_running_loop().time()
            self._shown = {sign: shown for sign, shown in self._shown.items() if at - shown < SHOWN_EVERY_S}
            for sign in [sign for sign in signs if sign not in self._shown][:SHOWN_AT_ONCE]:
                self._shown[sign] = at
                task = asyncio.create_task(self._show(sign))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _show(self, sign: Sign) -> None:
        try:
            await self._bot.send_chat_action(sign.chat_id, sign.action)
        except TelegramError as error:
            log.info("sign not sent: sign=%s error=%s", sign.action, type(error).__name__)

    def _look(self) -> list[Sign]:
        """The signs to show; queues the holding sentence where it is due."""
        at = now()
        with self._journal.read() as session:
            rows = session.execute(
                select(Turn.id, Turn.chat_id, Turn.opened_at, Turn.queue)
                .where(
                    Turn.bot_id == self._bot_id,
                    is_open(),
                    Turn.state.in_(THINKING),
                    Turn.opened_at > at - HOLD_BEFORE,
                )
                .limit(AT_MOST)
            ).all()
            spoken = session.scalars(
                select(Turn.chat_id)
                .where(Turn.bot_id == self._bot_id, speeches.is_unspoken(), Turn.speak_by > at)
                .limit(AT_MOST)
            ).all()
        late = [row.id for row in rows if at - row.opened_at > HOLD_AFTER and row.id not in self._held]
        if late:
            for turn_id in late:
                self._journal.transact(partial(self._hold, turn_id=turn_id))
            self._held.update(late)
        perceived = [row.id for row in rows if row.queue == PERCEIVE and row.id not in self._warned]
        unheard = self._unheard_too_long(perceived, at) if perceived else set()
        for turn_id in unheard:
            self._journal.transact(partial(self._warn, turn_id=turn_id))
        self._warned.update(unheard)
        self._held &= {row.id for row in rows}
        self._warned &= {row.id for row in rows}
        typed = {row.chat_id for row in rows if at - row.opened_at < TYPING_FOR}
        return [Sign(chat, ChatAction.TYPING) for chat in typed] + [
            Sign(chat, ChatAction.RECORD_VOICE) for chat in set(spoken) - typed
        ]

    def _unheard_too_long(self, turn_ids: list[int], at: datetime) -> set[int]:
        with self._journal.read() as session:
            return recordings.waiting_since(session, turn_ids, at - UNHEARD_AFTER)

    def _hold(self, session: Session, turn_id: int) -> None:
        def holding(person: Person) -> str:
            sentences = variants(as_language(person.language), "turn.holding")
            return sentences[turn_id % len(sentences)]

        self._tell(session, turn_id, "holding", holding)

    def _warn(self, session: Session, turn_id: int) -> None:
        if recordings.any_waiting(session, turn_id):
            self._tell(session, turn_id, "unheard", _unheard)

    def _tell(self, session: Session, turn_id: int, part: str, text: Callable[[Person], str]) -> None:
        turn = session.get(Turn, turn_id)
        if turn is None or turn.state not in THINKING:
            return
        person = session.get(Person, turn.person_id)
        conversation = session.get(Conversation, turn.conversation_id)
        if person is None or conversation is None or conversation.epoch != turn.epoch:
            return
        outbox.put_of_turn(session, turn, Letter({"text": text(person)}, "holding", part), person, conversation)


def _unheard(person: Person) -> str:
    return danger.while_unheard(as_language(person.language), person.country, young=person.minor)
