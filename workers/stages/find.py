"""Find: which attachment of the turn is perceived next, and whose it is."""

from sqlalchemy.orm import Session

from models.words import as_language
from workers.journal import attachments, consents, lately, pictures, readings, recordings
from workers.journal.keys import PersonKey
from workers.journal.people import key_of
from workers.journal.pictures import Picture
from workers.journal.recordings import Recording
from workers.journal.tables import Person, TurnMessage
from workers.journal.turns import ATTEMPTS
from workers.turn.context import Listened, Looked, TurnContext
from workers.turn.standing import standing


def find(context: TurnContext) -> None:
    """Fills in `context.listened` or `context.looked`, neither where nothing waits any more. Raises `Superseded`
    where the turn is void.

    Where each earlier attempt ended without a word, its worker was killed: the last one looks at nothing, so that
    what else the turn holds is answered."""
    with context.house.journal.read() as session:
        turn, person, conversation = standing(session, context)
        context.person_id, context.language = person.id, as_language(person.language)
        context.mode = conversation.mode
        message = attachments.oldest_waiting(session, turn.id)
        if message is None or message.media is None:
            return
        key = key_of(session, person)
        deadly = context.claim.attempts >= ATTEMPTS and turn.failure is None
        context.newest_message = message.message_id
        shows = message.kind in pictures.KINDS
        modality = readings.FACE if shows else readings.VOICE
        context.may_feel = context.house.feels and readings.wanted(session, person, modality, context.mode)
        if shows:
            context.looked = _looked(session, context, person, message, key)
            if deadly and context.looked.trouble is None:
                context.looked.trouble = "failed"
        else:
            context.listened = Listened(
                row_id=message.id,
                attachment=Recording.read(key.unseal(message.media)),
                may_see=message.kind == recordings.FILM
                and not deadly
                and context.house.feels
                and readings.wanted(session, person, readings.FACE, context.mode),
                before=tuple(lately.words_before(session, person.id, message.message_id, key).values()),
            )


def _looked(session: Session, context: TurnContext, person: Person, message: TurnMessage, key: PersonKey) -> Looked:
    """A picture that may not be looked at is not even fetched."""
    assert message.media is not None
    return Looked(
        row_id=message.id,
        message_id=message.message_id,
        attachment=Picture.read(key.unseal(message.media)),
        caption=key.unseal(message.words) if message.words is not None else "",
        trouble=None if context.may_feel else _barred(session, context, person),
    )


def _barred(session: Session, context: TurnContext, person: Person) -> str:
    """Why this person's pictures are not looked at: the name of a sentence."""
    if person.minor:
        return "minor"
    if person.paused:
        return "paused"
    if readings.allowed(session, person, readings.FACE) is not None:
        return "not_now" if context.house.feels else "failed"
    decided = consents.latest(session, person.id).get("readings")
    return "refused" if decided is not None and not decided.granted else "undecided"
