"""Kinds of message the page cannot make by itself: a sticker, a place, a poll … for tests of what Heed answers to
them."""

import json

from bot.playground.store import JSON

FILE = {"file_id": "unusual", "file_unique_id": "unusual"}
PLACE = {"latitude": 37.5665, "longitude": 126.978}
SAMPLES: dict[str, JSON] = {
    "sticker": {
        "sticker": {
            **FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
            "emoji": "👍",
        }
    },
    "location": {"location": PLACE},
    "venue": {"location": PLACE, "venue": {"location": PLACE, "title": "City Hall", "address": "Sejong-daero 110"}},
    "poll": {
        "poll": {
            "id": "1", "question": "Tea?", "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
            "options": [
                {"persistent_id": "a", "text": "Yes", "voter_count": 0},
                {"persistent_id": "b", "text": "No", "voter_count": 0},
            ],
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "video": {"video": {**FILE, "width": 320, "height": 240, "duration": 3}},
    "animation": {"animation": {**FILE, "width": 320, "height": 240, "duration": 3}},
    "document": {"document": {**FILE, "file_name": "notes.pdf", "mime_type": "application/pdf"}},
    "voice": {"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg", "file_size": 9000}},
    "pinned_message": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
}  # fmt: skip


def unusual_content(raw: str, person: JSON) -> JSON | None:
    """The fields of a message of the kind `raw` names, or `raw` itself where it is a JSON object. None: neither."""
    if raw == "contact":
        contact = {
            "phone_number": "+10000000000",
            "first_name": person["first_name"],
            "user_id": person["id"],
        }
        return {"contact": contact}
    if raw in SAMPLES:
        return dict(SAMPLES[raw])
    if not raw.startswith("{"):
        return None
    try:
        given = json.loads(raw)
    except ValueError:
        return None
    return given if isinstance(given, dict) else None
