"""The rig: a playground, the bot and its workers on one temporary database, started and stopped with a test."""

import asyncio
import shutil
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from aiohttp import ClientSession
from sqlalchemy import DateTime, func, select, text, update
from sqlalchemy.orm import Session

from bot.playground.server import PlaygroundServer
from bot.telegram import alarm
from bot.telegram.run import Telegram
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from models.speech.recognise import Recogniser
from models.speech.recognise.scripted import ScriptedRecogniser
from models.speech.synthesise import Synthesiser
from models.speech.synthesise.tone import ToneSynthesiser
from tests.rig.crew import Crew
from tests.rig.people import People
from tests.rig.readers import ScriptedFace, ScriptedText, ScriptedVoice
from tests.rig.stages import Stages
from workers.catalogue.shelf import Shelf
from workers.doorbell import InProcessDoorbell
from workers.house import House
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.journal.speeches import is_unspoken
from workers.journal.tables import Base, Drawing, Inbox, Outbox, Turn, Wish, now
from workers.journal.turns import OPEN
from workers.media.folder import FolderStore
from workers.media.store import Store
from workers.settings import Settings
from workers.sweeper import Sweeper
from workers.turn.lease import Renewer

PATIENCE_S = 40.0


class Bell(InProcessDoorbell):
    """Calls the sender of the same process, as Redis would."""

    def __init__(self) -> None:
        super().__init__()
        self.telegram: Telegram | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def call_sender(self) -> bool:
        if self.loop is not None and self.telegram is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.telegram.sender.wake)
        return super().call_sender()


