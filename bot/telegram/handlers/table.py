"""Which handler an update goes to. The first that fits takes it, and the last fits everything."""

from collections.abc import Callable
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram.desk import Effect
from bot.telegram.handlers import (
    country,
    edited,
    forgetting,
    groups,
    helping,
    mood,
    music,
    photos,
    presses,
    privacy,
    recordings,
    settings,
    starting,
    text,
    unsupported,
    voice,
)
from bot.telegram.scene import Scene

COMMANDS: dict[str, Effect] = {
    "start": starting.start,
    "help": helping.show_help,
    "new": starting.new,
    "settings": settings.settings,
    "privacy": privacy.privacy,
    "pause": starting.pause,
    "export": privacy.export_everything,
    "forget": forgetting.forget,
    "country": country.country,
    "voice": voice.voice,
    "mood": mood.mood,
    "music": music.music,
    "playlist": music.playlist,
}
MENU = ("help", "new", "mood", "music", "settings", "privacy", "pause", "forget")


def nothing(scene: Scene) -> None:
    """Nobody spoke to Heed: the update is only marked handled."""


def register(application: Application[Any, Any, Any, Any, Any, Any], handler: Callable[[Effect], Any]) -> None:
    """Registers every handler; `handler` turns an effect into what the library calls."""
    private = filters.ChatType.PRIVATE
    fresh = filters.UpdateType.MESSAGE
    add = application.add_handler
    for name, effect in COMMANDS.items():
        add(CommandHandler(name, handler(effect), filters=private & fresh))
    add(MessageHandler(private & fresh & filters.COMMAND, handler(helping.show_help)))
    add(MessageHandler(private & fresh & filters.TEXT, handler(text.text)))
    add(MessageHandler(private & filters.UpdateType.EDITED_MESSAGE, handler(edited.edited)))
    spoken = filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.Document.Category("audio/")
    add(MessageHandler(private & fresh & spoken, handler(recordings.recording)))
    named = filters.Document.FileExtension("heic") | filters.Document.FileExtension(
        "heif"
    )  # often sent as mere bytes
    shown = filters.PHOTO | filters.Document.IMAGE | named
    add(MessageHandler(private & fresh & shown, handler(photos.photo)))
    add(MessageHandler(private & fresh, handler(unsupported.unsupported)))
    add(CallbackQueryHandler(handler(presses.press)))
    add(ChatMemberHandler(handler(groups.membership), ChatMemberHandler.MY_CHAT_MEMBER))
    add(MessageHandler(filters.ChatType.GROUPS & fresh, handler(groups.group_message)))
    add(TypeHandler(Update, handler(nothing)))
