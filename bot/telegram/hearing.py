"""What the danger screen hears: one message alone, and joined with what the chat said in the last two minutes."""

import json
import time
from collections import OrderedDict, deque

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.telegram.arrival import Envelope, open_envelope
from models import danger
from models.danger import Hit, Kind, Tier
from models.words import as_language
from workers.journal import conversations
from workers.journal.lately import JOIN_WITHIN, MOST, words_before
from workers.journal.people import key_of
from workers.journal.tables import Inbox, Person, TurnMessage, is_waiting, now

CHATS = 20_000
HITS = 2_000


class Hearing:
    """Remembers in memory, so that it hears joined messages with the database down."""

    def __init__(self) -> None:
        self._heard: dict[int, deque[tuple[float, int, str]]] = {}
        self._hits: OrderedDict[int, Hit] = OrderedDict()

    def hear(self, envelope: Envelope) -> Hit | None:
        """Screens with what this process remembers. Pure but for the memory; no I/O."""
        chat_id = envelope.arrival.chat_id
        if envelope.words is None or not envelope.private or chat_id is None or envelope.telegram_id is None:
            return None
        if envelope.update_id in self._hits:  # Telegram sends again what could not be stored
            return self._hits[envelope.update_id]
        heard = self._recent(chat_id)
        message_id = envelope.arrival.message_id
        hit = danger.screen(envelope.words, [words for _, number, words in heard if number < message_id])
        if hit is not None:
            heard.clear()  # answered: what led to it must not ring again with the next message
            self._hits[envelope.update_id] = hit
            if len(self._hits) > HITS:
                self._hits.popitem(last=False)
        elif not any(number == message_id and words == envelope.words for _, number, words in heard):
            heard.append((time.monotonic(), message_id, envelope.words))
        return hit

    def numbers(self, chat_id: int | None) -> frozenset[int]:
        """The messages of a chat that `hear` has joined with its newest, by message_id."""
        return frozenset(number for _, number, _ in self._heard.get(chat_id or 0, ()))

    def _recent(self, chat_id: int) -> deque[tuple[float, int, str]]:
        oldest = time.monotonic() - JOIN_WITHIN.total_seconds()
        if len(self._heard) > CHATS:
            self._heard = {chat: kept for chat, kept in self._heard.items() if kept and kept[-1][0] > oldest}
        heard = self._heard.setdefault(chat_id, deque(maxlen=MOST))
        while heard and heard[0][0] < oldest:
            heard.popleft()
        return heard


def look_closer(session: Session, envelope: Envelope, person: Person, heard: frozenset[int]) -> Hit | None:
    """What memory cannot know: a yes to the question Heed asked, and messages that another process took in.

    `heard`: the messages that memory has joined already; where the database knows no other, nothing is read twice.
    """
    if envelope.words is None:
        return None
    conversation = conversations.current(session, person)
    if conversation.asked and not envelope.edited:
        kind, conversation.asked = Kind(conversation.asked), None
        if danger.affirms(envelope.words):
            return Hit(tier=Tier.clear, kind=kind, language=as_language(person.language), rule="affirmed")
    if _stored_numbers(session, envelope, person) <= heard:
        return None
    before = _stored_words(session, envelope, person)
    return danger.screen(envelope.words, before) if before else None


def _stored_numbers(session: Session, envelope: Envelope, person: Person) -> set[int]:
    """The message_ids of what `_stored_words` would read."""
    taken = session.scalars(
        select(TurnMessage.message_id).where(
            TurnMessage.person_id == person.id,
            TurnMessage.received_at > now() - JOIN_WITHIN,
            TurnMessage.message_id < envelope.arrival.message_id,
        )
    )
    waiting = session.scalars(
        select(Inbox.message_id).where(
            Inbox.bot_id == person.bot_id,
            Inbox.chat_id == envelope.arrival.chat_id,
            is_waiting(),
            Inbox.message_id < envelope.arrival.message_id,
        )
    )
    return {*taken, *waiting}


def _stored_words(session: Session, envelope: Envelope, person: Person) -> list[str]:
    key = key_of(session, person)
    found = words_before(session, person.id, envelope.arrival.message_id, key)
    waiting = session.scalars(
        select(Inbox)
        .where(
            Inbox.bot_id == person.bot_id,
            Inbox.chat_id == envelope.arrival.chat_id,
            is_waiting(),
            Inbox.message_id < envelope.arrival.message_id,
        )
        .order_by(Inbox.message_id.desc())
        .limit(MOST)
    )
    for item in waiting:
        words = _words_of(item, person.bot_id, key.unseal(item.payload)) if item.payload and item.person_id else None
        if words:
            found[item.message_id] = words
    return [found[number] for number in sorted(found)]


def _words_of(item: Inbox, bot_id: int, raw: str) -> str | None:
    envelope = open_envelope(bot_id, json.loads(raw))
    return envelope.words if envelope else None
