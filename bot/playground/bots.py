"""A bot as the playground knows it: its last numbers, its profile, its waiting updates."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.updates import UNASKED, UpdateQueue

DEFAULT_NAME = "Heed"


@dataclass
class Bot:
    """Numbers are the last ones given out. `body` is stored: names, descriptions, commands, webhook, wishes."""

    bot_id: int
    message_id: int = 0
    update_id: int = 0
    edits: int = 0
    body: dict[str, Any] = field(default_factory=dict, repr=False)
    updates: UpdateQueue = field(default_factory=UpdateQueue, repr=False)
    failure: dict[str, Any] = field(default_factory=dict)  # last_error_date, last_error_message of the webhook

    @property
    def username(self) -> str:
        """Made from the id: the playground has no BotFather."""
        return f"heed_{self.bot_id}_bot"

    def translated(self, what: str, language: str) -> str:
        """The name, description or short_description in a language, or in none."""
        known = self.body.get(what, {})
        found = known.get(language) or known.get("")
        return found or (DEFAULT_NAME if what == "name" else "")

    def as_user(self) -> dict[str, Any]:
        """The bot as a Bot API User."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.translated("name", ""),
            "username": self.username,
        }

    def commands(self, chat_id: int, kind: str, language: str) -> list[dict[str, Any]]:
        """What the client shows in a chat: the narrowest scope that has commands, in the person's language or in
        none.

        Order: https://core.telegram.org/bots/api#determining-list-of-commands
        """
        by_scope = self.body.get("commands", {})
        wide = "all_private_chats" if kind == "private" else "all_group_chats"
        for scope in (f"chat:{chat_id}", wide, "default"):
            for code in (language, ""):
                if found := by_scope.get(f"{scope}|{code}"):
                    return list(found)
        return []

    def wants(self, kind: str) -> bool:
        """Whether updates of this kind are to be kept (allowed_updates)."""
        asked = self.body.get("allowed_updates") or []
        return kind in asked if asked else kind not in UNASKED
