"""Screen: the second opinion on danger reads what the door let through, before anything is written for it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import danger
from models.danger import Hit, Tier
from models.danger.second import Judge
from workers.journal import alarms, conversations, turns
from workers.journal.tables import Conversation, Person, Turn, TurnMessage
from workers.turn.context import Alarmed, Outrun, Superseded, TurnContext

log = logging.getLogger(__name__)


def screen(context: TurnContext) -> None:
    """Raises `Alarmed` where danger was found and answered: the turn ends with that."""
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


def _sound(session: Session, context: TurnContext, hit: Hit) -> None:
    turn = session.get(Turn, context.turn_id, populate_existing=True, with_for_update=True)
    person = session.get(Person, context.person_id)
    if turn is None or person is None or turn.lease_token != context.claim.token:
        raise Superseded
    if not conversations.is_current(session, turn.conversation_id, turn.epoch):
        raise Superseded
    if turn.revision != context.revision:
        if not turns.compose_again(session, context.claim):
            raise Superseded
        session.commit()
        raise Outrun

    def make_turn(conversation: Conversation, text: str) -> Turn:
        answering = turns.record_danger(session, person, conversation, text)
        session.execute(update(TurnMessage).where(TurnMessage.turn_id == turn.id).values(turn_id=answering.id))
        return answering

    settings = context.house.settings
    words = "\n".join(context.messages)
    alarms.sound(
        session,
        person,
        hit,
        answers=context.newest_message,
        words=words,
        admins=settings.admins,
        make_turn=make_turn,
    )
