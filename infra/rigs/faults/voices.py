"""Judges what is heard and what is said aloud.

The line that shows what was heard comes at least once, as every text does. A spoken answer comes at most once: it is
not sent again where it is unknown whether it arrived, but the person knows of it. It was written instead, or a
sentence says that it is missing.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from infra.rigs.people import Message, quoted, shows
from models.words import LANGUAGES, say
from workers.journal.database import Journal
from workers.journal.recordings import HEARD, WAITING
from workers.journal.tables import TurnMessage

Way = Literal["text", "voice", "both"]
MISSING = frozenset(say(language, "sound.voice_failed") for language in LANGUAGES)


@dataclass
class Chat:
    """What one person received, by what it is. Messages that answer nothing are in none of the lists."""

    written: list[Message] = field(default_factory=list, repr=False)
    spoken: list[Message] = field(default_factory=list, repr=False)
    shown: list[Message] = field(default_factory=list, repr=False)
    missing: list[Message] = field(default_factory=list, repr=False)
    """Sentences that say that no voice comes."""
    other: int = 0


def sorted_out(history: list[Message]) -> Chat:
    """The bot's side of `history`."""
    chat = Chat()
    for message in history:
        if not message.get("from", {}).get("is_bot"):
            continue
        if quoted(message) is None:
            chat.other += 1
        elif shows(message):
            chat.shown.append(message)
        elif "voice" in message:
            chat.spoken.append(message)
        elif message.get("text") in MISSING:
            chat.missing.append(message)
        else:
            chat.written.append(message)
    return chat


def about(message: Message, chat: Chat) -> int | None:
    """The message of the person that this is about: a voice note beside a written answer quotes that one."""
    number = quoted(message)
    through = {each["message_id"]: quoted(each) for each in chat.written}
    return through.get(number, number) if number is not None else None


@dataclass
class Voices:
    """What became of the spoken answers and of the lines that show what was heard."""

    wanted: int = 0
    """Answers to people who asked for them aloud."""
    spoken: int = 0
    missing: int = 0
    """Of those wanted beside the written answer: said to be missing."""
    unsure: int = 0
    """Said to be missing though they came: whoever sent them did not live to see it, or the connection was cut."""
    instead: int = 0
    """Of those wanted in place of the written answer: written after all."""
    heard: int = 0
    """Recordings in which words were heard."""
    unheard: int = 0
    """Recordings in which none were, of which the person was told."""
    shown: int = 0
    twice: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    """Wanted, not there, and nobody was told."""
    unasked: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    """Spoken before the answer was written."""

    @property
    def kept(self) -> bool:
        """Whether every promise held."""
        return not (self.twice or self.silent or self.unasked or self.early)


def judge_voices(
    ways: dict[int, Way], chats: dict[int, Chat], answered: dict[int, set[int]], journal: Journal
) -> Voices:
    """`answered`: by person, the messages that the answers of turns are about."""
    voices = Voices()
    for person, chat in chats.items():
        _of_person(person, ways[person], chat, answered[person], voices)
    _shown(chats, voices, journal)
    return voices


def _of_person(person: int, way: Way, chat: Chat, answered: set[int], voices: Voices) -> None:
    notes, missing, written = (_by_message(each, chat) for each in (chat.spoken, chat.missing, chat.written))
    voices.spoken += sum(map(len, notes.values()))
    for message_id, found in notes.items():
        name = f"{person}/{message_id}"
        if len(found) > 1:
            voices.twice.append(f"{name} was answered aloud {len(found)} times")
        if way == "text" or message_id not in answered:
            voices.unasked.append(f"{name} was answered aloud")
        texts = written.get(message_id, [])
        if way == "both" and (not texts or texts[0]["message_id"] > found[0]["message_id"]):
            voices.early.append(f"{name} was answered aloud before it was in writing")
    if way == "text":
        return
    voices.wanted += len(answered)
    for message_id in answered:
        came, told = bool(notes.get(message_id)), bool(missing.get(message_id))
        if way == "voice":
            voices.instead += not came
        else:
            voices.missing += told and not came
            voices.unsure += told and came
            if not (came or told):
                voices.silent.append(f"{person}/{message_id}: no voice came, and nothing says so")


def _by_message(messages: list[Message], chat: Chat) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        found[about(message, chat) or 0].append(message)
    return found


def _shown(chats: dict[int, Chat], voices: Voices, journal: Journal) -> None:
    listened = select(TurnMessage.chat_id, TurnMessage.message_id, TurnMessage.hearing).where(
        TurnMessage.hearing.is_not(None), TurnMessage.hearing != WAITING
    )
    with journal.read() as session:
        heard = session.execute(listened).all()
    for chat_id, message_id, hearing in heard:
        if chat_id not in chats:
            continue
        if hearing != HEARD:
            voices.unheard += 1
            continue
        voices.heard += 1
        lines = sum(quoted(message) == message_id for message in chats[chat_id].shown)
        voices.shown += lines
        if not lines:
            voices.silent.append(f"{chat_id}/{message_id}: what was heard is not shown")
