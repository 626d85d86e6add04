"""The Bot API methods, one file a group. Importing this package registers all of them."""

from bot.playground.methods import chats, edits, files, profile, sending, updates
from bot.playground.methods.registry import METHODS, Call, Encoded, find

__all__ = ["METHODS", "Call", "Encoded", "chats", "edits", "files", "find", "profile", "sending", "updates"]
