"""The tables of what software believes somebody felt. Personal data, sealed like words; see tables.py."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workers.journal.base import Base, Errand, now


class Reading(Base):
    """What software believes somebody felt, from one message. `estimate` is sealed: probabilities, valence, arousal;
    absent where the model abstained, and then `abstained` is its reason. `consent` is the version that was agreed to.
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index("reading_turn", "turn_id", "modality", "message_id", unique=True),
        Index("reading_person", "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    message_id: Mapped[int]
    modality: Mapped[str] = mapped_column(String(8))
    model: Mapped[str] = mapped_column(String(64))
    estimate: Mapped[bytes | None]
    abstained: Mapped[str | None] = mapped_column(String(24))
    consent: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(default=now)


class EmotionLog(Base):
    """What all readings of one turn come to. `modalities` are those that counted, in their fixed order; `estimate`
    is sealed like that of a reading, and absent where the fusion abstained; `consent` is the diary's version."""

    __tablename__ = "emotion_log"
    __table_args__ = (
        Index("emotion_log_turn", "turn_id", unique=True),
        Index("emotion_log_person", "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    modalities: Mapped[str] = mapped_column(String(24))
    model: Mapped[str] = mapped_column(String(64))
    estimate: Mapped[bytes | None]
    abstained: Mapped[str | None] = mapped_column(String(24))
    consent: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


class Drawing(Errand):
    """A picture of the course of feelings that was asked for and is not drawn yet. `message_id` is the picture whose
    place it takes, if any."""

    __tablename__ = "drawing"
    __table_args__ = (
        Index("drawing_origin", "person_id", "origin", unique=True),
        Index("drawing_due", "ring_at"),
    )

    span: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[int | None]


class FaceChoice(Base):
    """The question which of several faces in a photo is the person's. `held` is sealed: where Telegram keeps the
    photo, and where in it the faces are. It goes with the answer, or after an hour."""

    __tablename__ = "face_choice"
    __table_args__ = (Index("face_choice_turn", "turn_id"), Index("face_choice_over", "until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    held: Mapped[bytes]
    until: Mapped[datetime]