class Rig:
    """Everything of one machine but Redis and the processes. Words that a test sends live under `home` only."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, database: Path, **settings: Any) -> None:
        self.home = home
        self.home.mkdir(parents=True, exist_ok=True)
        shutil.copy(database, home / "heed.db")
        self._wanted = settings
        self.stages = Stages(monkeypatch)
        # On a crowded machine storing takes its time: the door speaks for itself only where a test wants that.
        monkeypatch.setattr(alarm, "PATIENCE_S", PATIENCE_S)
        self.keyring = Keyring.open_or_make(home / "keys" / "heed.key")
        self.server = PlaygroundServer(home / "playground", self.keyring, faults=True)
        self.bell = Bell()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.server.start()
        values: dict[str, Any] = {
            "home": self.home,
            "telegram_api_url": self.server.url,
            "broker_url": "memory://",
            "reply_engine": "inprocess",
            "danger_model": "",
            "recogniser": "scripted",
            "synthesiser": "tone",
            "send_rate": 10_000.0,
            "chat_send_rate": 10_000.0,
        }
        self.settings = Settings(_env_file=None, **(values | self._wanted))  # type: ignore[call-arg]
        self.bot_id = self.settings.bot_id
        self.journal = Journal(self.settings.database, self.keyring)
        self.house = House(
            self.settings,
            self.journal,
            self.bell,
            lambda: Composer(InProcessEngine(), candidates=2),
            Renewer(self.journal),
            make_recogniser=lambda: self.ears,
            make_synthesiser=lambda: self.tongue,
            make_voice_reader=lambda: self.voice_reader,
            make_text_reader=lambda: self.text_reader,
            make_face_reader=lambda: self.face_reader,
            make_shelf=lambda: Shelf(self.journal, self.home / "music", clock=count(step=10).__next__),
            make_store=lambda: self.store,
        )
        self.store: Store = FolderStore(self.home / "media")
        self.ears: Recogniser = ScriptedRecogniser()
        self.tongue: Synthesiser = ToneSynthesiser()
        self.voice_reader = ScriptedVoice()
        self.text_reader = ScriptedText()
        self.face_reader = ScriptedFace()
        self.sweeper = Sweeper(self.house)
        self.crew = Crew(self.house, self.bell)
        self._session = ClientSession()
        self.people = People(self.server, self._session, self.bot_id, self.settle)
        await self.start_bot()
        self.crew.start()
        return self

    async def start_bot(self) -> None:
        """The bot process, as a task; returns when Telegram knows it."""
        self._stop = asyncio.Event()
        self.telegram = Telegram(self.settings, self.keyring, self.bell)
        self.bell.loop, self.bell.telegram = asyncio.get_running_loop(), self.telegram
        self._running = asyncio.create_task(self.telegram.run(self._stop))
        await self._until(lambda: bool(self.server.board.bots), "the bot never spoke to the playground")

    async def stop_bot(self) -> None:
        """Ends it as SIGTERM does. Raises what broke it."""
        self._stop.set()
        if self._running is not None:
            done, _ = await asyncio.wait({self._running}, timeout=PATIENCE_S)
            assert done, f"the bot does not end: {[task.get_stack(limit=3) for task in asyncio.all_tasks()]}"
            self._running.result()
        self._running = None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_bot()
        await asyncio.to_thread(self.crew.stop)
        await self._session.close()
        await self.server.stop()
        self.journal.close()

    # Waiting

    async def settle(self, *, turns: bool = True) -> None:
        """Returns when nothing is under way: updates confirmed and handled, turns closed, letters sent.

        Without `turns`, open turns do not count (the crew rests). Letters and turns that are not due yet never do.
        """

        async def quiet() -> bool:
            bots = self.server.board.bots
            if self._running is not None and self._running.done():
                self._running.result()
                raise AssertionError("the bot ended")
            if any(len(bot.updates) for bot in bots.values()):
                return False
            return await asyncio.to_thread(self._nothing_open, turns)

        await self._until_async(quiet, "never settled")

    def _nothing_open(self, turns: bool) -> bool:
        with self.journal.read() as session:
            waiting = session.scalar(select(func.count()).where(Inbox.state == "waiting"))
            # The clock is read after the database: a turn that was opened in between would not be due yet.
            at = now()
            letters = select(func.count()).where(
                Outbox.state.in_(("queued", "sending")),
                (Outbox.not_before.is_(None)) | (Outbox.not_before <= at),
            )
            if waiting or session.scalar(letters):
                return False
            open_turns = select(func.count()).where(Turn.state.in_(OPEN), Turn.not_before <= at)
            # In its back-off or past its attempts a speech is not under way: the sweeper sees to it.
            unspoken = select(func.count()).where(
                is_unspoken(), (Turn.lease_until.is_(None)) | (Turn.lease_token.is_not(None))
            )
            undrawn = select(func.count()).where((Drawing.lease_until.is_(None)) | (Drawing.lease_token.is_not(None)))
            unchosen = select(func.count()).where((Wish.lease_until.is_(None)) | (Wish.lease_token.is_not(None)))
            if not turns:
                return True
            return not any(session.scalar(each) for each in (open_turns, unspoken, undrawn, unchosen))

    async def _until(self, happened: Any, complaint: str) -> None:
        async def check() -> bool:
            return bool(happened())

        await self._until_async(check, complaint)

    async def _until_async(self, happened: Any, complaint: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not await happened():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{complaint}: {self.state()}")
            await asyncio.sleep(0.005)

    # Looking inside

    def state(self) -> dict[str, Any]:
        """States of rows, for a failing test. No words."""
        with self.journal.read() as session:
            return {
                "inbox": list(map(tuple, session.execute(select(Inbox.update_id, Inbox.state, Inbox.failure)))),
                "turns": list(map(tuple, session.execute(select(Turn.id, Turn.state, Turn.attempts, Turn.failure)))),
                "outbox": list(
                    map(tuple, session.execute(select(Outbox.id, Outbox.purpose, Outbox.state, Outbox.failure)))
                ),
            }

    def count(self, table: str, where: str = "1 = 1") -> int:
        """Rows of a table."""
        with self.journal.read() as session:
            found = session.scalar(text(f'SELECT count(*) FROM "{table}" WHERE {where}'))
            return int(found or 0)

    def value(self, table: str, column: str, where: str = "1 = 1") -> Any:
        """One column of the newest such row."""
        with self.journal.read() as session:
            return session.scalar(text(f'SELECT {column} FROM "{table}" WHERE {where} ORDER BY rowid DESC LIMIT 1'))

    # Time

    def pass_time(self, by: timedelta) -> None:
        """Everything that stands in the database happened `by` earlier. (The audit log refuses to be changed.)"""

        def shift(session: Session) -> None:
            for table in Base.metadata.tables.values():
                times = [column for column in table.columns if isinstance(_plain(column.type), DateTime)]
                if not times or table.name == "audit":
                    continue
                keys = list(table.primary_key.columns)
                for row in session.execute(select(table)).mappings().all():
                    moved = {c.name: row[c.name] - by for c in times if row[c.name] is not None}
                    if moved:
                        session.execute(update(table).where(*(key == row[key.name] for key in keys)).values(moved))

        self.journal.transact(shift)

    async def sweep(self, *, clean: bool = True) -> None:
        """What the sweeper does in one round."""
        await asyncio.to_thread(self.sweeper.ring)
        if clean:
            await asyncio.to_thread(self.sweeper.clean)


def _plain(kind: Any) -> Any:
    return getattr(kind, "impl", kind)
