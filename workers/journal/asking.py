"""Asking: whether software may estimate feelings, once, after the first recording that somebody sent."""

from typing import Any

from sqlalchemy.orm import Session

from models.words import Language, as_language, say
from workers.journal import consents, outbox, readings
from workers.journal.outbox import Letter
from workers.journal.tables import Conversation, Person, Turn, now


def ask_for_readings(session: Session, person: Person, conversation: Conversation, turn: Turn) -> bool:
    """Queues the question behind the answer of `turn`. False where it was asked, decided, or must not be asked now:
    of a minor, of somebody who paused estimates, or after danger, which also takes back a question still unsent."""
    if person.readings_asked_at is not None or person.minor or person.paused or conversation.mode != "normal":
        return False
    decided = consents.latest(session, person.id).get("readings")
    covered = readings.COVERED_SINCE[readings.VOICE]
    if decided is not None and (not decided.granted or consents.speaks_of(decided.version, covered)):
        return False
    language = as_language(person.language)
    body = {"text": say(language, "consent.readings.ask"), "reply_markup": keyboard(language)}
    letter = Letter(body, "ask", "readings")
    outbox.put_of_turn(session, turn, letter, person, conversation)
    person.readings_asked_at = now()
    return True


def keyboard(language: Language) -> dict[str, Any]:
    """The two buttons under the question."""
    rows = [
        [{"text": say(language, f"consent.readings.button_{way}"), "callback_data": f"set:consent:readings.{way}"}]
        for way in ("yes", "no")
    ]
    return {"inline_keyboard": rows}
