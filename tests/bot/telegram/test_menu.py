"""The command menu: few enough to be read at a glance, each with words and with something behind it."""

import pytest

from bot.telegram.handlers.table import COMMANDS, MENU
from models.words import LANGUAGES, Language, say


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_shows_at_most_eight_commands_and_each_does_something(language: Language) -> None:
    assert len(MENU) == len(set(MENU)) <= 8
    assert "mood" in MENU
    for name in MENU:
        assert name in COMMANDS
        assert 3 <= len(say(language, f"commands.{name}")) <= 256  # what Telegram takes
