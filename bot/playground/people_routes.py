"""The person's side: what a client app of the messenger does, as a small HTTP interface.

Every request needs the token of this start (``Authorization: Bearer TOKEN``, or the page's cookie). `bot` in the
address chooses the bot (its id), else the one seen last. Bodies are forms. Errors: ``{"error": "<reason>"}`` with
a 4xx status, or 503 ``no_bot``
while no bot has spoken to the server.

``GET /people``
    Everybody: ``{"people": [{"person": User, "last": Message or null, "standing": "member"|"kicked"}]}``.
``POST /people``
    name, language_code -> ``{"person": User}``: somebody new.
``POST /people/{id}/messages``
    text, or a file as voice, audio, photo, document, video_note, video (with caption), or raw (sticker, location,
    venue, poll, contact, dice, video, animation, document, voice, or the fields of a message as a JSON object).
    A photo is the largest size; smaller ones may come beside it as photo_90, photo_320, photo_800, photo_1280.
    Optional: edit_message_id, reply_to_message_id, media_group_id, name, language_code, username, duration;
    chat_type (group, supergroup, channel) with chat_id (negative) and title.
    -> ``{"message": Message, "messages": [Message], "update_id": n}``; a text beyond 4,096 characters becomes
    several messages.
``POST /people/{id}/press``
    message_id, data -> ``{"callback_query_id": "…", "update_id": n}``. Data and message are passed on as given,
    forged or not.
``GET /people/{id}/messages?after=N&wait=S``
    Both directions, ``message_id > N``, oldest first, at most `limit` (100). Waits up to S seconds (60 at most)
    where there is none. Messages edited meanwhile come too: those edited while the request waits, or, with
    ``edited_after=E``, all edited since, where E is the header ``X-Edited`` of the previous answer (0 at first).
    ``before=N`` gives the newest `limit` older than N. chat_id: a group.
``GET /people/{id}/events?after=N&wait=S`` (``GET /events``: of everybody)
    ``{"next": N, "reset": false, "events": [{"kind": …}]}``: message, edited (message), deleted (message_ids),
    read (message_id), action (action), draft (draft_id, text, entities), answer (callback_query_id, text, alert,
    url), reaction, standing, profile (of the bot). Without `after` only `next`. ``reset``: too far behind, load
    everything again.
``GET /people/{id}/state``
    ``{"person", "bot": {id, name, username, description}, "commands", "standing", "waiting": [ids the bot has not
    fetched]}``.
``GET /people/{id}/files/{file_id}``
    The content of a file of that chat.
``POST /people/{id}/block``, ``/unblock``; ``POST /people/{id}/invite``, ``/expel`` (chat_id, chat_type, title)
    Blocks the bot; adds it to a group. -> ``{"update_id": n}``.
``DELETE /people/{id}``
    Erases the person: messages, files, waiting updates, name. -> ``{"erased": true}``.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground.bots import Bot
from bot.playground.feed import Feed
from bot.playground.files import number_in_id
from bot.playground.parameters import Parameters, read_parameters
from bot.playground.people import Act, CannotDo
from bot.playground.refusal import Refusal
from bot.playground.store import JSON
from bot.playground.switchboard import NoBot, Switchboard

LONGEST_WAIT = 60.0  # seconds
MOST = 1000  # messages an answer holds
SHOWN = (
    "audio/",
    "image/",
    "video/",
)  # what a browser may show of a file; everything else is offered for download
Handler = Callable[[web.Request], Awaitable[web.Response]]


def told(handler: Handler) -> Handler:
    """Answers what a person's program did wrong as JSON."""

    async def answered(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except CannotDo as error:
            return web.json_response({"error": error.code}, status=error.status)
        except Refusal as refusal:
            return web.json_response({"error": refusal.description}, status=refusal.code)
        except NoBot:
            return web.json_response({"error": "no_bot"}, status=503)
        except sqlite3.Error as error:
            return web.json_response({"error": error.sqlite_errorname}, status=500)

    return answered


class PeopleRoutes:
    """Handlers of the people's requests."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self.stopping = False

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        one = "/people/{person:-?[0-9]{1,15}}"
        app.router.add_get("/people", told(self.everybody))
        app.router.add_post("/people", told(self.somebody_new))
        app.router.add_delete(one, told(self.erase))
        app.router.add_post(one + "/messages", told(self.write))
        app.router.add_get(one + "/messages", told(self.read))
        app.router.add_post(one + "/press", told(self.press))
        app.router.add_get(one + "/events", told(self.events))
        app.router.add_get("/events", told(self.events))
        app.router.add_get(one + "/state", told(self.state))
        app.router.add_get(one + "/files/{file_id}", told(self.file))
        for name in ("block", "unblock", "invite", "expel"):
            app.router.add_post(f"{one}/{{what:{name}}}", told(self.change_standing))

    def _bot(self, request: web.Request) -> Bot:
        chosen = request.query.get("bot", "")
        return self._board.chosen_bot(int(chosen) if chosen.isdecimal() else None)

    async def _act(self, request: web.Request) -> Act:
        parameters = await read_parameters(request)
        return Act(self._board, self._bot(request), int(request.match_info["person"]), parameters)

    async def everybody(self, request: web.Request) -> web.Response:
        """All people, and the last message of each."""
        board = self._board
        bot = board.latest and self._bot(request)
        people = []
        for person_id, person in board.people.items():
            chat = board.chat(bot, person_id) if bot else None
            last = board.store.messages_before(bot.bot_id, person_id, 1 << 60, 1) if bot and chat else []
            people.append(
                {
                    "person": person,
                    "last": last[0] if last else None,
                    "standing": (chat or {}).get("standing", "member"),
                }
            )
        return web.json_response({"people": people})

    async def somebody_new(self, request: web.Request) -> web.Response:
        """A person with a name and a language."""
        parameters = await read_parameters(request)
        name = parameters.text("name").strip()
        person = self._board.person(self._board.next_person(), name, parameters.text("language_code"))
        return web.json_response({"person": person})

    async def erase(self, request: web.Request) -> web.Response:
        """Forgets a person."""
        self._board.erase_person(int(request.match_info["person"]))
        return web.json_response({"erased": True})

    async def write(self, request: web.Request) -> web.Response:
        """A message, or a changed one."""
        messages, update_id = (await self._act(request)).write()
        return web.json_response({"message": messages[-1], "messages": messages, "update_id": update_id})

    async def press(self, request: web.Request) -> web.Response:
        """A pressed button."""
        query_id, update_id = (await self._act(request)).press()
        return web.json_response({"callback_query_id": query_id, "update_id": update_id})

    async def change_standing(self, request: web.Request) -> web.Response:
        """The bot is blocked, unblocked, invited or expelled."""
        act, what = await self._act(request), request.match_info["what"]
        update_id = act.block(what == "block") if what.endswith("block") else act.invite(what == "invite")
        return web.json_response({"update_id": update_id})

    async def read(self, request: web.Request) -> web.Response:
        """Messages after a number, waiting for them if asked."""
        bot, asked = self._bot(request), Parameters(dict(request.query))
        chat_id = asked.number("chat_id", int(request.match_info["person"]))
        limit = min(max(asked.number("limit", 100), 1), MOST)
        if before := asked.number("before"):
            return self._messages(bot, self._board.store.messages_before(bot.bot_id, chat_id, before, limit))
        after = asked.number("after")
        edited_after = asked.number("edited_after", bot.edits)
        deadline = time.monotonic() + _seconds(asked)
        while True:
            found = self._board.store.messages_after(bot.bot_id, chat_id, after, limit)
            if edited_after < bot.edits:
                changed = self._board.store.messages_edited(bot.bot_id, chat_id, edited_after, limit)
                found = [message for message in changed if message["message_id"] <= after] + found
            if found or not await self._news(self._board.feed, chat_id, deadline):
                return self._messages(bot, found)

    def _messages(self, bot: Bot, found: list[JSON]) -> web.Response:
        return web.json_response(found, headers={"X-Edited": str(bot.edits)})

    async def _news(self, feed: Feed, chat_id: int, deadline: float) -> bool:
        return not self.stopping and await feed.next(chat_id, deadline - time.monotonic())

    async def events(self, request: web.Request) -> web.Response:
        """What happened after a number, waiting for it if asked."""
        bot, asked = self._bot(request), Parameters(dict(request.query))
        feed, chat_id = self._board.feed, int(request.match_info.get("person", 0))
        after = asked.integer("after")
        if after is None:
            return web.json_response({"next": feed.number, "reset": False, "events": []})
        deadline = time.monotonic() + _seconds(asked)
        while True:
            found = feed.since(after, bot.bot_id, chat_id)
            if found is None:
                return web.json_response({"next": feed.number, "reset": True, "events": []})
            if found or not await self._news(feed, chat_id, deadline):
                events = [event.as_json() for event in found]
                return web.json_response({"next": feed.number, "reset": False, "events": events})

    async def state(self, request: web.Request) -> web.Response:
        """What a client shows around a chat."""
        bot, person_id = self._bot(request), int(request.match_info["person"])
        person = self._board.people.get(person_id)
        if person is None:
            raise CannotDo("no_such_person", 404)
        language = str(person.get("language_code", ""))[:2]
        chat = self._board.chat(bot, person_id) or {"standing": "member"}
        about = {
            "id": bot.bot_id, "username": bot.username, "name": bot.translated("name", language),
            "description": bot.translated("description", language),
        }  # fmt: skip
        waiting = [update.message_id for update in bot.updates.of_chat(person_id) if update.message_id]
        commands = bot.commands(person_id, "private", language)
        return web.json_response(
            {
                "person": person,
                "bot": about,
                "commands": commands,
                "standing": chat["standing"],
                "waiting": waiting,
            }
        )

    async def file(self, request: web.Request) -> web.Response:
        """A file that was sent in this chat."""
        bot = self._bot(request)
        number = number_in_id(bot.bot_id, request.match_info["file_id"])
        known = self._board.store.file_about(number)
        person_id = int(request.match_info["person"])
        if known is None or known[0] != bot.bot_id or not self._board.store.file_seen(number, person_id):
            raise CannotDo("no_such_file", 404)
        mime_type = str(known[2]["mime_type"])
        shown = mime_type.startswith(SHOWN) and "svg" not in mime_type
        response = web.Response(
            body=self._board.store.file_content(number),
            content_type=mime_type if shown else "application/octet-stream",
        )
        if not shown:
            response.headers["Content-Disposition"] = "attachment"
        return response


def _seconds(asked: Parameters) -> float:
    try:
        return min(max(float(asked.text("wait", "0")), 0.0), LONGEST_WAIT)
    except ValueError:
        raise CannotDo("wait") from None
