"""The danger protocol at the door: answered whatever else is down, before any model writes anything.

On a hit one transaction writes the inbox row, the turn with the reviewed text, the outbox row, the case and the
careful mode. A mere hint waits for the second opinion while the workers vouch that it is there and quick. Where the
database cannot be used at once, the text is sent directly and remembered by its update_id, and the update stays
unconfirmed at Telegram, so that the case is written when the database is back.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram.error import TelegramError

from bot.telegram.arrival import Envelope
from bot.telegram.spoken import Spoken
from models import danger
from models.danger import Hit
from workers.journal import alarms, inbox, leases, outbox, people, turns
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Inbox, Outbox, Person, Turn, TurnMessage, now
from workers.journal.turns import Said

log = logging.getLogger(__name__)

PATIENCE_S = 0.15
AWAY_S = 3.0  # a database that could not be used a moment ago is not waited for

SendNow = Callable[[int, str], Awaitable[int]]


class Alarm:
    """Answers danger. `send_now(chat_id, text)` speaks to Telegram past the outbox; returns the message's id."""

    def __init__(self, journal: Journal, send_now: SendNow, admins: tuple[int, ...] = ()) -> None:
        self._journal = journal
        self._send_now = send_now
        self._admins = admins
        self._spoken = Spoken()
        self._away_until = 0.0

    async def answer(self, envelope: Envelope, hit: Hit) -> bool:
        """Answers within a moment, through the outbox or directly. True once everything is stored."""
        storing = asyncio.create_task(
            asyncio.to_thread(self._journal.transact, lambda s: self.store(s, envelope, hit))
        )
        away = time.monotonic() < self._away_until
        await asyncio.wait({storing}, timeout=0.0 if away else PATIENCE_S)
        if not storing.done():
            await self._speak(envelope, hit)
        try:
            await storing
        except Exception as error:
            # What the transaction had left to the outbox went with it: it is to be said here, if it was not.
            self._spoken.take_back(envelope.update_id, "outbox")
            await self._speak(envelope, hit)
            if not isinstance(error, JournalUnavailable):
                raise
            self._away_until = time.monotonic() + AWAY_S
            log.error("danger answered, not stored yet: update=%s error=%s", envelope.update_id, error)
            return False
        self._away_until = 0.0
        message_id = self._spoken.message(envelope.update_id)
        if message_id is not None:
            await self._complete(envelope, hit, message_id)
        return True

    async def _complete(self, envelope: Envelope, hit: Hit, message_id: int) -> None:
        """What the door said gets its buttons, and its id is kept so that it can be forgotten."""
        try:
            await asyncio.to_thread(
                self._journal.transact, lambda session: self._put_buttons(session, envelope, hit, message_id)
            )
        except JournalUnavailable as error:
            log.error("danger text without buttons: update=%s error=%s", envelope.update_id, error)

    def _put_buttons(self, session: Session, envelope: Envelope, hit: Hit, message_id: int) -> None:
        arrival = envelope.arrival
        turn = session.scalar(
            select(Turn)
            .join(TurnMessage, TurnMessage.turn_id == Turn.id)
            .where(
                TurnMessage.bot_id == arrival.bot_id,
                TurnMessage.chat_id == arrival.chat_id,
                TurnMessage.message_id == arrival.message_id,
                Turn.kind == "danger",
            )
        )
        person = session.get(Person, turn.person_id) if turn else None
        if turn is None or person is None:
            return
        row = session.scalar(select(Outbox).where(Outbox.turn_id == turn.id, Outbox.part == "text"))
        if row is not None:
            row.sent_message_id = message_id
        body = {"message_id": message_id, "reply_markup": alarms.keyboard(person, turn.id, hit)}
        letter = Letter(body, "edit", "buttons", "editMessageReplyMarkup", outbox.URGENT)
        outbox.put_of_turn(session, turn, letter, person)

    async def _speak(self, envelope: Envelope, hit: Hit) -> None:
        if not self._spoken.may(envelope.update_id, "door"):
            return
        try:
            if envelope.arrival.chat_id is not None:
                text = danger.answer(hit, alarms.speaks(hit, envelope.language), None)
                message_id = await self._send_now(envelope.arrival.chat_id, text)
                self._spoken.said(envelope.update_id, message_id)
        except TelegramError as error:
            self._spoken.take_back(envelope.update_id, "door")
            log.error("danger text not sent directly: update=%s error=%s", envelope.update_id, type(error).__name__)

    def store(self, session: Session, envelope: Envelope, hit: Hit) -> bool:
        """Writes everything of one danger event. False where the update is known already."""
        arrival = envelope.arrival
        if arrival.chat_id is None or envelope.telegram_id is None:
            raise ValueError("danger without a chat")
        if inbox.known(session, arrival.bot_id, arrival.update_id):
            return False
        person = people.meet(session, arrival.bot_id, envelope.telegram_id, envelope.language)
        if self._may_wait(session, envelope, hit):
            return inbox.store(session, arrival, person)
        if not inbox.store(session, arrival, person, danger=True):
            return False
        self._close_inbox(session, envelope)
        turn = alarms.sound(
            session,
            person,
            hit,
            answers=arrival.message_id,
            words=envelope.words,
            admins=self._admins,
            make_turn=lambda conversation, text: self._turn(session, envelope, person, conversation, text),
        )
        if not self._spoken.may(arrival.update_id, "outbox"):
            row = session.scalar(select(Outbox).where(Outbox.turn_id == turn.id, Outbox.part == "text"))
            if row is not None:  # the door has said it already
                outbox.sent(session, row.id, None)
        return True

    def _may_wait(self, session: Session, envelope: Envelope, hit: Hit) -> bool:
        """Whether a mere hint is left to the workers' second opinion, which reads it before anything is written.

        Only while they vouch for it, and not where the door has spoken, or where the hint is not of this message
        alone and they could not find it again.
        """
        if envelope.edited or not leases.held(session, leases.JUDGE):
            return False
        return danger.can_wait(hit, envelope.words or "") and self._spoken.may(envelope.update_id, "outbox")

    def _close_inbox(self, session: Session, envelope: Envelope) -> None:
        """The event is the handling: nothing else is to be done with this update."""
        row = session.get(Inbox, (envelope.arrival.bot_id, envelope.update_id))
        if row is not None:
            row.state, row.payload = "handled", None

    def _turn(
        self, session: Session, envelope: Envelope, person: Person, conversation: Conversation, text: str
    ) -> Turn:
        arrival = envelope.arrival
        known = session.scalar(
            select(TurnMessage).where(
                TurnMessage.bot_id == arrival.bot_id,
                TurnMessage.chat_id == arrival.chat_id,
                TurnMessage.message_id == arrival.message_id,
            )
        )
        if known is not None:  # an edit: the message moves to the turn that answers it
            turn = turns.record_danger(session, person, conversation, text)
            known.turn_id, known.words, known.edited = (
                turn.id,
                key_of(session, person).seal(envelope.words or ""),
                True,
            )
            return turn
        sent_at = datetime.fromtimestamp(envelope.sent_at, UTC) if envelope.sent_at else now()
        said = Said(
            arrival.bot_id, arrival.chat_id or 0, arrival.message_id, arrival.update_id, envelope.words, sent_at
        )
        return turns.record_danger(session, person, conversation, text, said)
