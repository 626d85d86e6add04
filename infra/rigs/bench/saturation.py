"""How many turns a second the shipped model sustains, and what a person sees beyond that."""

import asyncio

from infra.rigs.bench.house_cost import slow
from infra.rigs.bench.load import Crowd
from infra.rigs.bench.table import Row
from infra.rigs.lines import LINES
from infra.rigs.people import People
from infra.rigs.running import Running
from models.words import variants

LIMIT_S = 8.0
RATES = (0.3, 0.6, 0.9, 1.2, 1.8)  # turns a second
STEP_S = 60.0
PEOPLE = 40
FIRST = 460_000_000


def saturation(heed: Running) -> list[Row]:
    """Raises the offered load step by step until p95 passes 8 s."""
    return asyncio.run(_saturation(heed))


async def _saturation(heed: Running) -> list[Row]:
    rows: list[Row] = []
    sustained = 0.0
    async with People(heed.url, heed.page_token) as people:
        first = Crowd(people)
        await first.watch()
        await first.ask(FIRST, LINES[0])  # a house that has just been installed still reads ahead
        for step, rate in enumerate(RATES):
            crowd = Crowd(people)
            await crowd.watch()
            await crowd.open(rate, PEOPLE, STEP_S, first=460_000_001 + step * PEOPLE)
            p95 = slow(crowd.done)
            held = sum(1 for each in crowd.done if any(text in variants("en", "turn.holding") for text in each.other))
            merged = len(crowd.done) - len({(each.person, each.answer) for each in crowd.done if each.answered})
            unanswered = sum(1 for each in crowd.done if not each.answered)
            seen = f"p95 {p95:.1f} s; of {len(crowd.done)} people's messages {held} saw a holding sentence"
            rows.append(
                Row(f"offered {rate:g} turns/s", f"{seen}, {merged} merged, {unanswered} open after a minute")
            )
            if p95 > LIMIT_S:
                break
            sustained = rate
    rows.insert(0, Row(f"sustained with p95 ≤ {LIMIT_S:g} s", f"{sustained:g} turns/s"))
    return rows
