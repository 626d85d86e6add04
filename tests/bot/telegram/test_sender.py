"""The sender: Telegram's word is obeyed, results are recorded, and only what may be said twice is."""

import asyncio
import time

import pytest

from tests.conftest import OpenRig
from tests.rig.house import Rig
from tests.rig.people import People, text_of


async def test_retry_after_holds_that_chat_and_no_other(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.say(2, "/start")
    await rig.settle()
    people.unread(1), people.unread(2)
    await people.fault(method="sendMessage", chat_id=1, status=429, retry_after=2)
    began = time.monotonic()
    await people.say(1, "/new")
    await people.say(2, "/new")
    while len(people.chat(2)) < 4:
        await asyncio.sleep(0.01)
    assert len(people.chat(1)) < 4
    while len(people.chat(1)) < 4:
        await asyncio.sleep(0.01)
    assert 1.9 < time.monotonic() - began < 10
    assert rig.count("outbox", "state = 'dead'") == 0


@pytest.mark.parametrize("wish", [{"status": 502}, {"status": 500}, {"cut": "before"}])
async def test_an_answer_that_met_a_fault_is_sent_again(rig: Rig, people: People, wish: dict[str, object]) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.fault(method="sendMessage", **wish)
    await people.say(1, "/new")
    began = time.monotonic()
    while len(people.chat(1)) < 4:
        await asyncio.sleep(0.01)
        assert time.monotonic() - began < 8
    await rig.settle()
    assert len(people.unread(1)) == 1


async def test_an_answer_whose_result_was_cut_off_comes_at_least_once(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.fault(method="sendMessage", cut="after")
    await people.say(1, "/new")
    await asyncio.sleep(1.5)
    await rig.settle()
    heard = people.unread(1)
    assert 1 <= len(heard) <= 2
    assert len({text_of(message) for message in heard}) == 1


async def test_what_telegram_refuses_for_good_is_given_up_and_the_next_is_sent(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.fault(method="sendMessage", status=400)
    await people.say(1, "I am worn out from work")
    await rig.settle()
    assert people.unread(1) == []
    assert rig.value("turn", "state") == "dead"
    await people.say(1, "My cat is ill")
    assert len(await people.hears(1)) == 1


async def test_who_blocked_heed_is_found_out_and_left_alone(rig: Rig, people: People) -> None:
    await people.say(1, "/start")
    await people.hears(1)
    await people.fault(method="sendMessage", status=403)
    await people.say(1, "I am worn out from work")
    await rig.settle()
    assert rig.count("person", "blocked_at IS NOT NULL") == 1
    assert rig.count("outbox", "state IN ('queued', 'sending')") == 0
    await people.say(1, "I am back")
    assert len(await people.hears(1)) == 1
    assert rig.count("person", "blocked_at IS NOT NULL") == 0


async def test_what_a_killed_bot_had_begun_is_said_when_it_must_and_else_not(open_rig: OpenRig) -> None:
    async with open_rig() as rig:
        await rig.people.say(1, "/start")
        await rig.settle()
        await rig.stop_bot()

        def queue(session: object) -> None:
            from workers.journal import outbox, people
            from workers.journal.outbox import Letter

            person = people.find(session, rig.bot_id, 1)  # type: ignore[arg-type]
            for purpose in ("answer", "holding"):
                letter = Letter({"text": purpose}, purpose, purpose)
                outbox.put(session, rig.bot_id, 1, "u:99", letter, person=person)  # type: ignore[arg-type]
            session.flush()  # type: ignore[attr-defined]
            from sqlalchemy import update

            from workers.journal.tables import Outbox

            session.execute(  # type: ignore[attr-defined]
                update(Outbox).where(Outbox.state == "queued").values(state="sending", attempts=1)
            )

        rig.journal.transact(queue)
        rig.people.unread(1)
        await rig.start_bot()
        heard = [text_of(message) for message in await rig.people.hears(1)]
        assert heard == ["answer"]


async def test_the_typing_sign_shows_while_a_turn_is_open_and_a_holding_sentence_after_a_while(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from models.words import variants

    monkeypatch.setattr("bot.telegram.signs.HOLD_AFTER", timedelta(seconds=1))
    await people.say(1, "/start")
    await people.hears(1)
    people.events(1)
    rig.crew.rest()
    await people.say(1, "I am worn out from work")
    began = time.monotonic()
    while len(people.chat(1)) < 4:
        await asyncio.sleep(0.02)
        assert time.monotonic() - began < 10
    assert [event["action"] for event in people.events(1, "action")][:1] == ["typing"]
    assert text_of(people.unread(1)[0]) in variants("en", "turn.holding")
    rig.crew.go_on()
    assert len(await people.hears(1)) == 1
