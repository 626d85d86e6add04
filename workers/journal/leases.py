"""Leases: one owner at a time, for a limited time, of what must not run twice."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workers.journal.tables import Lease, now

JUDGE = "judge"
"""Held while the second opinion on danger is loaded and turns are taken in time: hints may wait for it."""
STARTER = "starter"
"""Held while the starter catalogue is composed."""


def hold(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Takes or extends the lease `name` for `holder`. False where somebody else's is still running."""
    at = now()
    until = at + timedelta(seconds=seconds)
    result = session.execute(
        update(Lease)
        .where(Lease.name == name, (Lease.holder == holder) | (Lease.until < at))
        .values(holder=holder, until=until)
        .execution_options(synchronize_session=False)
    )
    if getattr(result, "rowcount", 0) == 1:
        return True
    if session.get(Lease, name) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, until=until))
    except IntegrityError:  # another process was first
        return False
    return True


def held(session: Session, name: str) -> bool:
    """Whether anybody holds the lease now."""
    lease = session.get(Lease, name)
    return lease is not None and lease.until > now()


def let_go(session: Session, name: str, holder: str) -> None:
    """Ends the lease early, so that the next owner need not wait for it."""
    session.execute(update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=now()))
