"""The webhook route: the same intake, Telegram's own retries behind it (500 where nothing was stored)."""

import hmac
import json
import logging

from aiohttp import web

from bot.telegram.intake import Intake

log = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000  # bytes; Telegram's updates stay far below
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def webhook_app(intake: Intake, bot_id: int, secret: str) -> web.Application:
    """An application with the one route `/webhook/<bot id>`. Any number of bot processes may serve it."""

    async def receive(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, UnicodeDecodeError):
            log.error("a webhook call that is no JSON was refused")
            return web.Response(status=400)
        return web.Response(status=200 if await intake.take([update]) else 500)

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post(f"/webhook/{bot_id}", receive)
    return app
