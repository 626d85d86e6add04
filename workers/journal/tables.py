"""The tables. All times are aware UTC; every column that holds words holds them sealed (bytes).

Indexes are chosen so that the cost of a message does not grow with the number of stored turns: open turns, unsent
outbox rows and unhandled inbox rows are each found through a partial index over just those rows.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, false, literal_column, true
from sqlalchemy.orm import Mapped, mapped_column

from workers.journal.base import Base as Base
from workers.journal.base import now as now
from workers.journal.base import only
from workers.journal.base import random_id as random_id
from workers.journal.feelings import Drawing as Drawing
from workers.journal.feelings import EmotionLog as EmotionLog
from workers.journal.feelings import FaceChoice as FaceChoice
from workers.journal.feelings import Reading as Reading
from workers.journal.music import Catalogue as Catalogue
from workers.journal.music import Pick as Pick
from workers.journal.music import PlaylistEntry as PlaylistEntry
from workers.journal.music import Track as Track
from workers.journal.music import TrackUpload as TrackUpload
from workers.journal.music import Wish as Wish

OPEN_TURN = "state IN ('received', 'perceived', 'composed', 'sending')"
UNSENT = "state IN ('queued', 'sending')"
WAITING = "state = 'waiting'"
UNSPOKEN = "speech IN ('instead', 'beside')"
OFFERED = "speech = 'offered'"
MUSIC_OFFERED = "music = 'offered'"


class Person(Base):
    """Whoever writes to one bot in private. `data_key` is the person's key, wrapped by the house key.

    `voice` is how answers come: "text", "voice", or "both".
    """

    __tablename__ = "person"
    __table_args__ = (Index("person_telegram", "bot_id", "telegram_id", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=random_id)
    bot_id: Mapped[int]
    telegram_id: Mapped[int]
    data_key: Mapped[bytes]
    language: Mapped[str] = mapped_column(String(2))
    country: Mapped[str | None] = mapped_column(String(2))
    persona: Mapped[str] = mapped_column(String(32), default="warm_friend")
    paused: Mapped[bool] = mapped_column(default=False)
    minor: Mapped[bool] = mapped_column(default=False)
    keep_nothing: Mapped[bool] = mapped_column(default=False)
    check_in_at: Mapped[datetime | None]
    introduced_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    quote_heard: Mapped[bool] = mapped_column(default=True, server_default=true())
    voice: Mapped[str] = mapped_column(String(8), default="text", server_default="text")
    readings_asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Conversation(Base):
    """One stretch of talk. A raised `epoch` makes everything unsent of the older epoch void.

    `asked` is the kind of danger that the last answer asked about, until the person answers. `voiceless_told`: the
    person wanted to hear an answer in a language without a voice, and was told so.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("conversation_current", "person_id", unique=True, **only("closed_at IS NULL")),
        Index("conversation_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(8), default="normal")
    careful_until: Mapped[datetime | None]
    asked: Mapped[str | None] = mapped_column(String(16))
    epoch: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now)
    reminded_at: Mapped[datetime | None]
    voiceless_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    closed_at: Mapped[datetime | None]


