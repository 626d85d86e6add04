"""Whatever Heed cannot take: one clear sentence saying so and what would work. A caption is answered as words."""

from telegram import Message

from bot.telegram.handlers.text import take_in, visible
from bot.telegram.scene import Scene
from workers.journal import outbox
from workers.journal.outbox import Letter

KINDS = (
    "animation", "video", "document", "sticker", "venue", "location",
    "contact", "poll", "dice", "game", "story", "checklist", "invoice", "paid_media",
)  # fmt: skip
SERVICE = (
    "new_chat_title", "new_chat_photo", "delete_chat_photo", "pinned_message", "message_auto_delete_timer_changed",
    "connected_website", "write_access_allowed", "chat_background_set", "boost_added", "forum_topic_created",
)  # fmt: skip


def kind_of(message: Message) -> str:
    """The name of what a message brings. A GIF is also a document, a venue also a location: the narrower wins."""
    return next((kind for kind in KINDS if getattr(message, kind, None)), "other")


def unsupported(scene: Scene) -> None:
    message = scene.message
    if any(getattr(message, name, None) for name in SERVICE):
        return  # Telegram's own notices are nobody's message
    kind = kind_of(message)
    if message.caption and visible(message.caption):
        take_in(scene, message.caption, "caption")
        return
    if message.media_group_id is not None:
        letter = Letter({"text": scene.words("unsupported.album")}, "answer", "album")
        outbox.put(
            scene.session, scene.claimed.bot_id, scene.person.telegram_id, f"g:{message.media_group_id}"[:40], letter,
            person=scene.person,
        )  # fmt: skip
        scene.introduce()
        return
    scene.answer(scene.words(f"unsupported.{kind}"))
    scene.introduce()
