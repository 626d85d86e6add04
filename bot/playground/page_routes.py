"""The chat page: its files, its words, and the cookie that opens it."""

from pathlib import Path

from aiohttp import web

from bot.playground.gate import Gate
from bot.playground.switchboard import Switchboard
from models import words

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class PageRoutes:
    """Handlers of the page."""

    def __init__(self, board: Switchboard, gate: Gate) -> None:
        self._board = board
        self._gate = gate

    def add_to(self, app: web.Application) -> None:
        """Registers the routes."""
        app.router.add_get("/", self.entrance)
        app.router.add_get("/page/{name:[a-z]+\\.(?:css|js|svg)}", self.file)
        app.router.add_get("/words/{language}", self.words)

    async def entrance(self, request: web.Request) -> web.Response:
        """With the token of this start: sets the cookie. With the cookie: the page. Otherwise how to get in."""
        token = request.query.get("t")
        if token is not None and self._gate.knows(token):
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(self._gate.cookie, token, httponly=True, samesite="Strict", path="/")
            return response
        if not self._gate.knows(request.cookies.get(self._gate.cookie, "")):
            language = words.as_language(request.headers.get("Accept-Language", "").split(",")[0])
            return web.Response(text=words.say(language, "playground.locked"), status=401)
        return self._send("index.html")

    async def file(self, request: web.Request) -> web.Response:
        """A file of the page."""
        return self._send(request.match_info["name"])

    def _send(self, name: str) -> web.Response:
        path = PAGE / name
        if not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")

    async def words(self, request: web.Request) -> web.Response:
        """The page's words in a language."""
        language = words.as_language(request.match_info["language"])
        found = {key: words.say(language, f"playground.{key}") for key in words.keys(language, "playground")}
        return web.json_response({"language": language, "words": found})
