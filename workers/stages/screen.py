"""Screen: the second opinion on danger reads what the door let through, before anything is written for it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.danger import Hit, Tier
from workers.journal import alarms, conversations, turns
from workers.journal.tables import Conversation, Person, Turn, TurnMessage
from workers.turn.context import Alarmed, Outrun, Superseded, TurnContext


def screen(context: TurnContext) -> None:
    """Raises `Alarmed` where danger was found and answered: the turn ends with that."""
    judge = context.house.judge
    if judge is None:
        return
    hit = judge.screen("\n".join(context.messages))
    if hit is None or (context.mode == "careful" and hit.tier is Tier.unclear):
        return  # within careful mode the question was asked already
    context.house.journal.transact(lambda session: _sound(session, context, hit))
    context.house.doorbell.call_sender()
    raise Alarmed


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
    alarms.sound(session, person, hit, words=words, admins=settings.admins, make_turn=make_turn)
