"""Errands: what a person asked for besides an answer, and a worker fetches. No turn waits for one.

Whoever fetches has a lease, the attempt counted before the work; its token fences what it writes. The row goes with
what was fetched. The sweeper rings again for what was lost, and ends what failed at every attempt.
"""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workers.journal.base import Errand, now, random_id
from workers.journal.turns import Claim, Due

ATTEMPTS = 3
LEASE = timedelta(seconds=20)  # longer than any errand takes, so that nobody needs to renew it
RING_AGAIN = timedelta(seconds=2)
BACK_OFF_S = (1.0, 3.0)

Row = TypeVar("Row", bound=Errand)


def claim(session: Session, table: type[Errand], errand_id: int, queue: str) -> Claim | None:
    """Takes the errand for one lease, the attempt counted before the work."""
    at, token = now(), random_id()
    attempts = session.scalar(
        update(table)
        .where(
            table.id == errand_id,
            table.attempts < ATTEMPTS,
            or_(table.lease_until.is_(None), table.lease_until < at),
        )
        .values(lease_token=token, lease_until=at + LEASE, ring_at=at + LEASE, attempts=table.attempts + 1)
        .returning(table.attempts)
        .execution_options(synchronize_session=False)
    )
    return None if attempts is None else Claim(errand_id, token, attempts, queue)


def claimed(session: Session, table: type[Row], claim: Claim) -> Row | None:
    """The errand, if this claim still holds it."""
    errand = session.get(table, claim.turn_id, populate_existing=True, with_for_update=True)
    return errand if errand is not None and errand.lease_token == claim.token else None


def put_back(session: Session, table: type[Row], claim: Claim) -> Row | None:
    """Ends an attempt that failed; the sweeper rings again after the back-off. After the last one it returns the
    errand, which is to be given up."""
    errand = claimed(session, table, claim)
    if errand is None or claim.attempts >= ATTEMPTS:
        return errand
    due = now() + timedelta(seconds=BACK_OFF_S[min(claim.attempts, len(BACK_OFF_S)) - 1])
    errand.lease_token, errand.lease_until, errand.ring_at = None, due, due
    return None


def to_ring(session: Session, table: type[Errand], queue: str, limit: int = 200) -> list[Due]:
    """Errands whose doorbell may have been lost, each at most once in `RING_AGAIN`."""
    at = now()
    due = session.scalars(
        select(table.id)
        .where(
            table.ring_at <= at,
            table.attempts < ATTEMPTS,
            or_(table.lease_until.is_(None), table.lease_until < at),
        )
        .order_by(table.ring_at)
        .limit(limit)
    ).all()
    if due:
        session.execute(update(table).where(table.id.in_(due)).values(ring_at=at + RING_AGAIN))
    return [Due(errand_id, queue) for errand_id in due]


def overdue(session: Session, table: type[Row], limit: int = 50) -> list[Row]:
    """Errands whose worker was killed at every attempt."""
    lost = or_(table.lease_until.is_(None), table.lease_until < now())
    return list(
        session.scalars(
            select(table).where(table.attempts >= ATTEMPTS, lost).limit(limit).with_for_update(skip_locked=True)
        )
    )
