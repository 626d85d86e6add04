"""Where bots and people meet: who there is, which chats they have, and what passes between them.

Everything is stored before it counts in memory, in one transaction an action; a failed write leaves no trace. One
event loop, no await between reading and writing, so nothing here needs a lock.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.bots import Bot
from bot.playground.feed import Feed
from bot.playground.refusal import Refusal, bad_request
from bot.playground.store import JSON, Store, Writing
from bot.playground.updates import Waiting
from models import words

FIRST_PERSON = 700_000_001
QUERY_LIVES = 15 * 60  # seconds a pressed button may be answered


class NoBot(LookupError):
    """No bot has spoken to this server yet, or not the one asked for."""


@dataclass
class Outcome:
    """What a transaction brings about once it is committed."""

    waiting: list[Waiting] = field(default_factory=list)
    events: list[tuple[int, str, JSON]] = field(default_factory=list, repr=False)
    message_id: int = 0
    update_id: int = 0
    edits: int = 0


class Switchboard:
    """All state of the server. `store` is the truth; the rest are short copies of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.feed = Feed()
        self.bots: dict[int, Bot] = {}
        self.people: dict[int, JSON] = {}
        self.chats: dict[tuple[int, int], JSON] = {}
        self.queries: dict[str, tuple[int, float]] = {}  # callback query id -> (person, when pressed)
        self.latest: Bot | None = None
        self.courier_wanted: Callable[[Bot], None] = lambda bot: None  # told when a bot's webhook changed
        self._load()

    def _load(self) -> None:
        for bot_id, message_id, update_id, edits, body in self.store.execute("SELECT * FROM bot ORDER BY bot_id"):
            self.latest = self.bots[bot_id] = Bot(bot_id, message_id, update_id, edits, self.store.unseal(body))
        for person_id, body in self.store.execute("SELECT * FROM person ORDER BY person_id"):
            self.people[person_id] = self.store.unseal(body)
        for bot_id, chat_id, body in self.store.execute("SELECT * FROM chat"):
            self.chats[bot_id, chat_id] = self.store.unseal(body)
        for bot_id, update_id, chat_id, message_id, body in self.store.execute(
            "SELECT * FROM waiting ORDER BY update_id"
        ):
            self.bots[bot_id].updates.add(Waiting(update_id, chat_id, message_id, self.store.unseal(body)))

    # Who there is

    def bot(self, bot_id: int) -> Bot:
        """The bot with this id; it exists from its first request on."""
        found = self.bots.get(bot_id)
        if found is None:
            found = Bot(bot_id)
            with self.store.writing() as writing:
                writing.bot(bot_id, 0, 0, 0, {})
            self.bots[bot_id] = found
        self.latest = found
        return found

    def chosen_bot(self, bot_id: int | None) -> Bot:
        """The bot a person means: the one named, else the one seen last. Raises `NoBot`."""
        found = self.bots.get(bot_id) if bot_id is not None else self.latest
        if found is None:
            raise NoBot
        return found

    def person(self, person_id: int, name: str = "", language: str = "", username: str = "") -> JSON:
        """The person with this id as a Bot API User; made at first use, renamed where a value is given."""
        known = self.people.get(person_id)
        fallback = name or words.say(words.as_language(language), "playground.somebody", number=person_id)
        person = dict(known or {"id": person_id, "is_bot": False, "first_name": fallback})
        given = {"first_name": name[:64], "language_code": language, "username": username}
        person.update({key: value for key, value in given.items() if value})
        if person != known:
            with self.store.writing() as writing:
                writing.person(person_id, person)
            self.people[person_id] = person
        return person

    def next_person(self) -> int:
        """An id nobody has."""
        return max([FIRST_PERSON - 1, *self.people]) + 1

    def chat(self, bot: Bot, chat_id: int) -> JSON | None:
        """What is known about a chat: type, title, standing (member, kicked, left), members."""
        return self.chats.get((bot.bot_id, chat_id))

    def chat_as_json(self, bot: Bot, chat_id: int) -> JSON:
        """A chat as a Bot API Chat."""
        chat = self.chats[bot.bot_id, chat_id]
        if chat["type"] != "private":
            return {"id": chat_id, "type": chat["type"], "title": chat["title"]}
        person = self.people[chat_id]
        named: JSON = {name: person[name] for name in ("first_name", "username") if name in person}
        return {"id": chat_id, "type": "private", **named}

    def open_chat(self, bot: Bot, chat_id: Any) -> tuple[int, JSON]:
        """A chat a bot may write to. Raises `Refusal`: 400 chat not found, 403 blocked or not a member."""
        try:
            number = int(chat_id)
        except (TypeError, ValueError):
            raise bad_request("chat not found") from None
        chat = self.chat(bot, number)
        if chat is None:
            if number in self.people:
                raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        if chat["standing"] == "kicked":
            where = "blocked by the user" if chat["type"] == "private" else f"kicked from the {chat['type']} chat"
            raise Refusal(403, f"Forbidden: bot was {where}")
        if chat["standing"] == "left":
            raise Refusal(403, f"Forbidden: bot is not a member of the {chat['type']} chat")
        return number, chat

    # What passes between them

    def query_of(self, identifier: str) -> int | None:
        """Who pressed the button behind a callback query id; None: unknown or too old."""
        known = self.queries.get(identifier)
        if known is not None:
            return known[0] if time.monotonic() - known[1] < QUERY_LIVES else None
        if not identifier.isdecimal() or len(identifier) > 40:
            return None
        person_id = int(identifier) // 10**10  # pressed before a restart: the id itself says by whom
        return person_id if person_id in self.people else None

    def begin(self, bot: Bot) -> Outcome:
        """The numbers a transaction starts from."""
        return Outcome(message_id=bot.message_id, update_id=bot.update_id, edits=bot.edits)

    def save_chat(self, bot: Bot, chat_id: int, body: JSON) -> None:
        """Stores a chat, new or changed."""
        with self.store.writing() as writing:
            writing.chat(bot.bot_id, chat_id, body)
        self.chats[bot.bot_id, chat_id] = body

    def write_message(self, writing: Writing, bot: Bot, outcome: Outcome, message: JSON) -> JSON:
        """Gives a new message its number and stores it."""
        outcome.message_id += 1
        message = {"message_id": outcome.message_id, **message}
        chat_id = message["chat"]["id"]
        writing.message(bot.bot_id, chat_id, message)
        outcome.events.append((chat_id, "message", {"message": message}))
        return message

    def write_edit(self, writing: Writing, bot: Bot, outcome: Outcome, message: JSON) -> None:
        """Stores a changed message under the next edit number."""
        outcome.edits += 1
        writing.message(bot.bot_id, message["chat"]["id"], message, outcome.edits)
        outcome.events.append((message["chat"]["id"], "edited", {"message": message}))

    def write_update(
        self,
        writing: Writing,
        bot: Bot,
        outcome: Outcome,
        kind: str,
        content: JSON,
        chat_id: int,
        message_id: int = 0,
    ) -> int:
        """Gives an update its number and queues it. Its number is spent even where the bot did not ask for the
        kind."""
        outcome.update_id += 1
        if bot.wants(kind):
            body = json.dumps({"update_id": outcome.update_id, kind: content})
            writing.waiting(bot.bot_id, outcome.update_id, chat_id, message_id, body)
            outcome.waiting.append(Waiting(outcome.update_id, chat_id, message_id, body))
        return outcome.update_id

    def finish(self, writing: Writing, bot: Bot, outcome: Outcome) -> None:
        """The last statement of a transaction: the bot's numbers."""
        writing.numbers(bot.bot_id, outcome.message_id, outcome.update_id, outcome.edits)

    def settle(self, bot: Bot, outcome: Outcome) -> None:
        """After the commit: the numbers are given out, updates can be fetched, watchers are told."""
        bot.message_id, bot.update_id, bot.edits = outcome.message_id, outcome.update_id, outcome.edits
        for waiting in outcome.waiting:
            bot.updates.add(waiting)
        for chat_id, kind, body in outcome.events:
            self.feed.publish(bot.bot_id, chat_id, kind, **body)

    def save_profile(self, bot: Bot, body: JSON) -> None:
        """Stores a bot's changed profile."""
        with self.store.writing() as writing:
            writing.bot(bot.bot_id, bot.message_id, bot.update_id, bot.edits, body)
        bot.body = body

    def confirm(self, bot: Bot, updates: list[Waiting]) -> None:
        """The bot has these updates: forgotten, and the people see that theirs was read."""
        if not updates:
            return
        with self.store.writing() as writing:
            writing.confirm(bot.bot_id, updates[-1].update_id + 1)
        bot.updates.drop(updates)
        for update in updates:
            if update.message_id:
                self.feed.publish(bot.bot_id, update.chat_id, "read", message_id=update.message_id)

    def erase_person(self, person_id: int) -> None:
        """Everything of a person, with every bot: messages, files, waiting updates, name."""
        bots = [bot_id for bot_id, chat_id in self.chats if chat_id == person_id]
        with self.store.writing() as writing:
            for bot_id in bots:
                writing.erase_chat(bot_id, person_id)
            self.store.execute("DELETE FROM person WHERE person_id = ?", person_id)
        for bot_id in bots:
            self.bots[bot_id].updates.drop(self.bots[bot_id].updates.of_chat(person_id))
            del self.chats[bot_id, person_id]
        self.store.scrub()
        self.people.pop(person_id, None)
        self.feed.forget(person_id)
