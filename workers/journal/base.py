"""What every table is made of: the types of its columns, random ids, aware times, partial indexes."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, text
from sqlalchemy.orm import DeclarativeBase

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


def random_id() -> str:
    return uuid.uuid4().hex
