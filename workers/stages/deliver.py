"""Deliver: commits the composition and what has to be sent for it, in one transaction, or nothing of it."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy.orm import Session

from models.reply.request import Reply
from models.words import say, variants
from workers.errors import Permanent
from workers.journal import consents, counters, introduction, outbox, turns
from workers.journal.conversations import PROGRAM_REMINDER
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Person, Turn, now
from workers.stages.sentence import unheard
from workers.turn.context import Outrun, Superseded, TurnContext

LATE_AFTER = timedelta(seconds=120)


def deliver(context: TurnContext) -> None:
    """Raises `Outrun` where messages came meanwhile, `Superseded` where the turn is void or taken over."""
    reply = context.reply
    if reply is None:
        raise Permanent("there is no reply to deliver")
    context.house.journal.transact(lambda session: _commit(session, context, reply))
    context.house.doorbell.call_sender()


def _commit(session: Session, context: TurnContext, reply: Reply) -> None:
    person = session.get(Person, context.person_id)
    if person is None:
        raise Superseded
    committed = turns.commit_composition(
        session,
        context.claim,
        revision=context.revision,
        answer=key_of(session, person).seal(reply.text),
        source=reply.source,
        decisions={
            "model": reply.model,
            "candidates": reply.candidates,
            "tokens": reply.tokens,
            "seconds": round(reply.seconds, 4),
            "checks": [asdict(decision) for decision in reply.decisions],
        },
    )
    if not committed:
        session.rollback()
        if turns.compose_again(session, context.claim):
            session.commit()
            raise Outrun
        raise Superseded
    turn = session.get(Turn, context.turn_id)
    conversation = session.get(Conversation, turn.conversation_id) if turn else None
    if turn is None or conversation is None:
        raise Superseded
    if reply.minor:
        person.minor = True
        consents.withdraw_all(session, person)
    letter = Letter(
        {"text": _text(context, conversation, person, reply)},
        "reply",
        "text",
        last=True,
        answers=context.newest_message,
        merged=len(context.messages) > 1,
    )
    outbox.put_of_turn(session, turn, letter, person, conversation)
    if conversation.mode == "normal":
        settings = context.house.settings
        introduction.introduce(session, person, f"t:{turn.id}", settings.min_age, settings.context_hours)
    counters.add(session, f"answer.{reply.source}")


def _text(context: TurnContext, conversation: Conversation, person: Person, reply: Reply) -> str:
    parts = [reply.text]
    if context.oldest_sent_at is not None and now() - context.oldest_sent_at > LATE_AFTER:
        parts.insert(0, _pick(context, "turn.late"))
    if context.unheard and context.messages:
        parts.append(unheard(context))
    if context.caption:
        parts.append(say(context.language, "unsupported.caption_kept"))
    at = now()
    if conversation.reminded_at is None or at - conversation.reminded_at >= PROGRAM_REMINDER:
        conversation.reminded_at = at
        if person.introduced_at is not None:  # the introduction, which follows at once, says it otherwise
            parts.append(_pick(context, "reminder.program"))
        if conversation.started_at < at - PROGRAM_REMINDER:
            parts.append(_pick(context, "reminder.long_night"))
    return "\n\n".join(parts)


def _pick(context: TurnContext, key: str) -> str:
    sentences = variants(context.language, key)
    return sentences[context.turn_id % len(sentences)]
