"""The Bot API side: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``.

Any well-formed token is taken; the number before its colon is the bot's id. The token is in no log and in no answer.
"""

import asyncio
import json
import logging
import re
import sqlite3
from typing import Any

from aiohttp import web

from bot.playground.bots import Bot
from bot.playground.faults import Fault, Faults
from bot.playground.files import number_in_path, path_of
from bot.playground.methods import Call, Encoded, find
from bot.playground.parameters import read_parameters
from bot.playground.refusal import Refusal
from bot.playground.switchboard import Switchboard

log = logging.getLogger(__name__)
TOKEN = re.compile(r"([1-9]\d{0,15}):[A-Za-z0-9_-]{3,100}")
OUT_OF_ORDER = Refusal(500, "Internal Server Error")


class BotRoutes:
    """Handlers of the bots' requests."""

    def __init__(self, board: Switchboard, faults: Faults | None) -> None:
        self._board = board
        self._faults = faults

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_route("*", "/bot{token}/{method}", self.call)
        app.router.add_get("/file/bot{token}/{path:.+}", self.download)

    def _bot(self, request: web.Request) -> Bot:
        match = TOKEN.fullmatch(request.match_info["token"])
        if match is None:
            raise Refusal(401, "Unauthorized: invalid token specified")
        return self._board.bot(int(match[1]))

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method call."""
        if request.method not in ("GET", "POST"):
            return _answer(405, Refusal(405, "Method Not Allowed").as_answer())
        fault: Fault | None = None
        try:
            bot = self._bot(request)
            parameters = await read_parameters(request)
            name = request.match_info["method"]
            if self._faults is not None:
                fault = self._faults.next(name, parameters.text("chat_id"))
            if fault is not None:
                await asyncio.sleep(fault.delay)
                if fault.cut == "before":
                    return _cut(request)
                if refusal := fault.refusal():
                    raise refusal
            result = await find(name)(Call(bot, self._board, parameters))
        except Refusal as refusal:
            return _answer(refusal.code, refusal.as_answer())
        except sqlite3.Error as error:
            log.error("a request could not be stored: %s", error.sqlite_errorname)
            return _answer(500, OUT_OF_ORDER.as_answer())
        if fault is not None and fault.cut:
            return await _half(request, _body(result))
        return web.Response(body=_body(result), content_type="application/json")

    async def download(self, request: web.Request) -> web.Response:
        """A file by the path getFile gave."""
        try:
            bot = self._bot(request)
        except Refusal as refusal:
            return _answer(refusal.code, refusal.as_answer())
        path = request.match_info["path"]
        number = number_in_path(path)
        known = self._board.store.file_about(number) if number is not None else None
        if number is None or known is None or known[0] != bot.bot_id or path != path_of(number, known[2]):
            return _answer(404, Refusal(404, "Not Found").as_answer())
        content = self._board.store.file_content(number)
        return web.Response(body=content, content_type="application/octet-stream")


def _body(result: Any) -> bytes:
    text = result if isinstance(result, Encoded) else json.dumps(result)
    return f'{{"ok":true,"result":{text}}}'.encode()


def _answer(status: int, answer: dict[str, Any]) -> web.Response:
    return web.json_response(answer, status=status)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Everything was done; the answer breaks off in the middle."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
