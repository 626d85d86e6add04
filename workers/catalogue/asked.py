"""What the HTTP API is asked and what it answers, as types: they check requests and document themselves."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.emotion.circumplex import PLACES
from models.emotion.labels import Feeling
from models.music.goals import Goal
from workers.journal.tables import Track

MOST = 50
MOST_HEARD = 5000
Degree = Annotated[float, Field(ge=-1, le=1)]


class Asked(BaseModel):
    """What every question may say."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    heard: list[int] = Field(default=[], max_length=MOST_HEARD, description="ids that should not come again")
    careful: bool = Field(default=False, description="nothing dark at all")
    size: int = Field(default=5, ge=1, le=MOST)


class PicksAsked(Asked):
    """A journey from how somebody feels toward a goal. Without a feeling it begins in the middle."""

    goal: Goal = Field(description="sit: stay with the feeling; lift: a little gladder; calm: quieter")
    valence: Degree | None = Field(default=None, description="unpleasant (-1) to pleasant (1)")
    arousal: Degree | None = Field(default=None, description="calm (-1) to agitated (1)")
    feeling: Feeling | None = Field(default=None, description="in place of valence and arousal")

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> "PicksAsked":
        if (self.valence is None) != (self.arousal is None):
            raise ValueError("valence and arousal go together")
        if self.feeling is not None and self.valence is not None:
            raise ValueError("give a feeling, or valence and arousal")
        return self

    @property
    def present(self) -> tuple[float, float] | None:
        if self.feeling is not None:
            return PLACES[self.feeling]
        return None if self.valence is None or self.arousal is None else (self.valence, self.arousal)


class SimilarAsked(Asked):
    """What sounds like a piece."""

    track_id: int


class Told(BaseModel):
    """A piece of the catalogue."""

    id: int
    title: str
    artist: str
    album: str | None
    licence: str
    source: str | None
    attribution: str | None
    seconds: float
    moods: dict[str, float]
    valence: float
    arousal: float
    sound: str = Field(
        description="where its MP3 is: a link that needs no token for an hour, or a path here that does"
    )


class Picked(BaseModel):
    """Pieces in their order."""

    tracks: list[Told]
    began_again: bool = Field(description="so much was heard that some of it comes again")


class Refusal(BaseModel):
    """Why not."""

    detail: str


def told(track: Track, sound: str) -> Told:
    return Told(
        id=track.id,
        title=track.title,
        artist=track.artist,
        album=track.album,
        licence=track.licence,
        source=track.source,
        attribution=track.attribution,
        seconds=track.seconds,
        moods=track.moods,
        valence=track.valence,
        arousal=track.arousal,
        sound=sound,
    )
