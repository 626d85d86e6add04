"""The HTTP API of the catalogue: the same choosing as in the chat, for other programs. Whoever asks shows a token.

Errors: 401 without the token, 404 for a piece that is not there, 422 for a question that cannot be understood, 503
while database or store are away. What was asked is in no log.
"""

import hmac
import logging
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_offline import FastAPIOffline

from models.music.journey import Picks
from workers.catalogue.asked import Picked, PicksAsked, Refusal, SimilarAsked, Told, told
from workers.catalogue.shelf import NoSuchTrack, Shelf
from workers.errors import TurnError
from workers.journal import tracks
from workers.journal.database import Journal, JournalUnavailable
from workers.journal.tables import Track
from workers.media.store import NoSuchObject, Store

log = logging.getLogger("heed.music")

LINK_S = 3600
AGAIN_S = "5"
ROUNDS = 2  # a piece may be taken away between choosing and looking it up
bearer = HTTPBearer(auto_error=False, description="HEED_API_TOKEN")


class Counter:
    """Where questions are answered: shelf, journal and store together."""

    def __init__(self, shelf: Shelf, journal: Journal, store: Store) -> None:
        self._shelf = shelf
        self._journal = journal
        self._store = store

    def picks(self, asked: PicksAsked) -> Picked:
        """Raises `JournalUnavailable`, and what the store raises."""

        def choose(without: set[int]) -> Picks:
            return self._shelf.journey(
                asked.present, asked.goal, set(asked.heard), careful=asked.careful, without=without, size=asked.size
            )

        return self._picked(choose)

    def similar(self, asked: SimilarAsked) -> Picked:
        """Raises `NoSuchTrack`, `JournalUnavailable`, and what the store raises."""

        def choose(without: set[int]) -> Picks:
            return self._shelf.similar(
                asked.track_id, set(asked.heard), careful=asked.careful, without=without, size=asked.size
            )

        return self._picked(choose)

    def told(self, track_id: int) -> Told:
        """Raises `NoSuchTrack`, `JournalUnavailable`, and what the store raises."""
        return self._told(self.track(track_id))

    def track(self, track_id: int) -> Track:
        """Raises `NoSuchTrack`, `JournalUnavailable`."""
        with self._journal.read() as session:
            track = tracks.get(session, track_id)
        if track is None:
            raise NoSuchTrack(f"there is no piece {track_id}")
        return track

    def link(self, track: Track) -> str | None:
        """A link to the sound that needs no token for an hour; None where the store gives none."""
        return self._store.link(track.key, LINK_S)

    def sound(self, track: Track) -> bytes:
        """The MP3. Raises `NoSuchTrack` where the store lost it, and what else the store raises."""
        try:
            return self._store.get(track.key)
        except NoSuchObject:
            log.error("the store has no object of a piece: track=%s", track.id)
            raise NoSuchTrack(f"the sound of piece {track.id} is missing") from None

    def _picked(self, choose: Callable[[set[int]], Picks]) -> Picked:
        """What the shelf chooses. A piece that was taken away since the shelf was filled is chosen anew without."""
        gone: set[int] = set()
        for _ in range(ROUNDS):
            picks = choose(gone)
            with self._journal.read() as session:
                found = tracks.some(session, picks.ids)
            gone |= set(picks.ids) - set(found)
            if not set(picks.ids) & gone:
                break
        here = [found[each] for each in picks.ids if each in found]
        return Picked(tracks=[self._told(track) for track in here], began_again=picks.began_again)

    def _told(self, track: Track) -> Told:
        return told(track, self.link(track) or f"/api/music/tracks/{track.id}/sound")


def application(counter: Counter, token: str) -> FastAPI:
    """The application, for whoever shows `token`."""

    def shown(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        given = credentials.credentials if credentials is not None else ""
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(401, "show the token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})

    api = FastAPIOffline(
        title="Heed: music",
        description="Music that fits the moment: journeys from a feeling toward a goal, and what sounds alike.",
        version="1",
        redoc_url=None,
        responses={401: {"model": Refusal}, 503: {"model": Refusal}},
    )
    kept: dict[str, Any] = {"dependencies": [Depends(shown)], "tags": ["music"]}
    missing: dict[int | str, dict[str, Any]] = {404: {"model": Refusal}}

    @api.get("/api/music/picks", **kept)
    def picks(asked: Annotated[PicksAsked, Query()]) -> Picked:
        """A journey from how somebody feels toward a goal."""
        return counter.picks(asked)

    @api.post("/api/music/picks", **kept)
    def picks_by_body(asked: PicksAsked) -> Picked:
        """The same, with the question in the body, where no proxy writes it into a log."""
        return counter.picks(asked)

    @api.get("/api/music/similar", responses=missing, **kept)
    def similar(asked: Annotated[SimilarAsked, Query()]) -> Picked:
        """What sounds like a piece."""
        return counter.similar(asked)

    @api.post("/api/music/similar", responses=missing, **kept)
    def similar_by_body(asked: SimilarAsked) -> Picked:
        """The same, with the question in the body."""
        return counter.similar(asked)

    @api.get("/api/music/tracks/{track_id}", responses=missing, **kept)
    def track(track_id: int) -> Told:
        """One piece."""
        return counter.told(track_id)

    @api.get(
        "/api/music/tracks/{track_id}/sound",
        response_class=Response,
        responses={**missing, 200: {"content": {"audio/mpeg": {}}}, 307: {"description": "it lies there"}},
        **kept,
    )
    def sound(track_id: int) -> Response:
        """The MP3 of a piece, or the way to it."""
        found = counter.track(track_id)
        link = counter.link(found)
        if link is not None:
            return RedirectResponse(link)
        return Response(counter.sound(found), media_type="audio/mpeg")

    api.exception_handler(NoSuchTrack)(_missing)
    api.exception_handler(JournalUnavailable)(_away)
    api.exception_handler(TurnError)(_away)
    api.exception_handler(RequestValidationError)(_misunderstood)
    return api


async def _missing(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


async def _away(request: Request, error: Exception) -> JSONResponse:
    log.warning("a question cannot be answered now: %s", error)
    return JSONResponse(
        {"detail": "database or store cannot be used now; ask again later"}, 503, {"Retry-After": AGAIN_S}
    )


async def _misunderstood(request: Request, error: Exception) -> JSONResponse:
    """Which field is wrong and why, without repeating what was in it."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": ".".join(str(part) for part in each["loc"]), "why": each["msg"]} for each in error.errors()]
    return JSONResponse({"detail": wrong}, 422)
