"""What every table is made of: the types of its columns, random ids, aware times, partial indexes."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, LargeBinary, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from workers.journal.times import UTCTime


def now() -> datetime:
    return datetime.now(UTC)


def only(condition: str) -> dict[str, Any]:
    """A partial index over just these rows."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UTCTime(),
        int: BigInteger().with_variant(Integer(), "sqlite"),
        dict[str, Any]: JSON(),
        bytes: LargeBinary(),
    }


class Errand(Base):
    """The columns of what errands.py handles; every kind of it is a table of its own."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    ring_at: Mapped[datetime]


def random_id() -> str:
    return uuid.uuid4().hex
