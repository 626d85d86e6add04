"""The introduction: what a person learns of Heed once, right after the first answer they get."""

from sqlalchemy.orm import Session

from models.words import as_language, say
from workers.journal import outbox
from workers.journal.outbox import Letter
from workers.journal.tables import Person, now


def introduce(session: Session, person: Person, origin: str, min_age: int, hours: int) -> bool:
    """Queues the introduction behind what `origin` has queued already. False where the person has had it."""
    if person.introduced_at is not None:
        return False
    words = say(as_language(person.language), "start.introduction", min_age=min_age, hours=hours)
    letter = Letter({"text": words}, "intro", "intro")
    outbox.put(session, person.bot_id, person.telegram_id, origin, letter, person=person)
    person.introduced_at = now()
    return True
