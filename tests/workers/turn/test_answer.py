"""What becomes of a turn when its stages fail, on the whole house."""

import asyncio
from datetime import timedelta

import pytest

from models.words import variants
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from workers.errors import Permanent, RetryAfter, Transient
from workers.journal import turns
from workers.journal.turns import ATTEMPTS
from workers.turn.context import TurnContext

SOON = timedelta(minutes=1)


def raising(error: Exception) -> object:
    def fail(context: TurnContext) -> None:
        raise error

    return fail


async def again(rig: Rig) -> None:
    """Time passes, and the sweeper rings."""
    rig.pass_time(SOON)
    await rig.sweep(clean=False)
    await rig.settle()


@pytest.mark.parametrize("error", [Transient("away"), RetryAfter(7, "asked to"), RuntimeError("unforeseen")])
async def test_a_passing_fault_is_tried_again_and_answered_once(rig: Rig, people: People, error: Exception) -> None:
    rig.stages.once("compose", raising(error))  # type: ignore[arg-type]
    await people.say(1, "I am worn out from work")
    await rig.settle()
    assert people.unread(1) == []
    assert rig.value("turn", "failure").startswith(type(error).__name__)
    await again(rig)
    assert len(people.unread(1)) == 2
    assert (rig.value("turn", "state"), rig.value("turn", "attempts")) == ("sent", 2)


async def test_a_poison_turn_ends_with_one_honest_sentence_and_holds_nobody_up(rig: Rig, people: People) -> None:
    def poison(context: TurnContext) -> None:
        if "poison" in context.messages[0]:
            raise RuntimeError("poison")

    rig.stages.always("compose", poison)
    await people.say(1, "poison")
    await rig.settle()
    await people.say(2, "I am worn out from work")
    assert len(await people.hears(2)) == 2
    for _ in range(ATTEMPTS):
        await again(rig)
    heard = [text_of(message) for message in people.unread(1)]
    assert len(heard) == 1
    assert heard[0] in variants("en", "turn.dead")
    assert rig.value("turn", "state", "id = 1") == "dead"
    await people.say(1, "My cat is ill")
    assert len(await people.hears(1)) == 2


async def test_what_no_attempt_can_answer_ends_at_once(rig: Rig, people: People) -> None:
    rig.stages.once("compose", raising(Permanent("never")))  # type: ignore[arg-type]
    await people.say(1, "hello there friend")
    heard = [text_of(message) for message in await people.hears(1)]
    assert heard[0] in variants("en", "turn.dead")
    assert rig.value("turn", "attempts") == 1


async def test_a_worker_that_was_killed_each_time_leaves_a_sentence(rig: Rig, people: People) -> None:
    rig.crew.rest()
    await people.say(1, "I am worn out from work")
    await rig.settle(turns=False)

    for _ in range(ATTEMPTS):
        assert rig.journal.transact(lambda session: turns.claim(session, 1)) is not None
        rig.pass_time(SOON)
    rig.crew.go_on()
    await rig.sweep(clean=False)
    heard = [text_of(message) for message in await people.hears(1)]
    assert heard[0] in variants("en", "turn.dead")


async def test_messages_that_come_while_composing_are_in_the_one_answer(rig: Rig, people: People) -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def interrupt(context: TurnContext) -> None:
        seen.append(len(context.messages))
        if len(seen) < 3:
            asyncio.run_coroutine_threadsafe(people.say(1, f"and also this {len(seen)}"), loop).result(10)
            while rig.count("turn_message") < len(seen) + 1:
                pass

    rig.stages.always("compose.", interrupt)
    await people.say(1, "I am worn out from work")
    heard = await people.hears(1)
    assert seen == [1, 2, 3]
    assert len(heard) == 2
    assert heard[0]["reply_to_message"]["message_id"] == people.last[1]
    assert rig.count("turn") == 1


async def test_a_doorbell_that_nobody_heard_is_rung_again(rig: Rig, people: People) -> None:
    rig.crew.rest()
    await people.say(1, "I am worn out from work")
    await rig.settle(turns=False)
    while rig.bell.heard() is not None:
        pass
    rig.crew.go_on()
    rig.pass_time(SOON)
    await rig.sweep(clean=False)
    assert len(await people.hears(1)) == 2


async def test_an_answer_after_an_outage_says_that_it_is_late(rig: Rig, people: People) -> None:
    rig.crew.rest()
    for number in range(3):
        await people.say(1, f"I am worn out from work {number}")
    await rig.settle(turns=False)
    rig.pass_time(timedelta(hours=2))
    rig.crew.go_on()
    await rig.sweep(clean=False)
    heard = [text_of(message) for message in await people.hears(1)]
    assert len(heard) == 2, "one merged answer, and the introduction"
    assert any(late in heard[0] for late in variants("en", "turn.late"))
