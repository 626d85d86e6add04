"""A local Telegram Bot API server and a chat page in the browser, for running without an account.

Its own process, on 127.0.0.1 only. Bots speak the Bot API at ``URL/bot<token>/<method>`` and
``URL/file/bot<token>/<path>``; people's programs use the interface described in `bot.playground.people_routes`
and in docs/playground.md.
"""

from bot.playground.server import PlaygroundServer

__all__ = ["PlaygroundServer"]
