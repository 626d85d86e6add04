"""Recall: the turn's own messages, the conversation before them, and who is asking. This person's alone."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reply.request import Exchange
from models.reply.script import language_of
from models.words import as_language
from workers.errors import Permanent
from workers.journal import pictures, readings, recordings, turns
from workers.journal.keys import PersonKey
from workers.journal.people import key_of
from workers.journal.tables import Turn, TurnMessage
from workers.turn.context import TurnContext
from workers.turn.standing import standing

HISTORY_TURNS = 12  # the prompt builder drops the oldest where the context window is smaller
SAID_TURNS = 200
NEWEST_MESSAGES = 40  # of a flood, what is read


def recall(context: TurnContext) -> None:
    """Fills in messages, history, language, persona, mode. Raises `Superseded` where the turn is void."""
    with context.house.journal.read() as session:
        turn, person, conversation = standing(session, context)
        key = key_of(session, person)
        rows = turns.messages(session, turn.id)[-NEWEST_MESSAGES:]
        words = tuple(key.unseal(row.words) for row in rows if row.words is not None)
        context.unheard = tuple(_troubles(rows, recordings.KINDS, recordings.HEARD))
        context.unseen = tuple(_troubles(rows, pictures.KINDS, pictures.SEEN))
        context.shown = any(row.hearing == pictures.SEEN for row in rows)
        if not (words or context.untaken or context.shown):
            raise Permanent("the turn has no words")
        context.person_id = person.id
        context.revision = turn.revision
        context.language = language_of("\n".join(words), as_language(person.language))
        context.persona, context.country = person.persona, person.country
        context.minor = person.minor
        context.mode = conversation.mode
        context.messages = words
        context.doubts = tuple(word for row in rows for word in recordings.doubts_of(row, key))
        context.caption = any(row.kind == "caption" for row in rows)
        context.aloud = any(row.hearing == recordings.HEARD for row in rows)
        context.newest_message = max(row.message_id for row in rows)
        context.oldest_sent_at = min(row.sent_at for row in rows)
        context.may_feel = context.house.feels and readings.wanted(session, person, readings.TEXT, context.mode)
        if context.may_feel:
            context.readings = tuple(readings.of_turn(session, person, turn.id))
        _remember(session, context, turn, key)


def _troubles(rows: Sequence[TurnMessage], kinds: Sequence[str], taken: str) -> Iterator[str]:
    """Why messages of these kinds could not be taken."""
    for row in rows:
        if row.kind in kinds and row.hearing is not None and row.hearing != taken:
            yield row.hearing


def _remember(session: Session, context: TurnContext, turn: Turn, key: PersonKey) -> None:
    earlier = session.scalars(
        select(Turn)
        .where(Turn.conversation_id == turn.conversation_id, Turn.id < turn.id, Turn.answer.is_not(None))
        .order_by(Turn.id.desc())
        .limit(SAID_TURNS)
    ).all()[::-1]
    answers = {past.id: key.unseal(past.answer) for past in earlier if past.answer is not None}
    context.said = tuple(answers.values())
    recent = [past for past in earlier if past.state in {"sent", "sending", "composed"}][-HISTORY_TURNS:]
    by_turn: dict[int, list[str]] = {past.id: [] for past in recent}
    for row in session.scalars(
        select(TurnMessage).where(TurnMessage.turn_id.in_(by_turn)).order_by(TurnMessage.message_id)
    ):
        if row.words is not None:
            by_turn[row.turn_id].append(key.unseal(row.words))
    context.history = tuple(
        Exchange("\n".join(by_turn[past.id]), answers[past.id]) for past in recent if by_turn[past.id]
    )
