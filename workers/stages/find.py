"""Find: which recording of the turn is listened to next, and whose it is."""

from models.words import as_language
from workers.journal import lately, readings, recordings
from workers.journal.people import key_of
from workers.journal.recordings import Recording
from workers.turn.context import Listened, TurnContext
from workers.turn.standing import standing


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
            before=tuple(lately.words_before(session, person.id, message.message_id, key).values()),
        )
