"""Records: pieces of a catalogue, as tests put them there."""

import hashlib
from functools import cache
from typing import Any

import numpy as np

from models.music import features, sound
from models.music.moods import ANCHORS, MOODS
from models.music.tags import Tags
from tests.rig.tunes import RATE, tune
from workers.journal import tracks
from workers.journal.database import Journal
from workers.journal.tables import Track
from workers.media.store import Store


def piece(number: int, **given: Any) -> Track:
    values: dict[str, Any] = {
        "title": f"Piece {number}", "artist": "Ada", "licence": "CC0-1.0", "seconds": 60.0, "loudness": -20.0,
        "sha256": f"{number:064x}", "key": f"tracks/{number:064x}.mp3", "size": 1000, "fingerprint": b"f",
        "features": b"\0" * 320, "features_version": "1", "moods": {"calm": 1.0}, "valence": 0.4, "arousal": -0.6,
        "moods_by": tracks.BY_HEAD, "model": "m", "original": f"sha256:{number:064x}",
    }  # fmt: skip
    return Track(**{**values, **given})


def put(journal: Journal, number: int, **given: Any) -> int:
    with journal.write() as session:
        tracks.changing(session)
        return tracks.add(session, piece(number, **given)).id


@cache
def _mp3() -> bytes:
    return sound.as_mp3(tune(1, 1), RATE, Tags(title="A tune"), None)


def shop(journal: Journal, store: Store, count: int = 24, **given: Any) -> list[int]:
    """A catalogue that can be played: pieces of all moods, by several artists, each with a sound of its own."""
    chance = np.random.default_rng(count)
    ids = []
    for number in range(count):
        mood = MOODS[number % len(MOODS)]
        data = _mp3() + number.to_bytes(4, "big")
        digest = hashlib.sha256(data).hexdigest()
        store.put(f"tracks/{digest}.mp3", data, "audio/mpeg")
        valence, arousal = (float(np.clip(at + chance.normal(0, 0.15), -1, 1)) for at in ANCHORS[mood])
        values: dict[str, Any] = {
            "artist": f"Artist {number % 9}", "title": f"{mood} {number}", "moods": {mood: 1.0}, "valence": valence,
            "arousal": arousal, "sha256": digest, "key": f"tracks/{digest}.mp3", "size": len(data), "seconds": 1.0,
            "features": chance.normal(size=features.SIZE).astype("<f4").tobytes(),
            "features_version": features.VERSION,
        }  # fmt: skip
        ids.append(put(journal, number, **{**values, **given}))
    return ids
