"""A bot's updates between being accepted and being confirmed, with getUpdates' own rules about offsets."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.playground.refusal import Refusal

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # only on request, as at Telegram
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Waiting:
    """An update as the JSON text that will be sent. `deliveries` None: until confirmed; else how often it is sent
    at most."""

    update_id: int
    chat_id: int
    message_id: int
    body: str = field(repr=False)
    deliveries: int | None = None


class UpdateQueue:
    """Updates in the order of their ids."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, Waiting] = OrderedDict()
        self._poll: asyncio.Future[bool] | None = None
        self._asleep: asyncio.Future[None] | None = None
        self.replays = 0  # a fault: so many confirmations are not heeded, the updates come again

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, update: Waiting) -> None:
        """One more update; wakes who waits for it."""
        self._waiting[update.update_id] = update
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(True)
        if self._asleep is not None and not self._asleep.done():
            self._asleep.set_result(None)

    def confirmable(self, offset: int) -> list[Waiting]:
        """Updates that a request with this offset confirms. A negative offset confirms all but the last ones."""
        if offset > 0:
            found = []
            for update_id, update in self._waiting.items():
                if update_id >= offset:
                    break
                found.append(update)
            return found
        if offset < 0:
            return list(self._waiting.values())[:offset]
        return []

    def drop(self, updates: list[Waiting]) -> None:
        """Confirmed: never sent again."""
        for update in updates:
            self._waiting.pop(update.update_id, None)

    def of_chat(self, chat_id: int) -> list[Waiting]:
        """Updates of one chat that wait."""
        return [update for update in self._waiting.values() if update.chat_id == chat_id]

    def oldest(self, limit: int) -> list[Waiting]:
        """The next updates to send, up to `limit`. What has been sent often enough is dropped after this."""
        found: list[Waiting] = []
        for update in self._waiting.values():
            if len(found) == limit:
                break
            found.append(update)
        return found

    def sent(self, updates: list[Waiting]) -> list[Waiting]:
        """Counts a delivery; returns those that were sent for the last time and are gone now."""
        spent = []
        for update in updates:
            if update.deliveries is not None:
                update.deliveries -= 1
                if update.deliveries <= 0:
                    spent.append(update)
        self.drop(spent)
        return spent

    async def poll(self, seconds: float) -> None:
        """Waits for an update. The bot's earlier poll, if one still waits, ends with 409: raises `Refusal` there."""
        self.end_poll()
        if self._waiting or seconds <= 0:
            return
        poll: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            mine = await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if not mine:
            raise Refusal(409, OTHER_POLLER)

    def end_poll(self) -> None:
        """Tells the poll that waits, if any, that another one took its place."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(False)

    def release(self) -> None:
        """Ends the poll that waits with what there is: the server stops."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(True)

    async def wake(self) -> None:
        """Returns when an update waits (for the webhook's courier)."""
        while not self._waiting:
            self._asleep = asyncio.get_running_loop().create_future()
            await self._asleep
