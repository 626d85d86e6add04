"""Every story of this folder, played on the whole house."""

from pathlib import Path
from typing import Any

import pytest

from models.words import Language
from tests.conftest import OpenRig
from tests.scenarios.story import Teller, stories

STORIES = stories(Path(__file__).parent)


@pytest.mark.parametrize(("story", "language"), [one[1:] for one in STORIES], ids=[one[0] for one in STORIES])
async def test_story(open_rig: OpenRig, story: dict[str, Any], language: Language) -> None:
    async with open_rig(**story.get("settings", {})) as rig:
        await Teller(rig, language).tell(story["steps"])
