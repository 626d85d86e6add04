"""The house with the shipped model: memory, the time of a reply, and tokens a second beside the bare engine."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from sqlalchemy import func, select

from infra.rigs.bench.load import Crowd, percentile
from infra.rigs.bench.table import Row, at_least, at_most
from infra.rigs.lines import LINES
from infra.rigs.people import People
from infra.rigs.running import Running
from models.reply.composer import Composer
from models.reply.engines import engine_from
from models.reply.request import Exchange, Request
from models.weights import find
from models.words import as_language
from workers.journal.people import key_of
from workers.journal.tables import Person, Turn, TurnMessage
from workers.process import cores
from workers.stages.recall import HISTORY_TURNS

PERSON = 450_000_001
HISTORY = 10
WARM, COLD = 12, 8
MIB = 2**20


def memory(heed: Running) -> list[Row]:
    """What the processes hold after some turns. PSS shares what several processes map among them."""
    rows: list[Row] = []
    for name, limit in (("bot", 130.0), ("text", 2560.0)):
        number = heed.pid(name)
        if number is None:
            rows.append(Row(f"{name} process", "does not run", "", False))
            continue
        held = psutil.Process(number).memory_full_info()
        label = "text worker with the default model" if name == "text" else "bot process"
        rows.append(at_most(f"{label}, RSS", held.rss / MIB, limit, "MiB"))
        rows.append(Row(f"{label}, PSS", f"{held.pss / MIB:.0f} MiB"))
    return rows


def latency(heed: Running) -> list[Row]:
    """One person at a time with ten turns behind them; the prompt cache warm, and cold after a kill of the worker."""
    return asyncio.run(_latency(heed))


async def _latency(heed: Running) -> list[Row]:
    warm: list[float] = []
    cold: list[float] = []
    async with People(heed.url, heed.page_token) as people:
        crowd = Crowd(people)
        await crowd.watch()
        number = 0

        async def reply() -> float:
            nonlocal number
            number += 1
            await crowd.ask(PERSON, LINES[number % len(LINES)])
            return crowd.done[-1].seconds if crowd.done[-1].answered else 60.0

        for _ in range(HISTORY):
            await reply()
        for _ in range(WARM):
            warm.append(await reply())
        for _ in range(COLD):
            heed.kill("text")
            await asyncio.to_thread(_await_worker, heed)
            cold.append(await reply())
    asked, by_model = HISTORY + WARM + COLD, _by_model(heed)
    return [
        Row("of them answered by the model or its fallback", f"{by_model} of {asked}", "all", by_model == asked),
        at_most(f"reply, warm prompt cache, p50 of {WARM}", percentile(warm, 0.5), 4, "s", 1),
        at_most(f"reply, warm prompt cache, p95 of {WARM}", percentile(warm, 0.95), 8, "s", 1),
        at_most(f"reply, cold prompt cache, p50 of {COLD}", percentile(cold, 0.5), 4, "s", 1),
        at_most(f"reply, cold prompt cache, p95 of {COLD}", percentile(cold, 0.95), 8, "s", 1),
    ]


def _by_model(heed: Running) -> int:
    """A person who was met with care or with a danger text is answered fast, and by no model."""
    query = select(func.count(func.distinct(Turn.id))).join(TurnMessage, TurnMessage.turn_id == Turn.id)
    with heed.journal.read() as session:
        wrote = Turn.source.in_(("model", "fallback"))
        return session.scalar(query.where(TurnMessage.chat_id == PERSON, wrote)) or 0


def _await_worker(heed: Running) -> None:
    ready = heed.home / "run" / "text.ready"
    time.sleep(1.0)  # the supervisor notices the death, and takes the old sign away
    until = time.monotonic() + 120
    while time.monotonic() < until and not (heed.pid("text") and ready.exists()):
        time.sleep(0.1)
    time.sleep(1.0)


def tokens(heed: Running) -> list[Row]:
    """The replies of `latency` once more, by the bare engine: the same requests and no house. Stops Heed."""
    requests, spent, written = _requests(heed)
    settings = heed.settings
    heed.stop()
    engine = engine_from(
        "llama", model=find(settings.reply_model, Path(heed.weights)), threads=settings.threads or cores()
    )
    engine.warm()
    composer = Composer(engine, candidates=settings.reply_candidates)
    bare_tokens = 0
    began = time.perf_counter()
    for request in requests:
        bare_tokens += composer.compose(request).tokens
    bare = bare_tokens / max(1e-9, time.perf_counter() - began)
    engine.close()
    house = written / max(1e-9, spent)
    return [
        Row("tokens a second, bare engine", f"{bare:.1f} tokens/s ({bare_tokens} tokens)"),
        Row("tokens a second, in the house", f"{house:.1f} tokens/s ({written} tokens)"),
        at_least("house / bare", 100 * house / max(1e-9, bare), 90, "%", 0),
    ]


def _requests(heed: Running) -> tuple[list[Request], float, int]:
    """The turns of `PERSON` that the model answered with a warm cache, as requests; their seconds and tokens."""
    with heed.journal.read() as session:
        query = (
            select(Turn, TurnMessage)
            .join(TurnMessage, TurnMessage.turn_id == Turn.id)
            .where(TurnMessage.chat_id == PERSON)
            .order_by(Turn.id)
        )
        rows = [(turn, message) for turn, message in session.execute(query).tuples()]
        person = session.get_one(Person, rows[0][0].person_id)
        key = key_of(session, person)
        told = [(turn, key.unseal(message.words or b""), key.unseal(turn.answer or b"")) for turn, message in rows]
    chosen = range(HISTORY, HISTORY + WARM)
    said = [answer for _, _, answer in told]
    requests = [_request(told[:number], told[number], said[:number]) for number in chosen]
    decisions = [told[number][0].decisions or {} for number in chosen]
    return requests, sum(each["seconds"] for each in decisions), sum(each["tokens"] for each in decisions)


def _request(before: Sequence[tuple[Turn, str, str]], this: tuple[Turn, str, str], said: list[str]) -> Request:
    history = tuple(Exchange(words, answer) for _, words, answer in before[-HISTORY_TURNS:])
    return Request(as_language("en"), (this[1],), history=history, said=tuple(said), seed=this[0].id)
