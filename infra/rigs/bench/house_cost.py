"""What the house costs around an engine that costs nothing: time added at a quiet rate, and turns a second."""

import asyncio
import time

import psutil
from sqlalchemy import select

from infra.rigs.bench.load import Crowd, Exchange, percentile
from infra.rigs.bench.table import Row, at_least, at_most
from infra.rigs.people import People
from infra.rigs.running import Running
from workers.journal.database import Journal
from workers.journal.tables import Turn, TurnMessage

RAISED = {"HEED_SEND_RATE": "1000", "HEED_CHAT_SEND_RATE": "100", "HEED_REPLY_QUOTE": "always"}
WARM_PEOPLE, WARM_S = 20, 3.0
PEOPLE = 120
QUIET_RATE, QUIET_S = 5.0, 40.0
CROWD_S = 30.0


def overhead(heed: Running) -> list[Row]:
    """Seconds from a person's request to the visible answer, without those that the composer took, at 5 a second."""
    return asyncio.run(_overhead(heed))


def throughput(heed: Running) -> list[Row]:
    """Turns a second with 120 chats, each waiting for its answer before it writes again, so that none merges."""
    return asyncio.run(_throughput(heed))


async def _overhead(heed: Running) -> list[Row]:
    async with People(heed.url, heed.page_token) as people:
        crowd = await _warmed(people)
        await crowd.open(QUIET_RATE, PEOPLE, QUIET_S)
    done = [exchange for exchange in crowd.done if exchange.answered]
    engine = engine_seconds(heed.journal)
    added = [(each.seconds - engine.get((each.person, each.message_id), 0.0)) * 1000 for each in done]
    return [
        Row("messages answered", f"{len(done)} of {len(crowd.done)}", "all", len(done) == len(crowd.done)),
        at_most("time the house adds, p50", percentile(added, 0.5), 40, "ms"),
        at_most("time the house adds, p95", percentile(added, 0.95), 150, "ms"),
    ]


async def _throughput(heed: Running) -> list[Row]:
    async with People(heed.url, heed.page_token) as people:
        crowd = await _warmed(people)
        processes = {name: psutil.Process(number) for name, number in heed.pids().items() if number}
        processes |= {"playground": psutil.Process(heed.telegram_pid), "the rig itself": psutil.Process()}
        before = {name: _processor_s(process) for name, process in processes.items()}
        began = time.monotonic()
        await crowd.closed(PEOPLE, CROWD_S)
        seconds = time.monotonic() - began
        spent = {name: _processor_s(process) - before[name] for name, process in processes.items()}
    done = [exchange for exchange in crowd.done if exchange.answered]
    costs = ", ".join(
        f"{name} {1000 * s / max(1, len(done)):.1f}" for name, s in spent.items() if s / seconds > 0.005
    )
    return [
        at_least(f"turns a second, {PEOPLE} chats", len(done) / seconds, 40, "turns/s"),
        Row("unanswered", str(len(crowd.done) - len(done)), "0", len(crowd.done) == len(done)),
        Row("from request to answer under this load, p50", f"{percentile([e.seconds for e in done], 0.5):.2f} s"),
        Row("processor ms a turn", costs),
        Row("processors used", f"{sum(spent.values()) / seconds:.2f}"),
    ]


async def _warmed(people: People) -> Crowd:
    """A crowd that has been there for a moment: connections are open and everything is imported."""
    crowd = Crowd(people)
    await crowd.watch()
    await crowd.closed(WARM_PEOPLE, WARM_S, first=400_000_001)
    crowd.done.clear()
    return crowd


def engine_seconds(journal: Journal) -> dict[tuple[int, int], float]:
    """What the composer took, by (chat, message)."""
    query = select(TurnMessage.chat_id, TurnMessage.message_id, Turn.decisions).join(
        Turn, Turn.id == TurnMessage.turn_id
    )
    with journal.read() as session:
        return {
            (row.chat_id, row.message_id): float(row.decisions["seconds"])
            for row in session.execute(query.where(Turn.decisions.is_not(None)))
        }


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def slow(exchanges: list[Exchange]) -> float:
    """p95 of the seconds to an answer; those never answered count as the longest wait."""
    return percentile([each.seconds if each.answered else 60.0 for each in exchanges], 0.95)
