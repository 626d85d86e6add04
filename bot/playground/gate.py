"""Who may speak with the server: this machine's own programs, and the page it serves itself.

Every route: the Host header must name this loopback port (against DNS rebinding), and a browser's request must
come from our own page. The person's side also needs the token of this start, as a bearer token or as the page's
cookie.
"""

import hmac
import secrets
from pathlib import Path

from aiohttp import web

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(self), display-capture=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Gate:
    """Checks of one start. `token` opens the person's side."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(32)
        self.port = 0

    @property
    def cookie(self) -> str:
        """Cookies know no port, so the name does."""
        return f"heed_playground_{self.port}"

    def at_home(self, request: web.Request) -> bool:
        """The request names this server, and no other page sent it."""
        hosts = tuple(f"{name}:{self.port}" for name in LOOPBACK)
        if request.host not in hosts:
            return False
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            return False
        site = request.headers.get("Sec-Fetch-Site", "none")
        opened = (
            request.method == "GET" and request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        )
        return site in ("same-origin", "none") or opened

    def knows(self, token: str) -> bool:
        """Whether this is the token, in constant time."""
        return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode())

    def lets_in(self, request: web.Request) -> bool:
        """Whether the request may use the person's side."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.knows(token.strip())
        if not self.knows(request.cookies.get(self.cookie, "")):
            return False
        if request.method in ("GET", "HEAD"):
            return True
        return request.headers.get("Origin") == f"http://{request.host}" or (
            request.headers.get("Sec-Fetch-Site") == "same-origin"
        )


def write_token(path: Path, token: str) -> None:
    """Puts the token where this user's programs find it: a file only they can read, replaced whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    beside.write_text(token + "\n", encoding="ascii")
    beside.replace(path)
