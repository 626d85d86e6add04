"""What a kill fell into is read from the log of the process that died."""

import logging
from pathlib import Path

import pytest

from infra.rigs.faults.storm import HEARING, SPEAKING, Blow, cut_short
from infra.rigs.faults.whereabouts import Whereabouts
from tests.rig.house import Rig
from tests.rig.people import People
from workers.turn import order


def written(log: Path, *lines: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.writelines(f'{{"message": "{line}"}}\n' for line in lines)


def test_a_turn_is_in_the_stage_that_was_begun_last_and_not_left(tmp_path: Path) -> None:
    log = tmp_path / "media.log"
    whereabouts = Whereabouts(log)
    assert whereabouts.look() == {}
    written(log, "stage begun: turn=1 stage=fetch", "stage begun: turn=2 stage=voice")
    assert whereabouts.look() == {1: "fetch", 2: "voice"}
    written(log, "stage begun: turn=1 stage=hear", "stages left: turn=2")
    assert whereabouts.ended() == {1: "hear"}
    assert whereabouts.look() == {}
    whereabouts.close()


def test_a_log_is_followed_through_its_rotation_and_through_a_torn_line(tmp_path: Path) -> None:
    log = tmp_path / "media.log"
    whereabouts = Whereabouts(log)
    written(log, "stage begun: turn=1 stage=find", "stage begun: turn=2 stage=find")
    whereabouts.look()
    written(log, "stages left: turn=2")
    log.rename(tmp_path / "media.log.1")
    assert whereabouts.look() == {1: "find"}
    with log.open("a", encoding="utf-8") as file:
        file.write('{"message": "stage begun: turn=1 sta')
    assert whereabouts.ended() == {1: "find"}
    written(log, 'ge=hear"}', "stage begun: turn=3 stage=hear")
    assert whereabouts.look() == {3: "hear"}
    whereabouts.close()


async def test_the_house_tells_where_its_turns_are(
    rig: Rig, people: People, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, order.__name__)
    log = tmp_path / "media.log"
    whereabouts = Whereabouts(log)
    inside: list[dict[int, str]] = []

    def look(_: object) -> None:
        written(log, *(record.getMessage() for record in caplog.records if record.name == order.__name__))
        caplog.clear()
        inside.append(whereabouts.look())

    for stage in ("compose", "voice"):
        rig.stages.once(stage, look)
    await people.say(1, "/start")
    await people.say(1, "/voice both")
    await people.hears(1)
    await people.say(1, "I am worn out from work")
    await people.hears(1)
    assert inside == [{1: "compose"}, {1: "voice"}]
    look(None)
    assert inside[-1] == {}
    whereabouts.close()


def test_kills_are_counted_by_what_they_fell_into() -> None:
    blows = [
        Blow(0.0, "kill -9", "media", ("find", HEARING, HEARING)),
        Blow(1.0, "kill -9", "supervisor", (HEARING, SPEAKING)),
        Blow(2.0, "kill -9", "media"),
        Blow(3.0, "429", "sendVoice"),
    ]
    assert (cut_short(blows, HEARING), cut_short(blows, SPEAKING)) == (2, 1)
