"""The second opinion on danger: what it finds is answered as at the door, and nothing else is said."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from models import danger
from models.danger import Hit, Kind, Tier
from models.words import say
from tests.rig.house import Rig
from tests.rig.people import People, text_of
from workers.turn.context import TurnContext

QUIET = "it gets dark early and I have sorted all my papers"


class Sure:
    """A judge that is sure of one tier."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self.read: list[str] = []

    def screen(self, text: str, *, hinted: bool = False) -> Hit | None:
        self.read.append(text)
        return Hit(self.tier, Kind.suicide, "en", "second")


@pytest.fixture
def judge(rig: Rig) -> Sure:
    judge = Sure(Tier.unclear)
    rig.house.make_judge = lambda: judge  # type: ignore[assignment, return-value]
    assert rig.house.judge is judge  # loaded, as a worker loads it before its first turn
    return judge


async def test_a_hint_that_the_door_let_through_gets_the_question_and_no_reply(
    rig: Rig, people: People, judge: Sure
) -> None:
    assert danger.screen(QUIET) is None
    await people.say(1, QUIET)
    heard = [text_of(message) for message in await people.hears(1)]
    assert heard == [say("en", "danger.unclear.suicide")]
    assert judge.read == [QUIET]
    assert rig.count("turn", "kind = 'danger' AND state = 'sent'") == 1
    assert rig.count("turn", "state = 'cancelled'") == 1
    assert rig.count("turn_message") == 1
    assert rig.value("turn_message", "turn_id") == rig.value("turn", "id", "kind = 'danger'")
    assert rig.count("conversation", "mode = 'careful' AND asked = 'suicide'") == 1
    assert rig.count("case", "tier = 'unclear' AND words IS NULL") == 1


async def test_a_clear_statement_gets_the_helplines_and_the_buttons(rig: Rig, people: People, judge: Sure) -> None:
    judge.tier = Tier.clear
    await people.say(1, QUIET)
    heard = await people.hears(1)
    assert len(heard) == 1
    assert say("en", "danger.clear.suicide") in text_of(heard[0])
    assert "danger:share" in str(heard[0]["reply_markup"])


async def test_a_yes_to_its_question_shows_the_helplines(rig: Rig, people: People, judge: Sure) -> None:
    await people.say(1, QUIET)
    await people.hears(1)
    await people.say(1, "yes")
    heard = [text_of(message) for message in await people.hears(1)]
    assert say("en", "danger.clear.suicide") in heard[0]


async def test_in_careful_mode_it_asks_no_second_time_and_still_hears_what_is_clear(
    rig: Rig, people: People, judge: Sure
) -> None:
    await people.say(1, QUIET)
    await people.hears(1)
    await people.say(1, "My brother is in the kitchen")
    await people.hears(1)
    assert rig.count("turn", "kind = 'danger'") == 1
    judge.tier = Tier.clear
    await people.say(1, "It is Tuesday then")
    await people.hears(1)
    assert rig.count("turn", "kind = 'danger'") == 2


async def test_what_came_while_it_read_is_read_again_with_the_rest(rig: Rig, people: People, judge: Sure) -> None:
    def another(context: TurnContext) -> None:
        with rig.journal.write() as session:
            session.execute(text("UPDATE turn SET revision = revision + 1 WHERE id = :id"), {"id": context.turn_id})

    rig.stages.once("screen", another)
    await people.say(1, QUIET)
    await people.hears(1)
    assert len(judge.read) == 2
    assert rig.count("turn", "kind = 'danger'") == 1


async def test_what_it_finds_is_answered_once_when_the_worker_dies_just_before(
    rig: Rig, people: People, judge: Sure
) -> None:
    def die(_: TurnContext) -> None:
        raise RuntimeError("killed")

    rig.stages.once("screen", die)
    await people.say(1, QUIET)
    await rig.settle()
    rig.pass_time(timedelta(minutes=1))
    await rig.sweep(clean=False)
    await rig.settle()
    assert [text_of(message) for message in people.unread(1)] == [say("en", "danger.unclear.suicide")]


HINT = "everyone would be better off without me"


class Doubtful(Sure):
    """A judge that finds nothing."""

    def screen(self, text: str, *, hinted: bool = False) -> Hit | None:
        self.read.append(text)
        return None


async def test_a_hint_at_the_door_is_asked_about_at_once_while_nobody_vouches(rig: Rig, people: People) -> None:
    rig.crew.rest()
    assert danger.screen(HINT) is not None
    await people.say(1, HINT)
    assert [text_of(message) for message in await people.hears(1)] == [say("en", "danger.unclear.suicide")]


async def test_a_hint_at_the_door_waits_for_the_second_opinion_that_is_vouched_for(
    rig: Rig, people: People, judge: Sure
) -> None:
    await asyncio.to_thread(rig.sweeper.sweep)
    await people.say(1, HINT)
    assert [text_of(message) for message in await people.hears(1)] == [say("en", "danger.unclear.suicide")]
    assert judge.read == [HINT]
    assert rig.count("case", "tier = 'unclear'") == 1


async def test_a_hint_that_the_second_opinion_does_not_share_is_answered_as_anything_else(
    rig: Rig, people: People
) -> None:
    doubtful = Doubtful(Tier.unclear)
    rig.house.make_judge = lambda: doubtful  # type: ignore[assignment, return-value]
    assert rig.house.judge is doubtful
    await asyncio.to_thread(rig.sweeper.sweep)
    await people.say(1, HINT)
    assert len(await people.hears(1)) == 2
    assert (rig.count("case"), rig.count("turn", "kind = 'danger'")) == (0, 0)


async def test_a_hint_stands_where_the_second_opinion_breaks(rig: Rig, people: People) -> None:
    class Broken(Sure):
        def screen(self, text: str, *, hinted: bool = False) -> Hit | None:
            raise MemoryError(text)

    broken = Broken(Tier.unclear)
    rig.house.make_judge = lambda: broken  # type: ignore[assignment, return-value]
    assert rig.house.judge is broken
    await asyncio.to_thread(rig.sweeper.sweep)
    await people.say(1, HINT)
    assert [text_of(message) for message in await people.hears(1)] == [say("en", "danger.unclear.suicide")]


async def test_a_clear_statement_never_waits(rig: Rig, people: People, judge: Sure) -> None:
    await asyncio.to_thread(rig.sweeper.sweep)
    rig.crew.rest()
    await people.say(1, "I want to kill myself")
    assert say("en", "danger.clear.suicide") in text_of((await people.hears(1))[0])
    assert judge.read == []


async def test_nobody_vouches_while_turns_wait_untaken(rig: Rig, people: People, judge: Sure) -> None:
    rig.crew.rest()
    await people.say(2, "I am worn out from work")
    await rig.settle(turns=False)
    rig.pass_time(timedelta(seconds=10))
    await asyncio.to_thread(rig.sweeper.sweep)
    await people.say(1, HINT)
    await rig.settle(turns=False)
    assert [text_of(message) for message in people.unread(1)] == [say("en", "danger.unclear.suicide")]


async def test_a_process_without_the_second_opinion_vouches_for_nothing(rig: Rig, people: People) -> None:
    await asyncio.to_thread(rig.sweeper.sweep)
    assert rig.count("lease", "name = 'judge'") == 0
