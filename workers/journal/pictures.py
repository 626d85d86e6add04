"""Pictures: messages that show something. Only whom they show, and how they look, is read: never who it is."""

from dataclasses import dataclass

from workers.journal.attachments import Attachment
from workers.journal.tables import TurnMessage

KINDS = ("photo", "picture")
SEEN = "seen"

Box = tuple[float, float, float, float]
"""Left, top, width and height, in parts of the picture."""


@dataclass(frozen=True, kw_only=True)
class Picture(Attachment):
    """A photo, or a picture sent as a file; with `box`, the face in it that the person chose."""

    box: Box | None = None

    def __post_init__(self) -> None:
        if self.box is not None:  # read back, it comes as a list
            left, top, width, height = self.box
            object.__setattr__(self, "box", (left, top, width, height))


def settled(message: TurnMessage, why: str | None) -> None:
    """Notes that the picture was looked at, or `why` not: the name of a sentence in models/words/*/picture.yaml.
    Where Telegram keeps it is dropped."""
    message.hearing, message.media = (why or SEEN)[:16], None
