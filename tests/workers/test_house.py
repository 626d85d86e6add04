"""What one worker process shares is made when it is needed, as the settings name it."""

from pathlib import Path

import pytest

from workers.house import build
from workers.settings import Settings


def settings(home: Path, **values: str) -> Settings:
    return Settings.load(home=home, broker_url="memory://", _env_file=None, **values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"synthesiser": "hibari"}, "hibari-heart"),
        ({"synthesiser": "tone"}, "tone"),
        (
            {
                "synthesiser": "server",
                "synthesiser_url": "http://127.0.0.1:9/v1",  # nobody listens: it may come later
                "synthesiser_model": "small",
                "synthesiser_voice": "ada",
            },
            "small-ada",
        ),
    ],
)
def test_the_voice_is_the_one_that_the_settings_name(tmp_path: Path, values: dict[str, str], name: str) -> None:
    house = build(settings(tmp_path, **values))
    assert house.synthesiser is not None
    assert house.synthesiser.name == name
    assert house.synthesiser is house.synthesiser
    assert house.synthesiser.languages == house.settings.spoken
    house.journal.close()


def test_a_house_that_only_writes_has_no_voice(tmp_path: Path) -> None:
    house = build(settings(tmp_path, synthesiser="none"))
    assert house.synthesiser is None
    house.journal.close()
