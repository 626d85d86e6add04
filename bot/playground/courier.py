"""Posting updates to a bot's webhook: one after another, each until it is taken."""

import asyncio
import logging
import time

import aiohttp

from bot.playground.bots import Bot
from bot.playground.switchboard import Switchboard

log = logging.getLogger(__name__)
FIRST_PAUSE = 0.2  # seconds; doubled after each failure
LONGEST_PAUSE = 30.0
PATIENCE = 60.0  # seconds a webhook may take to answer
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Couriers:
    """One task for each bot that has a webhook."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        board.courier_wanted = self.wanted

    async def start(self) -> None:
        """Goes on where the last run stopped."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        for bot in self._board.bots.values():
            self.wanted(bot)

    async def stop(self) -> None:
        """Ends all tasks; what was not taken waits for the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def wanted(self, bot: Bot) -> None:
        """Starts, restarts or ends the task of a bot whose webhook changed."""
        running = self._tasks.pop(bot.bot_id, None)
        if running is not None:
            running.cancel()
        bot.failure = {}
        if bot.body.get("webhook") and self._session is not None:
            self._tasks[bot.bot_id] = asyncio.create_task(self._deliver(bot, self._session))

    async def _deliver(self, bot: Bot, session: aiohttp.ClientSession) -> None:
        pause = FIRST_PAUSE
        while True:
            await bot.updates.wake()
            update = bot.updates.oldest(1)[0]
            problem = await self._post(bot, session, update.body)
            if not problem:
                pause = FIRST_PAUSE
                self._board.confirm(bot, [update])
                continue
            bot.failure = {"last_error_date": int(time.time()), "last_error_message": problem}
            log.warning("webhook of bot %d did not take update %d: %s", bot.bot_id, update.update_id, problem)
            bot.updates.sent([update])
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, bot: Bot, session: aiohttp.ClientSession, body: str) -> str:
        """Posts one update. Returns what went wrong; nothing where it was taken."""
        webhook = bot.body["webhook"]
        headers = {"Content-Type": "application/json"}
        if webhook["secret"]:
            headers[SECRET_HEADER] = webhook["secret"]
        try:
            async with session.post(
                webhook["url"], data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                if 200 <= answer.status < 300:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection failed"
