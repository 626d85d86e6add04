"""Screen: what was said aloud passes the door's screen; the second opinion reads what the door let through."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from models import danger
from models.danger import Hit, Kind, Tier
from models.danger.second import Judge
from workers.journal import alarms, leases, turns
from workers.journal.attachments import WAITING
from workers.journal.tables import Conversation, Person, Reading, Turn, TurnMessage
from workers.stages.settle import keep_heard
from workers.turn.context import Alarmed, Listened, Outrun, Superseded, TurnContext
from workers.turn.standing import standing

log = logging.getLogger(__name__)


def screen(context: TurnContext) -> None:
    """Raises `Alarmed` where danger was found and answered: the turn ends with that."""
    if not context.messages:
        return
    judge = context.house.judge
    hint = _hint(context.messages)
    hit = hint if judge is None else _weighed(judge, context, hint)
    if hit is None or (hint is None and context.mode == "careful" and hit.tier is Tier.unclear):
        return  # within careful mode the question was asked already
    context.house.journal.transact(lambda session: _sound(session, context, hit))
    context.house.doorbell.call_sender()
    raise Alarmed


def _hint(messages: Sequence[str]) -> Hit | None:
    """What the door saw in one of the messages and left to be decided here."""
    return next((hit for message in messages if (hit := danger.screen(message)) is not None), None)


def _weighed(judge: Judge, context: TurnContext, hint: Hit | None) -> Hit | None:
    try:
        found = judge.screen("\n".join(context.messages), hinted=hint is not None)
    except Exception as error:
        # Whatever breaks in the second opinion, the first one stands. The text of the error may hold words.
        log.exception("no second opinion: turn=%s error=%s", context.turn_id, type(error).__name__)
        return hint
    return replace(hint, tier=found.tier) if hint is not None and found is not None else found


def screen_heard(context: TurnContext) -> None:
    """The door's screen on what was said aloud, before anything else is done with it. Raises `Alarmed`.

    A mere hint is left to `screen`, which reads every message of the turn, while the second opinion is vouched for.
    """
    listened = context.listened
    if listened is None or not listened.words:
        return
    if context.house.journal.transact(lambda session: _sound_heard(session, context, listened)):
        context.house.doorbell.call_sender()
        raise Alarmed


def _sound_heard(session: Session, context: TurnContext, listened: Listened) -> bool:
    turn, person, _ = standing(session, context, lock=True)
    hit = _affirmed(session, context, turn, listened.words) or danger.screen(listened.words, listened.before)
    if hit is None:
        return False
    if leases.held(session, leases.JUDGE) and danger.can_wait(hit, listened.words):
        return False
    keep_heard(session, context, listened)
    _answer(session, context, turn, person, hit, listened.words)
    return True


def _affirmed(session: Session, context: TurnContext, turn: Turn, words: str) -> Hit | None:
    """A spoken yes to the question that Heed asked about danger."""
    conversation = session.get_one(Conversation, turn.conversation_id)
    if not conversation.asked:
        return None
    kind, conversation.asked = Kind(conversation.asked), None
    return Hit(Tier.clear, kind, context.language, "affirmed") if danger.affirms(words) else None


def _sound(session: Session, context: TurnContext, hit: Hit) -> None:
    turn, person, _ = standing(session, context, lock=True)
    if turn.revision != context.revision:
        if not turns.compose_again(session, context.claim):
            raise Superseded
        session.commit()
        raise Outrun

    _answer(session, context, turn, person, hit, "\n".join(context.messages))


def _answer(session: Session, context: TurnContext, turn: Turn, person: Person, hit: Hit, words: str) -> None:
    """The reviewed text takes the place of this turn's answer, and its messages."""

    def make_turn(conversation: Conversation, text: str) -> Turn:
        answering = turns.record_danger(session, person, conversation, text)
        heard = or_(TurnMessage.hearing.is_(None), TurnMessage.hearing != WAITING)
        session.execute(update(TurnMessage).where(TurnMessage.turn_id == turn.id, heard).values(turn_id=answering.id))
        session.execute(update(Reading).where(Reading.turn_id == turn.id).values(turn_id=answering.id))
        return answering

    alarms.sound(
        session,
        person,
        hit,
        answers=context.newest_message,
        words=words,
        admins=context.house.settings.admins,
        make_turn=make_turn,
    )
