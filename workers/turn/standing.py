"""Standing: whether a turn is still ours to work on, and whose it is."""

from sqlalchemy.orm import Session

from workers.journal import conversations
from workers.journal.tables import Conversation, Person, Turn
from workers.turn.context import Superseded, TurnContext


def standing(session: Session, context: TurnContext, *, lock: bool = False) -> tuple[Turn, Person, Conversation]:
    """The turn as it is in the database now; with `lock`, nobody changes it before this transaction ends. Raises
    `Superseded` where it is gone, void, or another's."""
    turn = session.get(Turn, context.turn_id, populate_existing=True, with_for_update=lock)
    if turn is None or turn.lease_token != context.claim.token:
        raise Superseded
    person = session.get(Person, turn.person_id)
    conversation = session.get(Conversation, turn.conversation_id)
    if person is None or conversation is None:
        raise Superseded
    if not conversations.is_current(session, conversation.id, turn.epoch):
        raise Superseded
    return turn, person, conversation
