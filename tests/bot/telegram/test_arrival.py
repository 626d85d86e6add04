"""Reading a stranger's JSON without trusting any of it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.arrival import ID_LIMIT, Envelope, open_envelope

BOT = 1000000001
NAMES = st.sampled_from(
    ["update_id", "message", "edited_message", "callback_query", "my_chat_member", "channel_post", "from", "chat",
     "id", "type", "text", "caption", "date", "message_id", "language_code"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["private", "group", ""])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner, max_size=5)
)
UPDATES = ANYTHING | st.builds(
    lambda number, kind, body, chat, text: {
        "update_id": number, kind: {"chat": chat, "text": text, **(body if isinstance(body, dict) else {})}
    },
    st.integers(-(2**70), 2**70), NAMES, ANYTHING, ANYTHING, ANYTHING,
)  # fmt: skip


@given(UPDATES)
def test_nothing_that_anybody_sends_breaks_the_door(update: object) -> None:
    envelope = open_envelope(BOT, update)
    if envelope is None:
        return
    assert isinstance(envelope, Envelope)
    for number in (envelope.update_id, envelope.arrival.chat_id, envelope.telegram_id, envelope.arrival.message_id):
        assert number is None or abs(number) <= ID_LIMIT
    assert envelope.words is None or envelope.words.strip()
    json.loads(envelope.arrival.raw)
    envelope.arrival.raw.encode()
    assert envelope.words is None or envelope.words.encode()


@given(st.text(min_size=1))
def test_an_envelope_shows_no_words(words: str) -> None:
    marked = f"zebra{words}"
    update = {"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": marked}}
    envelope = open_envelope(BOT, update)
    assert envelope is not None
    assert envelope.words is not None
    assert "zebra" not in repr(envelope)
