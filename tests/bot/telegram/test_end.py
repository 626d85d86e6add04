"""The end of the bot process."""

import asyncio
from unittest import mock

from tests.conftest import OpenRig


async def test_the_bot_ends_although_a_cancellation_was_swallowed(open_rig: OpenRig) -> None:
    async with open_rig() as rig:
        sender = rig.telegram.sender
        swallowed: list[bool] = []

        async def stubborn() -> bool:
            while True:
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    if swallowed:
                        raise
                    swallowed.append(True)  # what wait_for of Python 3.11 may do

        with mock.patch.object(sender, "_round", stubborn):
            sender.wake()
            await asyncio.sleep(0.3)
            await asyncio.wait_for(rig.stop_bot(), 10)
        assert swallowed


async def test_what_is_under_way_is_sent_before_the_bot_ends(open_rig: OpenRig) -> None:
    async with open_rig() as rig:
        await rig.people.say(1, "/help")
        await rig.settle()
        await rig.people.fault(method="sendMessage", delay_s=0.5)
        await rig.people.say(1, "/new")
        async with asyncio.timeout(5):
            while not rig.count("outbox", "state = 'sending'"):
                await asyncio.sleep(0.01)
        await rig.stop_bot()
        assert rig.count("outbox", "state <> 'sent'") == 0
