"""Find: which recording of the turn is listened to next, and whose it is."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.words import as_language
from workers.journal import readings, recordings
from workers.journal.keys import PersonKey
from workers.journal.people import key_of
from workers.journal.recordings import Recording
from workers.journal.tables import Turn, TurnMessage, now
from workers.turn.context import Listened, TurnContext
from workers.turn.standing import standing

JOIN_WITHIN = timedelta(minutes=2)
MOST = 12


def find(context: TurnContext) -> None:
    """Fills in `context.listened`, empty where nothing waits any more. Raises `Superseded` where the turn is void."""
    with context.house.journal.read() as session:
        turn, person, conversation = standing(session, context)
        context.person_id, context.language = person.id, as_language(person.language)
        context.mode = conversation.mode
        message = recordings.oldest_waiting(session, turn.id)
        if message is None or message.media is None:
            return
        key = key_of(session, person)
        context.newest_message = message.message_id
        context.may_feel = context.house.feels and readings.wanted(session, person, readings.VOICE, context.mode)
        context.listened = Listened(
            row_id=message.id,
            recording=Recording.read(key.unseal(message.media)),
            before=_said_before(session, message, key),
        )


def _said_before(session: Session, message: TurnMessage, key: PersonKey) -> tuple[str, ...]:
    """What the person wrote or said in the two minutes before, oldest first, and was not answered as danger."""
    rows = session.scalars(
        select(TurnMessage)
        .join(Turn, Turn.id == TurnMessage.turn_id)
        .where(
            TurnMessage.person_id == message.person_id,
            TurnMessage.message_id < message.message_id,
            TurnMessage.received_at > now() - JOIN_WITHIN,
            TurnMessage.words.is_not(None),
            Turn.kind != "danger",
        )
        .order_by(TurnMessage.message_id.desc())
        .limit(MOST)
    ).all()
    return tuple(key.unseal(row.words) for row in reversed(rows) if row.words is not None)
