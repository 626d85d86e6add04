"""``/faults``, only with ``--faults``.

``POST`` takes one JSON object or a list of them: ``{"method": "sendMessage" or "*", "times": 1, "chat_id":
optional, "status": 429, "retry_after": 2, "description": optional, "cut": true|"before"|"after", "delay_s":
0.5}``, or
``{"duplicate_updates": true, "times": 1}``
(so many confirmations are not heeded), or ``{"raw_update": object or text}``. ``GET`` lists what is still set,
``DELETE`` clears it.
"""

from aiohttp import web

from bot.playground.faults import Faults
from bot.playground.switchboard import NoBot, Switchboard


class FaultRoutes:
    """Handlers of the fault switches."""

    def __init__(self, board: Switchboard, faults: Faults) -> None:
        self._board = board
        self._faults = faults

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_post("/faults", self.set)
        app.router.add_get("/faults", self.list)
        app.router.add_delete("/faults", self.clear)

    async def set(self, request: web.Request) -> web.Response:
        """Sets one or several faults."""
        try:
            wishes = await request.json()
            for wish in wishes if isinstance(wishes, list) else [wishes]:
                self._faults.set(wish, self._board)
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.json_response({"error": "fault"}, status=400)
        except NoBot:
            return web.json_response({"error": "no_bot"}, status=503)
        return web.json_response({"faults": self._faults.as_json()})

    async def list(self, request: web.Request) -> web.Response:
        """What is still set."""
        return web.json_response({"faults": self._faults.as_json()})

    async def clear(self, request: web.Request) -> web.Response:
        """Nothing is set any more."""
        self._faults.clear()
        return web.json_response({"faults": []})
