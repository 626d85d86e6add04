"""A turn that fails every time ends with a sentence, and holds nobody up."""

from datetime import timedelta

from models.reply.engine import EngineUnavailable
from models.words import variants
from tests.rig.house import Rig
from tests.rig.people import text_of
from workers.journal import turns
from workers.turn.context import TurnContext

ANNA, BEN = 7, 8
WORRY = "my flatmate keeps eating my food"


async def fail_until_dead(rig: Rig) -> None:
    """Lets the back-offs of the turn pass."""
    for _ in range(turns.ATTEMPTS):
        await rig.settle()
        rig.pass_time(timedelta(seconds=max(turns.BACK_OFF_S) + 1))
        await rig.sweep(clean=False)
    await rig.settle()


async def test_a_turn_whose_stage_always_raises_is_dead_after_three_attempts_with_one_sentence(rig: Rig) -> None:
    attempts = list[int]()

    def poison(context: TurnContext) -> None:
        attempts.append(context.claim.attempts)
        raise ZeroDivisionError(WORRY)

    rig.stages.always("compose", poison)
    await rig.people.say(ANNA, WORRY)
    await fail_until_dead(rig)

    assert attempts == [1, 2, 3]
    assert rig.value("turn", "state") == "dead"
    assert rig.value("turn", "failure") == "ZeroDivisionError"
    said = [text_of(message) for message in await rig.people.hears(ANNA)]
    assert len([text for text in said if text in variants("en", "turn.dead")]) == 1


async def test_a_poison_turn_holds_nobody_else_up(rig: Rig) -> None:
    await rig.people.say(ANNA, WORRY)
    await rig.people.hears(ANNA)
    anna = rig.value("person", "id")

    def poison(context: TurnContext) -> None:
        if context.person_id == anna:
            raise ZeroDivisionError

    rig.stages.always("compose", poison)
    await rig.people.say(ANNA, "this one is poison")
    await rig.people.say(BEN, "my sister got the job I wanted")

    assert await rig.people.hears(BEN)


async def test_after_a_dead_turn_its_person_is_answered_again(rig: Rig) -> None:
    def poison(context: TurnContext) -> None:
        raise ZeroDivisionError

    rig.stages.always("compose", poison)
    await rig.people.say(ANNA, WORRY)
    await fail_until_dead(rig)
    rig.stages.clear()
    await rig.people.hears(ANNA)
    await rig.people.say(ANNA, "are we talking again? my week was long")

    assert len(await rig.people.hears(ANNA)) >= 1
    assert rig.value("turn", "state") == "sent"


async def test_a_turn_whose_worker_is_killed_every_time_is_dead_after_three_attempts(rig: Rig) -> None:
    rig.crew.rest()
    await rig.people.say(ANNA, WORRY)
    await rig.settle(turns=False)
    turn_id = rig.value("turn", "id")
    for attempt in range(1, turns.ATTEMPTS + 1):
        claim = rig.journal.transact(lambda session: turns.claim(session, turn_id))
        assert claim is not None
        assert claim.attempts == attempt
        rig.pass_time(turns.LEASE + timedelta(seconds=1))
    await rig.sweep(clean=False)
    rig.crew.go_on()

    said = [text_of(message) for message in await rig.people.hears(ANNA)]
    assert rig.value("turn", "state") == "dead"
    assert [text for text in said if text in variants("en", "turn.dead")]


async def test_a_worker_killed_while_composing_loses_the_turn_to_another_and_it_is_answered_once(rig: Rig) -> None:
    rig.crew.rest()
    await rig.people.say(ANNA, WORRY)
    await rig.settle(turns=False)
    turn_id = rig.value("turn", "id")
    killed = rig.journal.transact(lambda session: turns.claim(session, turn_id))
    assert killed is not None
    rig.pass_time(turns.LEASE + timedelta(seconds=1))
    await rig.sweep(clean=False)
    rig.crew.go_on()
    await rig.settle()
    late = rig.journal.transact(
        lambda session: turns.commit_composition(
            session, killed, revision=1, answer=b"late", source="model", decisions={}
        )
    )

    assert not late
    assert rig.count("outbox", "purpose = 'reply'") == 1
    assert rig.value("turn", "state") == "sent"


async def test_an_engine_that_is_away_costs_no_answer_but_the_last_attempt_is_a_reviewed_sentence(rig: Rig) -> None:
    def away(context: TurnContext) -> None:
        def generate(*_: object, **__: object) -> None:
            raise EngineUnavailable("out of order")

        context.house.composer.engine.generate = generate  # type: ignore[method-assign, assignment]

    rig.stages.once("compose", away)
    await rig.people.say(ANNA, WORRY)
    await fail_until_dead(rig)

    assert rig.value("turn", "state") == "sent"
    assert rig.value("turn", "source") == "fallback"
    assert rig.value("turn", "attempts") == turns.ATTEMPTS
