"""What several scenarios begin with."""

import pytest

from models.speech.audio import encode_voice
from tests.models.speech.sounds import speech


@pytest.fixture(scope="session")
def note() -> bytes:
    """A voice note in which somebody speaks, as Telegram keeps them."""
    return encode_voice(speech(), 16_000).data
