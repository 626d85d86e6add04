"""The first minute of a person with Heed."""

import time

from models.words import say
from tests.rig.house import Rig
from tests.rig.people import People, text_of


async def test_a_story_takes_little_of_the_processor(rig: Rig, people: People) -> None:
    began = time.process_time()
    await people.say(1, "I am so tired of the long days at work")
    heard = await people.hears(1)
    assert len(heard) == 2
    assert text_of(heard[1]) == say("en", "start.introduction", min_age=18, hours=24)
    await people.say(1, "and nobody sees it")
    assert len(await people.hears(1)) == 1
    assert time.process_time() - began < 3  # 0.3 s by itself
