"""A database that is locked, full or gone: what was not stored is not confirmed to Telegram, and nothing is lost."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.faults import outages
from tests.rig.house import Rig

ANNA = 7
LONG = "we painted the kitchen green and then the hall, " * 80  # needs a page that a full disk does not have
OUTAGES = [outages.locked, outages.full, outages.gone]
Outage = Callable[[Rig], AbstractContextManager[None]]


def unconfirmed(rig: Rig) -> int:
    return sum(len(bot.updates) for bot in rig.server.board.bots.values())


@pytest.fixture
async def known(rig: Rig) -> Rig:
    """A house where Anna has been before."""
    await rig.people.say(ANNA, "hello there, it is me")
    await rig.people.hears(ANNA)
    return rig


@pytest.mark.parametrize("outage", OUTAGES)
async def test_nothing_is_confirmed_that_was_not_stored(known: Rig, outage: Outage) -> None:
    with outage(known):
        await known.people.say(ANNA, LONG)
        await asyncio.sleep(0.6)
        assert unconfirmed(known) == 1
        assert not known.people.unread(ANNA)


@pytest.mark.parametrize("outage", OUTAGES)
async def test_what_was_written_meanwhile_is_answered_once_when_the_database_is_back(
    known: Rig, outage: Outage
) -> None:
    with outage(known):
        await known.people.say(ANNA, LONG)
        await asyncio.sleep(0.4)
    answers = await known.people.hears(ANNA)

    assert len(answers) == 1
    assert known.count("turn", "state = 'sent'") == 2


@pytest.mark.parametrize("outage", OUTAGES)
async def test_an_answer_composed_into_an_outage_is_sent_once_after_it(known: Rig, outage: Outage) -> None:
    entered = asyncio.Event()
    loop = asyncio.get_running_loop()
    known.stages.once("compose", lambda _: loop.call_soon_threadsafe(entered.set))
    known.stages.once("compose.", lambda _: asyncio.run_coroutine_threadsafe(asyncio.sleep(0.2), loop).result(5))
    await known.people.say(ANNA, "my brother borrowed money again")
    await asyncio.wait_for(entered.wait(), 10)
    with outage(known):
        await asyncio.sleep(0.5)
    await asyncio.sleep(0.1)
    known.pass_time(outages.LEASES_OVER)
    await known.sweep(clean=False)

    assert len(await known.people.hears(ANNA)) == 1
