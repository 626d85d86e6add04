"""The sender: the one owner of everything that goes to Telegram.

It reads the outbox, danger first and each chat in order, marks rows as begun before it asks Telegram, and records
results in batches. A text whose result was never recorded is sent again (at least once); whatever else was under way
is not (at most once).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.flight import Flight
from bot.telegram.limits import Limits
from bot.telegram.request import NoSuchMethod, call
from bot.telegram.sounds import Sounds
from workers.doorbell import Doorbell
from workers.errors import TurnError
from workers.journal import leases, outbox, people, turns
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.keys import KeysUnusable
from workers.journal.outbox import DANGER, Due
from workers.journal.tables import now, random_id

log = logging.getLogger(__name__)

IDLE_S = 0.25  # how long the sender sleeps when nobody calls it
LEASE_S = 6.0
AGAIN_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
NOT_MODIFIED = "message is not modified"
AT_LEAST_ONCE = frozenset(
    {"reply", "danger", "dead", "answer", "heard", "ask", "erase", "intro", "notice", "checkin"}
)


@dataclass(frozen=True)
class Result:
    """What Telegram answered: sent, or try later, or never."""

    due: Due
    message_id: int | None = None
    later_s: float | None = None
    tried: bool = True
    never: str | None = None
    blocked: bool = False


class Sender:
    def __init__(
        self,
        bot: Bot,
        bot_id: int,
        journal: Journal,
        doorbell: Doorbell,
        limits: Limits,
        sounds: Sounds,
        quote_always: bool = False,
        urgent: Journal | None = None,
    ) -> None:
        """`urgent`: the same database, for results, which must not queue: a kill -9 before that is a double."""
        self._bot = bot
        self._bot_id = bot_id
        self._journal = journal
        self._urgent = urgent or journal
        self._doorbell = doorbell
        self._limits = limits
        self._sounds = sounds
        self._quote_always = quote_always
        self._me = random_id()
        self._flight = Flight(limits.rate)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rings: set[asyncio.Task[None]] = set()
        self._results: asyncio.Queue[Result] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._held_until = 0.0

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._record())
            while True:
                self._wake.clear()
                try:
                    wait = await self._round()
                except JournalUnavailable as error:
                    log.warning("outbox not read: error=%s", error)
                    wait = 1.0
                try:
                    await asyncio.wait_for(self._wake.wait(), wait)
                except TimeoutError:
                    continue

    async def drain(self, seconds: float) -> None:
        """Waits for what is under way to be answered and recorded."""
        until = asyncio.get_running_loop().time() + seconds
        while self._flight.chats and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.02)

    async def _round(self) -> float:
        """Starts every send that may go now. Returns how long to sleep."""
        if not await self._ours():
            return 1.0
        begun, wait = await asyncio.to_thread(self._begin_due, self._flight.chats, self._flight.room)
        for due in begun:
            self._flight.begin(due.chat_id)
            task = asyncio.create_task(self._send(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return wait

    async def _ours(self) -> bool:
        at = asyncio.get_running_loop().time()
        if at < self._held_until - LEASE_S / 2:
            return True
        name = f"sender:{self._bot_id}"
        held = await asyncio.to_thread(
            self._journal.transact, lambda session: leases.hold(session, name, self._me, LEASE_S)
        )
        self._held_until = at + LEASE_S if held else 0.0
        return held

    def let_go(self) -> None:
        """Ends the lease, so that the next sender need not wait for it. Raises `JournalUnavailable`."""
        self._journal.transact(lambda session: leases.let_go(session, f"sender:{self._bot_id}", self._me))

    def _begin_due(self, busy: frozenset[int], room: int) -> tuple[list[Due], float]:
        """Begins what may go now, one letter a chat; and how long to sleep. One step, one thread: hops cost time."""
        with self._journal.read() as session:
            waiting = outbox.waiting(session, self._bot_id)
        starting: list[int] = []
        seen = set(busy)
        wait = IDLE_S
        for row_id, chat_id, priority in waiting:
            if chat_id in seen or (len(starting) >= room and priority != DANGER):
                continue
            seen.add(chat_id)
            pause = self._limits.wait(chat_id, urgent=priority == DANGER)
            if pause > 0:
                wait = min(wait, max(pause, 0.01))
                continue
            self._limits.take(chat_id)
            starting.append(row_id)
        if not starting:
            return [], wait
        begun = self._journal.transact(lambda session: self._begin(session, starting))
        return begun, 0.0 if len(begun) < len(starting) else wait

    def _begin(self, session: Session, row_ids: list[int]) -> list[Due]:
        begun: list[Due] = []
        for row_id in row_ids:
            try:
                due = outbox.begin(session, row_id, self._quote_always)
            except KeysUnusable:
                outbox.refuse(session, row_id, "the body does not open")
                continue
            if due is not None and due.attempts > 1 and due.purpose not in AT_LEAST_ONCE:
                outbox.refuse(session, row_id, "under way when the bot ended")
                continue
            if due is not None:
                begun.append(due)
        return begun

    async def _send(self, due: Due) -> None:
        self._results.put_nowait(await self._request(due))

    async def _request(self, due: Due) -> Result:
        try:
            return Result(due, message_id=await call(self._bot, due, self._sounds))
        except RetryAfter as error:
            seconds = error.retry_after
            wait = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
            self._limits.told_to_wait(due.chat_id, wait)
            return Result(due, later_s=wait, tried=False)
        except Forbidden:
            return Result(due, never="blocked by the person", blocked=True)
        except BadRequest as error:
            if NOT_MODIFIED in str(error).lower():
                return Result(due)
            return Result(due, never=f"BadRequest: {_known(error)}")
        except InvalidToken:
            log.critical("Telegram does not know this bot: the token is wrong")
            return Result(due, later_s=AGAIN_S[-1])
        except (TimedOut, NetworkError) as error:
            if due.purpose not in AT_LEAST_ONCE:
                return Result(due, never=type(error).__name__)
            return Result(due, later_s=AGAIN_S[min(due.attempts, len(AGAIN_S)) - 1])
        except TurnError as error:  # a piece of music that cannot be had: its text names the cause
            log.error("piece not sent: outbox=%s error=%s cause=%s", due.id, type(error).__name__, error)
            return Result(due, never=type(error).__name__)
        except JournalUnavailable as error:
            log.warning("piece not found yet: outbox=%s error=%s", due.id, error)
            return Result(due, later_s=1.0, tried=False)
        except (TelegramError, NoSuchMethod, TypeError, ValueError) as error:
            return Result(due, never=type(error).__name__)
        except Exception as error:
            # Whatever nobody foresaw must not keep the chat's place for ever. Its text may hold words.
            log.exception("send failed: outbox=%s attempt=%s error=%s", due.id, due.attempts, type(error).__name__)
            if due.attempts >= len(AGAIN_S) or due.purpose not in AT_LEAST_ONCE:
                return Result(due, never=type(error).__name__)
            return Result(due, later_s=AGAIN_S[due.attempts - 1])

    async def _record(self) -> None:
        """Writes results as they come, all that are there in one transaction."""
        while True:
            batch = [await self._results.get()]
            while not self._results.empty():
                batch.append(self._results.get_nowait())
            while True:
                try:
                    ended = await asyncio.to_thread(
                        self._urgent.transact, lambda session, results=tuple(batch): self._note(session, results)
                    )
                    break
                except JournalUnavailable as error:
                    log.error("results not recorded yet: count=%s error=%s", len(batch), error)
                    await asyncio.sleep(0.1)
            for result in batch:
                self._flight.end(result.due.chat_id)
            self._wake.set()
            if ended:  # not awaited: with the broker away this takes a second, and results must not wait for it
                ringing = asyncio.create_task(self._ring(ended))
                self._rings.add(ringing)
                ringing.add_done_callback(self._rings.discard)

    async def _ring(self, following: list[turns.Due]) -> None:
        for due in following:
            await asyncio.to_thread(self._doorbell.ring, *due)

    def _note(self, session: Session, results: tuple[Result, ...]) -> list[turns.Due]:
        """Returns the turns to ring: those that had to wait for one that has ended now."""
        following: list[turns.Due] = []
        for result in results:
            due = result.due
            ended: int | None = None
            if result.later_s is not None:
                until = now() + timedelta(seconds=result.later_s)
                outbox.postpone(session, due.id, until, "postponed", tried=result.tried)
            elif result.never is not None:
                ended = outbox.refuse(session, due.id, result.never)
                log.error("not sent: outbox=%s method=%s cause=%s", due.id, due.method, result.never)
                if result.blocked and due.person_id is not None:
                    people.blocked(session, due.person_id, now())
                    outbox.silence(session, due.person_id)
            else:
                ended = outbox.sent(session, due.id, result.message_id)
            following_turn = turns.next_of(session, ended) if ended is not None else None
            if following_turn is not None:
                following.append(following_turn)
        return following


def _known(error: BadRequest) -> str:
    """Telegram's reason, which names parameters and never quotes a text."""
    return str(error)[:60]


WakeUp = Callable[[], None]
