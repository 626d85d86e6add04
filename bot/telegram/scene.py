"""The scene of one update: what a handler may see and do. Everything it does is in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session
from telegram import Message, Update

from models.words import Language, as_language, say
from workers.journal import conversations, introduction, outbox
from workers.journal.inbox import Claimed
from workers.journal.outbox import Letter
from workers.journal.tables import Conversation, Person, now
from workers.journal.turns import Due
from workers.settings import Settings


@dataclass
class Scene:
    """One update being handled. `rings` are turns to ring for after the commit; `afterwards` runs then, too."""

    session: Session = field(repr=False)
    update: Update = field(repr=False)
    claimed: Claimed
    settings: Settings = field(repr=False)
    person_or_none: Person | None = field(default=None, repr=False)
    rings: list[Due] = field(default_factory=list)
    afterwards: list[Callable[[], object]] = field(default_factory=list, repr=False)
    _parts: int = 0

    @property
    def person(self) -> Person:
        """The person of a private chat. Handlers of other chats must not ask."""
        if self.person_or_none is None:
            raise LookupError("this update belongs to no person")
        return self.person_or_none

    @property
    def message(self) -> Message:
        """The message that this update brings, new or edited."""
        found = self.update.message or self.update.edited_message
        if found is None:
            raise LookupError("this update brings no message")
        return found

    @property
    def language(self) -> Language:
        return as_language(self.person.language)

    @property
    def conversation(self) -> Conversation:
        return conversations.current(self.session, self.person)

    @property
    def origin(self) -> str:
        return f"u:{self.claimed.update_id}"

    @property
    def sent_at(self) -> datetime:
        """When the person sent it, by Telegram's clock; never later than now."""
        return min(self.message.date.astimezone(UTC), now())

    def words(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def answer(self, text: str, **body: Any) -> None:
        """Answers this update with one message."""
        self.send(Letter({"text": text, **body}, "answer", self._part()))

    def send(self, letter: Letter) -> None:
        """Queues one letter for this update's person."""
        outbox.put(
            self.session, self.claimed.bot_id, self.person.telegram_id, self.origin, letter, person=self.person
        )

    def introduce(self) -> None:
        """Queues the introduction behind the answer, if this person never had it."""
        introduction.introduce(
            self.session, self.person, self.origin, self.settings.min_age, self.settings.context_hours
        )

    def _part(self) -> str:
        self._parts += 1
        return f"a{self._parts}"
