"""Settle: what was perceived is kept, what was heard is shown to the person, and the next work is rung for."""

from html import escape

from sqlalchemy.orm import Session

from models.words import say
from workers.journal import faces, outbox, perceiving, pictures, readings, recordings
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Person, Turn, TurnMessage
from workers.journal.turns import Due
from workers.turn.context import Listened, Looked, Superseded, TurnContext

PAUSED, REFUSED = "paused", "refused"
SHOWN = 3_000  # characters of what was heard; Telegram takes 4,096


def settle(context: TurnContext) -> None:
    """Raises `Superseded` where the turn is void or taken over."""
    due = context.house.journal.transact(lambda session: _settle(session, context))
    context.house.doorbell.call_sender()
    context.house.doorbell.ring(*due)


def _settle(session: Session, context: TurnContext) -> Due:
    if context.listened is not None:
        keep_heard(session, context, context.listened)
    if context.looked is not None:
        _keep_seen(session, context, context.looked)
    due = perceiving.perceived(session, context.claim)
    if due is None:
        raise Superseded
    return due


def keep_heard(session: Session, context: TurnContext, listened: Listened) -> None:
    """Writes what was understood of one recording, or why not, and queues the line that shows it."""
    turn, message, person = _held(session, context, listened.row_id)
    if not listened.words:
        recordings.unheard(message, listened.unheard or "nothing_heard")
        return
    recordings.heard(message, key_of(session, person), listened.words, listened.doubts, listened.unheard)
    for felt in (listened.felt, listened.seen):  # stored only where the consent still stands
        if felt is not None:
            readings.add(session, person, turn.id, felt)
    if person.quote_heard:
        words = listened.words if len(listened.words) <= SHOWN else listened.words[:SHOWN] + "…"
        text = say(context.language, "sound.heard", words=f"<blockquote expandable>{escape(words)}</blockquote>")
        letter = Letter(
            {"text": text, "parse_mode": "HTML"}, "heard", f"h{message.message_id}"[:16],
            answers=message.message_id, merged=True,
        )  # fmt: skip
        outbox.put_of_turn(session, turn, letter, person)


def _keep_seen(session: Session, context: TurnContext, looked: Looked) -> None:
    """Writes what was read of one picture, or why nothing was; and what is asked where it shows several faces."""
    turn, message, person = _held(session, context, looked.row_id)
    if looked.faces and not faces.ask(session, person, turn.id, looked.attachment, looked.faces):
        looked.trouble = PAUSED if person.paused else REFUSED  # taken back while it was looked at
    pictures.settled(message, looked.trouble)
    if looked.felt is not None:  # stored only where the consent still stands
        readings.add(session, person, turn.id, looked.felt)


def _held(session: Session, context: TurnContext, row_id: int) -> tuple[Turn, TurnMessage, Person]:
    """Turn, message and person, while the turn is ours. Raises `Superseded`."""
    turn = session.get(Turn, context.turn_id)
    message = session.get(TurnMessage, row_id, populate_existing=True)
    person = session.get(Person, context.person_id)
    if turn is None or message is None or person is None or turn.lease_token != context.claim.token:
        raise Superseded
    return turn, message, person
