"""Daily counts without personal data."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from workers.journal.tables import Counter, now


def add(session: Session, name: str, by: int = 1) -> None:
    """Adds to today's (UTC) count of `name`."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = insert(Counter).values(day=now().date().isoformat(), name=name, value=by)
    session.execute(
        statement.on_conflict_do_update(index_elements=["day", "name"], set_={"value": Counter.value + by})
    )


def totals(session: Session, prefix: str = "") -> dict[str, int]:
    """Sums over all days of every count whose name begins with `prefix`."""
    sums: dict[str, int] = {}
    for row in session.scalars(select(Counter).where(Counter.name.startswith(prefix))):
        sums[row.name] = sums.get(row.name, 0) + row.value
    return sums
