"""Deliver: commits the composition and what has to be sent for it, in one transaction, or nothing of it."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.reply.request import Reply
from models.reply.script import language_of
from models.reply.situation import situation_of
from models.words import Language, say, variants
from workers.errors import Permanent
from workers.journal import (
    asking,
    consents,
    counters,
    emotion_log,
    faces,
    introduction,
    offers,
    outbox,
    readings,
    speeches,
    tracks,
    turns,
)
from workers.journal.conversations import PROGRAM_REMINDER
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.speeches import BESIDE, INSTEAD
from workers.journal.tables import Conversation, Person, Turn, now
from workers.journal.turns import Due
from workers.stages.sentence import untaken
from workers.turn.context import Outrun, Superseded, TurnContext
from workers.turn.felt import as_felt

LATE_AFTER = timedelta(seconds=120)
LONGEST_SPOKEN = 1_500  # characters, about a minute and a half: nobody listens longer, and everybody can read on
MUSIC_AFTER = 2
"""Answers of a conversation before music is offered in it: who has just begun to talk wants to be heard."""
MUSIC_BELOW = -0.25
"""Valence below which music is offered. Gladness needs none, and under little certainty it lies near 0."""
GRIEF = {"loss", "pet_loss"}


@dataclass(frozen=True)
class Manner:
    """The language of an answer; and whether the person `grieves`, so that no button stands under it."""

    language: Language
    grieves: bool


def deliver(context: TurnContext) -> None:
    """Raises `Outrun` where messages came meanwhile, `Superseded` where the turn is void or taken over."""
    reply = context.reply
    if reply is None:
        raise Permanent("there is no reply to deliver")
    # Found out beforehand: nobody else can write while the transaction lasts.
    manner = Manner(language_of(reply.text, context.language), grieves=context.mode == "normal" and _grieves(context))
    due = context.house.journal.transact(lambda session: _commit(session, context, reply, manner))
    context.house.doorbell.call_sender()
    if due is not None:
        context.house.doorbell.ring(*due)


def _commit(session: Session, context: TurnContext, reply: Reply, manner: Manner) -> Due | None:
    """What is to be rung for after the commit: the answer is to be spoken."""
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
            "language": manner.language,
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
        readings.drop_of_person(session, person.id)
        emotion_log.drop_of_person(session, person.id)
    else:
        _keep_felt(session, context, person, turn)
    offers.withdraw(session, person)
    text = _text(context, conversation, person, reply, manner)
    due: Due | None = None
    speech = False
    body: dict[str, Any] = {"text": text}
    if _can_be_spoken(context, conversation, text, manner):
        if person.voice != "text":
            due = speeches.want(turn, INSTEAD if person.voice == "voice" else BESIDE)
        else:
            speech = not manner.grieves
    keyboard = offers.place(turn, manner.language, speech=speech, music=_music_fits(session, context, turn, manner))
    if keyboard is not None:
        body["reply_markup"] = keyboard
    if context.unseen:
        body |= _question(session, context, person)
    letter = Letter(
        body,
        "reply",
        "text",
        last=True,
        not_before=turn.speak_by if turn.speech == INSTEAD else None,
        answers=context.newest_message,
        merged=len(context.messages) > 1,
    )
    outbox.put_of_turn(session, turn, letter, person, conversation)
    if conversation.mode == "normal":
        settings = context.house.settings
        introduction.introduce(session, person, f"t:{turn.id}", settings.min_age, settings.context_hours)
        if context.aloud and context.house.feels:
            asking.ask_for_readings(session, person, conversation, turn)
    counters.add(session, f"answer.{reply.source}")
    return due


def _keep_felt(session: Session, context: TurnContext, person: Person, turn: Turn) -> None:
    """Keeps what was read from the words, and what all readings of the turn come to, as far as is allowed now."""
    if readings.allowed(session, person, readings.TEXT) is None:  # taken back, perhaps, while this was composed
        readings.drop_of_turn(session, turn.id)
        emotion_log.drop_of_turn(session, turn.id)
        return
    if context.felt is not None:
        readings.add(session, person, turn.id, context.felt)
    if context.fused is not None:
        felt = as_felt(context.fused.estimate, context.newest_message)
        emotion_log.write(session, person, turn.id, felt, context.fused.of, context.oldest_sent_at or turn.opened_at)


def _question(session: Session, context: TurnContext, person: Person) -> dict[str, Any]:
    """The buttons of what is asked about a picture: which face is meant, or whether it may be looked at."""
    if "which" in context.unseen:
        buttons = faces.keyboard(session, person, context.turn_id, context.language)
        return {"reply_markup": buttons} if buttons is not None else {}
    if "undecided" in context.unseen:
        person.readings_asked_at = now()
        return {"reply_markup": asking.keyboard(context.language)}
    return {}


def _can_be_spoken(context: TurnContext, conversation: Conversation, text: str, manner: Manner) -> bool:
    """Not where help may be needed: telephone numbers and careful words are there to be read, and read again."""
    return (
        conversation.mode == "normal"
        and not context.untaken
        and manner.language in context.house.settings.spoken
        and len(text) <= LONGEST_SPOKEN
    )


def _music_fits(session: Session, context: TurnContext, turn: Turn, manner: Manner) -> bool:
    """Whether music is offered: once a conversation, not at its beginning, when somebody surely feels low."""
    felt = context.estimate
    return (
        felt is not None
        and felt.abstained is None
        and felt.valence <= MUSIC_BELOW
        and context.mode == "normal"
        and not context.untaken
        and not manner.grieves
        and len(context.history) >= MUSIC_AFTER
        and not offers.music_was_offered(session, turn.conversation_id)
        and tracks.any_here(session)
    )


def _grieves(context: TurnContext) -> bool:
    """Whether the person has lost somebody."""
    said = [exchange.person for exchange in context.history]
    return situation_of("\n".join(context.messages), context.language, said).name in GRIEF


def _text(context: TurnContext, conversation: Conversation, person: Person, reply: Reply, manner: Manner) -> str:
    parts = [reply.text]
    if _voice_is_missed(context, conversation, person, manner):
        conversation.voiceless_told = True
        parts.append(say(context.language, "sound.no_voice"))
    if context.oldest_sent_at is not None and now() - context.oldest_sent_at > LATE_AFTER:
        parts.insert(0, _pick(context, "turn.late"))
    if context.untaken and (context.messages or context.shown):
        parts.append(untaken(context))
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


def _voice_is_missed(context: TurnContext, conversation: Conversation, person: Person, manner: Manner) -> bool:
    """Whether to say that there is no voice for this language: once a conversation, to who wanted one."""
    spoken = context.house.settings.spoken
    return (
        person.voice != "text"
        and bool(spoken)
        and manner.language not in spoken
        and conversation.mode == "normal"
        and not conversation.voiceless_told
    )


def _pick(context: TurnContext, key: str) -> str:
    sentences = variants(context.language, key)
    return sentences[context.turn_id % len(sentences)]
