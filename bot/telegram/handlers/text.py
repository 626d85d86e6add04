"""Words: a text, or the caption of something that cannot be taken yet. They join or open a turn."""

import re
import unicodedata
from datetime import timedelta

from sqlalchemy import func, select

from bot.telegram.handlers import forgetting, helping
from bot.telegram.scene import Scene
from models.words import variants
from workers.journal import outbox, people, recordings, turns
from workers.journal.attachments import WAITING, Attachment
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import TurnMessage, now
from workers.journal.turns import ALBUM, Due, Said

LONGEST = 4096  # characters: what Telegram allows in one message
BACKLOG = timedelta(seconds=30)  # a message this old waited for Heed, and others may have waited with it
FLOOD = 30  # messages in one turn that make it a flood


def text(scene: Scene) -> None:
    words = scene.message.text or ""
    if not visible(words):
        scene.answer(scene.words("input.invisible"))
        scene.introduce()
        return
    if len(words) > LONGEST:
        scene.answer(scene.words("input.too_long", limit=LONGEST))
        scene.introduce()
        return
    if correction(scene, words):
        return
    plain = phrase(words)
    if plain in variants(scene.language, "forget.phrases"):
        forgetting.forget_last(scene)
    elif plain in variants(scene.language, "help.phrases"):
        helping.show_help(scene)
    else:
        take_in(scene, words, "text")


def correction(scene: Scene, words: str) -> bool:
    """Whether `words` reply to a recording, or to what Heed heard of it, that is still being thought about: then they
    take the place of what was heard. After the answer they do that too, and are a message of their own besides."""
    replied = scene.message.reply_to_message
    if replied is None:
        return False
    heard = recordings.of_message(
        scene.session, scene.claimed.bot_id, scene.message.chat_id, replied.message_id, scene.person.id
    )
    if heard is None or heard.hearing == WAITING:
        return False
    if turns.edit(scene.session, scene.person, heard, words):
        return True
    recordings.correct(heard, key_of(scene.session, scene.person), words)
    return False


def take_in(scene: Scene, words: str | None, kind: str, attachment: Attachment | None = None) -> None:
    """Puts words, or an attachment, into the person's turn and has its doorbell rung after the commit."""
    message = scene.message
    if scene.person.blocked_at is not None:
        people.blocked(scene.session, scene.person.id, None)
    said = Said(
        scene.claimed.bot_id,
        message.chat_id,
        message.message_id,
        scene.claimed.update_id,
        words,
        scene.sent_at,
        kind,
        attachment,
    )
    waits = message.media_group_id is not None or now() - scene.sent_at > BACKLOG
    hold = ALBUM if waits else timedelta(0)
    turn = turns.take_in(scene.session, scene.person, scene.conversation, said, hold=hold)
    if not hold:
        scene.rings.append(Due(turn.id, turn.queue))
    if turn.revision == FLOOD or (turn.revision > FLOOD and _messages(scene, turn.id) == FLOOD):
        letter = Letter({"text": scene.words("input.flood")}, "holding", "flood")
        outbox.put_of_turn(scene.session, turn, letter, scene.person)


def visible(words: str) -> bool:
    """Whether anything of it can be seen: more than white space, control and format characters."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in words)


def phrase(words: str) -> str:
    """Lower case without punctuation, as the phrases in models/words are written."""
    return " ".join(re.sub(r"[^\w\s]", " ", words.replace("İ", "i").lower()).split())


def _messages(scene: Scene, turn_id: int) -> int:
    return scene.session.scalar(select(func.count()).where(TurnMessage.turn_id == turn_id)) or 0