class Turn(Base):
    """What Heed answers at once: one or more messages of a person, and the answer to them.

    `queue` names the work that is due: to perceive while a recording of it has not been heard, else to compose.
    `speech`, `speech_attempts` and `speak_by` belong to journal/speeches.py. Once the turn is composed, the lease and
    `ring_at` are those of whoever speaks it. `music`: whether its answer has, or had, a button for music.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("turn_open", "person_id", "id", **only(OPEN_TURN)),
        Index("turn_due", "ring_at", **only(OPEN_TURN)),
        Index("turn_conversation", "conversation_id", "id"),
        Index("turn_kept", "opened_at", **only("answer IS NOT NULL")),
        Index("turn_unspoken", "ring_at", **only(UNSPOKEN)),
        Index("turn_offered", "person_id", **only(OFFERED)),
        Index("turn_music", "person_id", **only(MUSIC_OFFERED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8), default="reply")
    state: Mapped[str] = mapped_column(String(10), default="received")
    queue: Mapped[str] = mapped_column(String(8), default="compose", server_default="compose")
    epoch: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    closed_to_merging: Mapped[bool] = mapped_column(default=False)
    compositions: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    ring_at: Mapped[datetime]
    answer: Mapped[bytes | None]
    source: Mapped[str | None] = mapped_column(String(40))
    decisions: Mapped[dict[str, Any] | None]
    failure: Mapped[str | None] = mapped_column(String(80))
    speech: Mapped[str | None] = mapped_column(String(8))
    speech_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    speak_by: Mapped[datetime | None]
    music: Mapped[str | None] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(default=now)
    composed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class TurnMessage(Base):
    """One message of a turn. `words` are sealed with the person's key and go when their time is over.

    A recording or a picture has `media` (sealed: where Telegram keeps it) until it was perceived, and `hearing`:
    "waiting", then "heard", "seen", or why not. `doubts` (sealed) are words that were hardly understood.
    """

    __tablename__ = "turn_message"
    __table_args__ = (
        Index("turn_message_origin", "bot_id", "chat_id", "message_id", unique=True),
        Index("turn_message_turn", "turn_id"),
        Index("turn_message_recent", "person_id", "received_at"),
        Index("turn_message_kept", "received_at", **only("words IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    message_id: Mapped[int]
    update_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), default="text")
    words: Mapped[bytes | None]
    media: Mapped[bytes | None]
    hearing: Mapped[str | None] = mapped_column(String(16))
    doubts: Mapped[bytes | None]
    edited: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)


class Inbox(Base):
    """One update as Telegram sent it. The payload goes when it is handled; the key stays 14 days."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_waiting", "bot_id", "chat_id", "message_id", **only(WAITING)),
        Index("inbox_received", "received_at"),
        Index("inbox_chat", "bot_id", "chat_id", "message_id"),
    )

    bot_id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int | None]
    message_id: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    payload: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    danger: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(default=now)


class Outbox(Base):
    """One request to the Bot API, made by the sender and nobody else. `body` is sealed and goes when it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_origin", "bot_id", "origin", "part", unique=True),
        Index("outbox_unsent", "bot_id", "priority", "id", **only(UNSENT)),
        Index("outbox_turn", "turn_id"),
        Index("outbox_person", "person_id", "id"),
        Index("outbox_closed", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    epoch: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes | None]
    priority: Mapped[int] = mapped_column(default=5)
    last: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[int | None]
    merged: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    sent_message_id: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


def is_open(turn: Any = Turn) -> ColumnElement[bool]:
    """Not in a terminal state: in the very words of the partial indexes.

    SQLite takes a partial index only where the query states the index's own condition, written out: the same states
    as bound values make it read the whole table.
    """
    return _among(turn.state, "received", "perceived", "composed", "sending")


def is_unsent(letter: Any = Outbox) -> ColumnElement[bool]:
    """Still to be sent, or under way; see `is_open`."""
    return _among(letter.state, "queued", "sending")


def is_waiting() -> ColumnElement[bool]:
    """An update that nobody has handled; see `is_open`."""
    return Inbox.state == literal_column("'waiting'")


def _among(column: Any, *states: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_([literal_column(f"'{state}'") for state in states])
    return found


class Consent(Base):
    """One yes or no, dated and with the version of the words it was given to. The latest of a kind counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("consent_person", "person_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    granted: Mapped[bool]
    version: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(default=now)


class Case(Base):
    """A danger event, for the team. The words only with the person's consent, sealed with the person's key."""

    __tablename__ = "case"
    __table_args__ = (Index("case_open", "state", "opened_at"), Index("case_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    turn_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(16))
    tier: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(8), default="open")
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_at: Mapped[datetime | None]
    note: Mapped[bytes | None]
    escalated_at: Mapped[datetime | None]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class Audit(Base):
    """Who of the team did what, and why. Rows can be added and nothing else: triggers refuse the rest."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class Tombstone(Base):
    """A person who asked to be forgotten: the random id that was theirs, so that a restored backup forgets again."""

    __tablename__ = "tombstone"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)


class Lease(Base):
    """One owner at a time for what must not run twice: the poller and the sender of a bot, the sweeper."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]


class GroupNotice(Base):
    """When a group last got its one sentence, so that it gets at most one a day."""

    __tablename__ = "group_notice"

    bot_id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)


class Counter(Base):
    """A daily count without personal data: danger activations by kind and tier, answers by source."""

    __tablename__ = "counter"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
