"""Trouble on demand, for tests and the fault rig: only where the server was started with ``--faults``."""

import json
from dataclasses import dataclass
from typing import Any

from bot.playground.bots import Bot
from bot.playground.refusal import Refusal
from bot.playground.switchboard import Switchboard
from bot.playground.updates import Waiting

DESCRIPTIONS = {
    400: "Bad Request: chat not found", 401: "Unauthorized", 403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}", 500: "Internal Server Error", 502: "Bad Gateway",
}  # fmt: skip


@dataclass
class Fault:
    """What goes wrong with the next `times` matching requests.

    `cut`: "" no; "before": the connection closes and nothing is done; "after": all is done and recorded, half of
    the answer is sent. `delay` is in seconds and comes first.
    """

    method: str
    times: int
    chat_id: str = ""
    status: int = 0
    description: str = ""
    retry_after: int = 0
    cut: str = ""
    delay: float = 0.0

    def refusal(self) -> Refusal | None:
        """The error to answer with, if any."""
        if not self.status:
            return None
        text = self.description or DESCRIPTIONS.get(self.status, "Fault")
        wait = {"retry_after": self.retry_after} if self.retry_after else {}
        return Refusal(self.status, text.replace("{retry_after}", str(self.retry_after)), **wait)


class Faults:
    """The faults that are set, oldest first."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def set(self, wish: dict[str, Any], board: Switchboard) -> None:
        """Takes one wish of ``POST /faults``. Raises `ValueError` for one that makes no sense, `NoBot`."""
        times = int(wish.get("times", 1))
        bot_id = wish.get("bot")
        if wish.get("duplicate_updates"):
            board.chosen_bot(bot_id).updates.replays += times
        elif "raw_update" in wish:
            inject(board.chosen_bot(bot_id), board, wish["raw_update"], times)
        else:
            cut = wish.get("cut", "")
            self._set.append(
                Fault(
                    method=str(wish["method"]).lower(), times=times, chat_id=str(wish.get("chat_id", "") or ""),
                    status=int(wish.get("status", 0)), description=str(wish.get("description", "")),
                    retry_after=int(wish.get("retry_after", 0)), delay=float(wish.get("delay_s", 0)),
                    cut=str(cut) if cut in ("before", "after") else "after" if cut else "",
                )
            )  # fmt: skip

    def next(self, method: str, chat_id: str) -> Fault | None:
        """The fault this request meets, counted down."""
        for fault in self._set:
            if fault.method in ("*", method.lower()) and fault.chat_id in ("", chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self._set.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """No more trouble."""
        self._set.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """What is still set."""
        return [vars(fault) for fault in self._set]


def inject(bot: Bot, board: Switchboard, raw: Any, times: int) -> None:
    """Queues an update as it is given. An object gets a number unless it brings one and is kept until it is
    confirmed; other text goes out as it stands, `times` times. Neither outlives a restart."""
    outcome = board.begin(bot)
    outcome.update_id += 1
    if isinstance(raw, dict):
        body, deliveries = json.dumps({"update_id": outcome.update_id, **raw}), None
    else:
        body, deliveries = (raw if isinstance(raw, str) else json.dumps(raw)), times
    with board.store.writing() as writing:
        board.finish(writing, bot, outcome)
    outcome.waiting.append(Waiting(outcome.update_id, 0, 0, body, deliveries))
    board.settle(bot, outcome)
