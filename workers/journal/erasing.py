"""Forgetting: the key and the rows of a person go, and a bare tombstone with a random id stays.

What is in flight cannot write back: its turn row is gone, so its lease token matches nothing. The order of the rows
in the outbox afterwards is fixed: first the deletions at Telegram, then the one sentence that says it is done.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select, text, update
from sqlalchemy.orm import Session

from workers.journal import outbox
from workers.journal.database import Journal
from workers.journal.outbox import Letter
from workers.journal.tables import Case, Inbox, Outbox, Person, Tombstone, Turn, TurnMessage, is_waiting, now

DELETABLE = timedelta(hours=47)  # Telegram lets a bot delete messages for 48 hours
CHUNK = 100  # deleteMessages takes at most 100 ids


def forget(session: Session, person: Person, *, origin: str, goodbye: str | None) -> None:
    """Erases everything Heed holds of `person` and queues the deletions at Telegram, then `goodbye`."""
    bot_id, chat_id, person_id = person.bot_id, person.telegram_id, person.id
    ids = _deletable_ids(session, person)
    session.add(Tombstone(id=person_id))
    erase(session, person_id)
    for number in range(0, len(ids), CHUNK):
        letter = Letter(
            {"message_ids": ids[number : number + CHUNK]},
            "erase",
            f"erase{number // CHUNK}",
            "deleteMessages",
            outbox.URGENT,
        )
        outbox.put(session, bot_id, chat_id, origin, letter)
    if goodbye is not None:
        outbox.put(
            session, bot_id, chat_id, origin, Letter({"text": goodbye}, "erase", "goodbye", priority=outbox.LAST)
        )


def erase(session: Session, person_id: str) -> None:
    """Removes the rows of one person; what counts for the team (a case's kind and time) stays without them."""
    session.execute(
        update(Case).where(Case.person_id == person_id).values(words=None, note=None, person_id=None, turn_id=None)
    )
    session.execute(
        update(Inbox)
        .where(Inbox.person_id == person_id, is_waiting(), Inbox.lease_token.is_(None))
        .values(state="handled", payload=None)
    )
    session.execute(
        update(Inbox).where(Inbox.person_id == person_id).values(payload=None, chat_id=None, person_id=None)
    )
    session.execute(delete(Outbox).where(Outbox.person_id == person_id))
    session.execute(delete(Person).where(Person.id == person_id))  # the rest goes with it, ON DELETE CASCADE
    session.expire_all()


def forget_message(session: Session, person: Person, *, origin: str) -> bool:
    """Erases what the person's last turn holds, words or what was seen and heard, and its answer, here and at
    Telegram. False where there is none."""
    turn = session.scalar(
        select(Turn)
        .join(TurnMessage, TurnMessage.turn_id == Turn.id)
        .where(Turn.person_id == person.id, _says_something())
        .order_by(Turn.id.desc())
        .limit(1)
    )
    if turn is None:
        return False
    ids = list(session.scalars(select(TurnMessage.message_id).where(TurnMessage.turn_id == turn.id)))
    ids += [
        sent
        for sent in session.scalars(select(Outbox.sent_message_id).where(Outbox.turn_id == turn.id))
        if sent is not None
    ]
    session.execute(update(Case).where(Case.turn_id == turn.id).values(words=None))
    session.execute(delete(Turn).where(Turn.id == turn.id))
    letter = Letter({"message_ids": ids[:CHUNK]}, "erase", "erase0", "deleteMessages", outbox.URGENT)
    outbox.put(session, person.bot_id, person.telegram_id, origin, letter)
    return True


def _says_something() -> ColumnElement[bool]:
    """Whether a message still holds words, or brought a recording or a picture: a selfie needs no words."""
    return or_(TurnMessage.words.is_not(None), TurnMessage.hearing.is_not(None))


def erasures(session: Session) -> list[str]:
    """Random ids of everybody who was forgotten: what a restored backup has to forget again."""
    return list(session.scalars(select(Tombstone.id)))


def apply_erasures(session: Session, ids: list[str]) -> int:
    """Forgets again, after a restore, whoever of `ids` came back with it. Returns how many did."""
    back = [person_id for person_id in ids if session.get(Person, person_id) is not None]
    for person_id in ids:
        if person_id in back:
            erase(session, person_id)
        if session.get(Tombstone, person_id) is None:
            session.add(Tombstone(id=person_id))
    return len(back)


def scrub(journal: Journal) -> bool:
    """Empties SQLite's write-ahead log, where an erased page may still stand. False where a reader held it back."""
    if not journal.sqlite:
        return True
    with journal.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
    return not busy


def _deletable_ids(session: Session, person: Person) -> list[int]:
    since = now() - DELETABLE
    theirs = session.scalars(
        select(Inbox.message_id).where(
            Inbox.bot_id == person.bot_id, Inbox.chat_id == person.telegram_id, Inbox.received_at > since
        )
    )
    ours = session.scalars(
        select(Outbox.sent_message_id).where(Outbox.person_id == person.id, Outbox.closed_at > since)
    )
    return sorted({number for number in (*theirs, *ours) if number})
