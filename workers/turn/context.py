"""The Turn context: what the stages of one attempt hand on to one another."""

from dataclasses import dataclass, field
from datetime import datetime

from models.emotion.estimate import Estimate
from models.emotion.fusion.predict import Fused
from models.reply.request import Exchange, Reply
from models.speech.audio import Sound
from models.words import Language
from workers.house import House
from workers.journal.pictures import Box, Picture
from workers.journal.readings import Felt
from workers.journal.recordings import Recording
from workers.journal.speeches import Script, Spoken
from workers.journal.turns import Claim


@dataclass(frozen=True)
class Film:
    """A video note whose face may be looked at: its bytes, and how many `seconds` of it were heard."""

    data: bytes = field(repr=False)
    seconds: float


@dataclass
class Listened:
    """One recording on its way through the stages: its bytes, then its words, or why there are none."""

    row_id: int
    attachment: Recording
    before: tuple[str, ...] = field(default=(), repr=False)
    data: bytes | None = field(default=None, repr=False)
    sound: Sound | None = field(default=None, repr=False)
    """Only where a feeling may be read from it, and only until it was."""
    may_see: bool = False
    """Whether it is a film, and the person allows that their face in it is looked at."""
    film: Film | None = field(default=None, repr=False)
    """Only where it may be looked at, and only until it was."""
    words: str = field(default="", repr=False)
    felt: Felt | None = field(default=None, repr=False)
    seen: Felt | None = field(default=None, repr=False)
    """What was read from the face in a film."""
    doubts: tuple[str, ...] = field(default=(), repr=False)
    unheard: str | None = None
    """Name of the sentence that says why nothing, or not all of it, was understood."""

    def refuse(self, why: str) -> None:
        """Notes that the file cannot be had."""
        self.unheard = why


@dataclass
class Looked:
    """One picture on its way through the stages: its bytes, then what was read from a face in it, or why not."""

    row_id: int
    message_id: int
    attachment: Picture
    caption: str = field(default="", repr=False)
    data: bytes | None = field(default=None, repr=False)
    felt: Felt | None = field(default=None, repr=False)
    faces: tuple[Box, ...] = ()
    """Where faces are, if there are several and nobody said which is meant."""
    trouble: str | None = None
    """Name of the sentence that says why nothing was read."""

    def refuse(self, why: str) -> None:
        """Notes that the file cannot be had."""
        self.trouble = "broken" if why == "damaged" else why


@dataclass
class TurnContext:
    """One attempt at one turn. Holds words, so its repr shows ids only."""

    house: House = field(repr=False)
    claim: Claim
    turn_id: int
    person_id: str = ""
    revision: int = 0
    language: Language = "en"
    country: str | None = None
    persona: str = ""
    mode: str = "normal"
    minor: bool = False
    may_feel: bool = False
    """Whether the person allows that feelings are estimated here."""
    newest_message: int = 0
    oldest_sent_at: datetime | None = None
    caption: bool = False
    aloud: bool = False
    """Whether a recording of this turn was heard."""
    shown: bool = False
    """Whether a picture of this turn was looked at."""
    listened: Listened | None = None
    looked: Looked | None = None
    doubts: tuple[str, ...] = field(default=(), repr=False)
    unheard: tuple[str, ...] = ()
    """Why recordings of this turn were not understood, each a name of a sentence."""
    unseen: tuple[str, ...] = ()
    """Why nothing was read from pictures of this turn, each a name of a sentence."""
    messages: tuple[str, ...] = field(default=(), repr=False)
    history: tuple[Exchange, ...] = field(default=(), repr=False)
    said: tuple[str, ...] = field(default=(), repr=False)
    readings: tuple[Felt, ...] = field(default=(), repr=False)
    """What was read from the messages of this turn when they were perceived."""
    felt: Felt | None = field(default=None, repr=False)
    """What was read from its words."""
    fused: Fused | None = field(default=None, repr=False)
    """What all that was read of it comes to."""
    estimate: Estimate | None = field(default=None, repr=False)
    """What the reply, and the voice that speaks it, may rest on, of all that was read."""
    reply: Reply | None = field(default=None, repr=False)
    script: Script | None = None
    spoken: Spoken | None = None

    @property
    def attached(self) -> "Listened | Looked | None":
        """The attachment that is being perceived."""
        return self.listened or self.looked

    @property
    def untaken(self) -> bool:
        """Whether something that was sent could not be heard or seen."""
        return bool(self.unheard or self.unseen)


class Superseded(Exception):
    """What this attempt worked from has changed or gone. Nothing was written, nothing is to be said."""


class Alarmed(Superseded):
    """The second opinion found danger: the reviewed text was queued, and this turn was voided with what is unsent."""


class Outrun(Superseded):
    """Messages came while composing: compose again from all of them."""
