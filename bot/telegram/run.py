"""The bot process: intake, desk, sender and signs on one event loop. It holds no model and writes no answer."""

import asyncio
import contextlib
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis.asyncio
from aiohttp import web
from redis.exceptions import RedisError
from telegram import Bot, BotCommand
from telegram.error import TelegramError
from telegram.ext import Application

from bot.telegram.alarm import Alarm
from bot.telegram.desk import Desk
from bot.telegram.handlers.table import MENU, register
from bot.telegram.intake import Intake
from bot.telegram.limits import Limits
from bot.telegram.link import Link
from bot.telegram.poller import ALLOWED, Poller
from bot.telegram.sender import Sender
from bot.telegram.signs import Signs
from bot.telegram.sounds import Sounds
from bot.telegram.webhook import webhook_app
from models import danger
from models.words import LANGUAGES, say
from workers.doorbell import SENDER_CHANNEL, CeleryDoorbell, Doorbell, redis_url
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import Keyring
from workers.media.opening import store_from
from workers.process import say_ready
from workers.settings import Settings

log = logging.getLogger(__name__)

INTAKE_BUSY_MS = 120  # intake gives up a locked database soon: what it cannot store it does not confirm
DRAIN_S = 8.0
THREADS = 96  # they wait for the database; a handler that hangs keeps one of them


def main(settings: Settings) -> int:
    """Runs until SIGTERM or SIGINT. Raises `KeysUnusable`."""
    keyring = Keyring.open_or_make(settings.keys_path)
    asyncio.run(Telegram(settings, keyring).run())
    return 0


class Telegram:
    """Everything that talks with Telegram for one bot."""

    def __init__(self, settings: Settings, keyring: Keyring, doorbell: Doorbell | None = None) -> None:
        self._settings = settings
        self._journal = Journal(settings.database, keyring)
        self._doorbell = doorbell or CeleryDoorbell(settings.broker)
        api = settings.api_url
        self.bot = Bot(
            settings.token, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot", request=Link(),
            get_updates_request=Link(),
        )  # fmt: skip
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().bot(self.bot).updater(None).build()
        )
        bot_id = settings.bot_id
        self._quick = Journal(settings.database, keyring, busy_ms=INTAKE_BUSY_MS, urgent=True)
        self._results = Journal(settings.database, keyring, urgent=True)
        limits = Limits(settings.send_rate, settings.chat_send_rate)
        sounds = Sounds(bot_id, self._journal, lambda: store_from(settings))
        quotes = settings.reply_quote == "always"
        self.sender = Sender(self.bot, bot_id, self._journal, self._doorbell, limits, sounds, quotes, self._results)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.desk = Desk(self._application, bot_id, self._journal, self._doorbell, settings, self._written)
        register(self._application, self.desk.handler)
        alarm = Alarm(self._quick, self._send_now, settings.admins)
        self.intake = Intake(bot_id, self._quick, alarm, self._arrived)
        self._poller = Poller(api, settings.token, self.intake, self._quick)
        self._signs = Signs(self.bot, bot_id, self._journal)

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Runs until `stop` is set or the process is told to end."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="journal"))
        stop = stop or _stopped_by_signal()
        danger.load()
        await self._initialize(stop)
        runner = await self._serve_webhook() if self._settings.webhook_url else None
        jobs = [self.sender.run(), self.desk.run(), self._signs.run(), self._listen(), self._introduce_bot()]
        if runner is None:
            jobs.append(self._poller.run())
        tasks = [asyncio.create_task(job) for job in jobs]
        say_ready()
        log.info("bot is up: bot=%s mode=%s", self._settings.bot_id, "webhook" if runner else "polling")
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({waiting, *tasks[:4], *tasks[5:]}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()  # none of them ends by itself: raise what ended it
        await self._stop(tasks, runner)

    async def _stop(self, tasks: list[asyncio.Task[Any]], runner: web.AppRunner | None) -> None:
        if runner is not None:
            await runner.cleanup()
        for task in tasks[5:]:
            task.cancel()
        await self.desk.drain(DRAIN_S / 2)
        await self.sender.drain(DRAIN_S / 2)
        pending = set(tasks)
        while pending:
            # Again and again: `wait_for` of Python 3.11 drops a cancellation that meets what it waits for.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.5)
        try:
            await asyncio.to_thread(self.sender.let_go)
            await asyncio.to_thread(self._poller.let_go)
        except JournalUnavailable as error:
            log.warning("leases not let go, they run out by themselves: error=%s", error)
        await self._application.shutdown()
        self._journal.close()
        self._quick.close()
        self._results.close()
        log.info("bot has stopped")

    async def _initialize(self, stop: asyncio.Event) -> None:
        """The library wants to know who the bot is before anything else; Telegram may be away when we start."""
        wait = 0.2
        while not stop.is_set():
            try:
                await self._application.initialize()
            except TelegramError as error:
                log.warning("Telegram does not answer yet: error=%s", type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
                wait = min(wait * 2, 10)
                continue
            return

    async def _serve_webhook(self) -> web.AppRunner:
        settings = self._settings
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
        runner = web.AppRunner(webhook_app(self.intake, settings.bot_id, secret), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, settings.webhook_bind, settings.webhook_port).start()
        return runner

    async def _introduce_bot(self) -> None:
        """Tells Telegram the commands in three languages, and how updates reach us. Tries until it is told."""
        wait = 1.0
        while True:
            try:
                for language in LANGUAGES:
                    commands = [BotCommand(name, say(language, f"commands.{name}")) for name in MENU]
                    await self.bot.set_my_commands(commands, language_code=language)
                    if language == "en":
                        await self.bot.set_my_commands(commands)
                await self._set_webhook()
            except TelegramError as error:
                log.warning("commands not registered yet: error=%s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60)
                continue
            return

    async def _set_webhook(self) -> None:
        settings = self._settings
        if settings.webhook_url is None:
            if (await self.bot.get_webhook_info()).url:
                await self.bot.delete_webhook()
            return
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
        url = f"{settings.webhook_url}/webhook/{settings.bot_id}"
        await self.bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED, max_connections=40)

    async def _listen(self) -> None:
        """Wakes the sender when a worker calls. Without a broker the sender looks by itself, four times a second."""
        if self._settings.broker.startswith("memory"):
            return await asyncio.Event().wait() and None
        while True:
            try:
                async with redis.asyncio.Redis.from_url(redis_url(self._settings.broker)) as client:
                    channel = client.pubsub(ignore_subscribe_messages=True)
                    await channel.subscribe(SENDER_CHANNEL)
                    self.sender.wake()
                    async for _ in channel.listen():
                        self.sender.wake()
            except (RedisError, OSError) as error:
                log.warning("broker does not answer: error=%s", type(error).__name__)
            await asyncio.sleep(1)

    async def _send_now(self, chat_id: int, text: str) -> int:
        return (await self.bot.send_message(chat_id, text)).message_id

    def _arrived(self) -> None:
        self.desk.wake()
        self.sender.wake()

    def _written(self) -> None:
        self.sender.wake()


def _stopped_by_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
