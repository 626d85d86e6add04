"""How a turn ends without an answer: with one honest sentence, visible to operators, holding nobody up."""

import logging

from sqlalchemy.orm import Session

from models import danger
from models.words import as_language, variants
from workers.journal import counters, outbox, recordings
from workers.journal.outbox import Letter
from workers.journal.tables import Conversation, Person, Turn, now

log = logging.getLogger(__name__)


def bury(session: Session, turn: Turn, failure: str) -> None:
    """Marks the turn dead and queues the sentence that says so."""
    turn.state, turn.closed_at, turn.failure = "dead", now(), failure[:80]
    turn.lease_token = turn.lease_until = None
    apologise(session, turn)
    log.error("turn died: turn=%s cause=%s", turn.id, failure[:80])


def apologise(session: Session, turn: Turn) -> None:
    """The sentence for a turn that is dead."""
    person = session.get(Person, turn.person_id)
    conversation = session.get(Conversation, turn.conversation_id)
    if person is None or conversation is None or conversation.epoch != turn.epoch:
        return
    language = as_language(person.language)
    sentences = variants(language, "turn.dead")
    text = sentences[turn.id % len(sentences)]
    if recordings.any_waiting(session, turn.id):  # what it says may be danger, and nobody heard it
        text += "\n\n" + danger.while_unheard(language, person.country, young=person.minor)
    letter = Letter({"text": text}, "dead", "dead")
    outbox.put_of_turn(session, turn, letter, person, conversation)
    counters.add(session, "turn.dead")
