"""An edited message: before the answer it replaces the words; after it, one sentence says what to do."""

from sqlalchemy import select

from bot.telegram.scene import Scene
from workers.journal import outbox, turns
from workers.journal.outbox import Letter
from workers.journal.tables import TurnMessage


def edited(scene: Scene) -> None:
    message = scene.message
    words = message.text or message.caption
    if words is None:
        return  # a live location that moved, a poll that counted: nothing was said
    known = scene.session.scalar(
        select(TurnMessage).where(
            TurnMessage.bot_id == scene.claimed.bot_id,
            TurnMessage.chat_id == message.chat_id,
            TurnMessage.message_id == message.message_id,
        )
    )
    if known is not None and turns.edit(scene.session, scene.person, known, words):
        return
    origin = f"x:{message.message_id}:{scene.person.id[:12]}"
    letter = Letter({"text": scene.words("edited.after_answer")}, "answer", "edited")
    outbox.put(
        scene.session, scene.claimed.bot_id, message.chat_id, origin, letter,
        person=scene.person,
    )  # fmt: skip
