"""Recommend: which pieces somebody is sent, in which order. Those whose sound is missing are left out."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from models.emotion.circumplex import PLACES
from models.emotion.labels import Feeling
from models.music.journey import Picks
from workers.catalogue.shelf import NoSuchTrack
from workers.house import House
from workers.journal import tracks
from workers.journal.wishes import AT_ONCE, Chosen, Known

log = logging.getLogger(__name__)

ROUNDS = 3
"""How often a choice is made anew because sounds are missing: a store that lost more is out of order."""


def recommend(house: House, known: Known) -> Chosen:
    """What is sent. Nothing where nothing can be. Raises what the store raises."""
    if known.wanted.start is not None:
        return _of_playlist(house, known, known.wanted.start)
    present = _present(known)
    missing: set[int] = set()
    for _ in range(ROUNDS):
        picks = _picks(house, known, present, missing)
        lost = _lost(house, picks.ids)
        if not lost:
            return Chosen(tuple(picks.ids), picks.began_again, present is not None)
        missing |= lost
    return Chosen(())


def _present(known: Known) -> tuple[float, float] | None:
    """(valence, arousal) where the music begins: as the person says, else as the diary knows."""
    if known.wanted.feeling is not None:
        return PLACES[cast(Feeling, known.wanted.feeling)]
    return known.present


def _picks(house: House, known: Known, present: tuple[float, float] | None, missing: set[int]) -> Picks:
    shelf = house.shelf
    if known.wanted.like is not None:
        try:
            return shelf.similar(known.wanted.like, known.heard, careful=known.careful, without=missing, size=AT_ONCE)
        except NoSuchTrack:  # taken away since it was chosen, or measured by another extractor
            return Picks(())
    if known.wanted.goal is None:
        raise ValueError("a wish without a goal, a piece or a place")
    return shelf.journey(
        present, known.wanted.goal, known.heard, careful=known.careful, without=missing, size=AT_ONCE
    )


def _of_playlist(house: House, known: Known, start: int) -> Chosen:
    """The next of the playlist, without what is missing."""
    shown = known.playlist[start : start + AT_ONCE]
    lost = _lost(house, shown)
    further = start + AT_ONCE if start + AT_ONCE < len(known.playlist) else None
    return Chosen(tuple(each for each in shown if each not in lost), further=further)


def _lost(house: House, chosen: Sequence[int]) -> set[int]:
    """Those of `chosen` that would have to be uploaded and whose sound is not in the store."""
    with house.journal.read() as session:
        keys = tracks.keys_to_upload(session, house.settings.bot_id, chosen)
    if not keys:
        return set()
    with ThreadPoolExecutor(len(keys)) as asking:  # an object store answers in tens of milliseconds, each
        there = dict(zip(keys, asking.map(house.store.has, keys.values()), strict=True))
    lost = {track_id for track_id, found in there.items() if not found}
    for track_id in lost:
        log.error("sound of a track is not in the store: track=%s", track_id)
    return lost
