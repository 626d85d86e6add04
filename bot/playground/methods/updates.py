"""How a bot gets its updates: getUpdates, or a webhook."""

import re
from urllib.parse import urlsplit

from bot.playground.methods.registry import Call, Encoded, method
from bot.playground.refusal import Refusal, bad_request
from bot.playground.store import JSON

LONGEST_POLL = 50  # seconds
MOST_UPDATES = 100
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _remember_wishes(call: Call, body: JSON) -> JSON:
    wished = call.parameters.listing("allowed_updates")
    if wished is None or wished == body.get("allowed_updates", []):
        return body
    return {**body, "allowed_updates": [str(kind) for kind in wished]}


@method("getUpdates")
async def get_updates(call: Call) -> Encoded:
    """The oldest updates that wait. An offset confirms everything below it, and only that does."""
    bot, board, parameters = call.bot, call.board, call.parameters
    if bot.body.get("webhook"):
        raise Refusal(409, WEBHOOK_ACTIVE)
    offset = parameters.number("offset")
    limit = parameters.number("limit", MOST_UPDATES)
    limit = limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES
    body = _remember_wishes(call, bot.body)
    if body is not bot.body:
        board.save_profile(bot, body)
    known = bot.updates.confirmable(offset)
    if known and bot.updates.replays > 0:
        bot.updates.replays -= 1
    else:
        board.confirm(bot, known)
    await bot.updates.poll(min(max(parameters.number("timeout"), 0), LONGEST_POLL))
    if bot.body.get("webhook"):
        raise Refusal(409, WEBHOOK_ACTIVE)
    found = bot.updates.oldest(limit)
    bot.updates.sent(found)
    return Encoded("[" + ",".join(update.body for update in found) + "]")


@method("setWebhook")
async def set_webhook(call: Call) -> bool:
    """Updates are posted to this address from now on; an empty address ends that."""
    parameters = call.parameters
    url = parameters.text("url").strip()
    if not url:
        _set_webhook(call, None)
        return True
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not local:
        raise bad_request("bad webhook: the playground posts to addresses of this machine only")
    secret = parameters.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    webhook = {"url": url, "secret": secret, "max_connections": parameters.number("max_connections", 40)}
    _set_webhook(call, webhook)
    return True


@method("deleteWebhook")
async def delete_webhook(call: Call) -> bool:
    """Back to getUpdates."""
    _set_webhook(call, None)
    return True


def _set_webhook(call: Call, webhook: JSON | None) -> None:
    bot = call.bot
    body = {name: value for name, value in _remember_wishes(call, bot.body).items() if name != "webhook"}
    if webhook is not None:
        body["webhook"] = webhook
    if body != bot.body:
        call.board.save_profile(bot, body)
    if call.parameters.flag("drop_pending_updates"):
        call.board.confirm(bot, bot.updates.confirmable(bot.update_id + 1))
    if webhook is not None:
        bot.updates.end_poll()
    call.board.courier_wanted(bot)


@method("getWebhookInfo")
async def get_webhook_info(call: Call) -> JSON:
    """Where updates are posted to, how many wait, and the last failure."""
    bot = call.bot
    webhook = bot.body.get("webhook")
    info: JSON = {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.updates)}
    if webhook:
        info |= {
            "url": webhook["url"],
            "max_connections": webhook["max_connections"],
            "ip_address": "127.0.0.1",
            **bot.failure,
        }
    if bot.body.get("allowed_updates"):
        info["allowed_updates"] = bot.body["allowed_updates"]
    return info
