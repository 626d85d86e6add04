"""Why a picture cannot be used: one small tree of errors, each with the sentence that says so."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Box(NamedTuple):
    """A rectangle in shares (0..1) of the turned picture; `x` and `y` are its upper left corner."""

    x: float
    y: float
    w: float
    h: float


class BadPicture(Exception):
    """A picture that cannot be used. `key` names its sentence in the words files.

    The message names the kind only, never anything of the picture.
    """

    key: ClassVar[str] = "picture.broken"

    def __init__(self) -> None:
        super().__init__(self.key)


class Broken(BadPicture):
    """A picture that ends too early, or in which nothing could be decoded."""

    key = "picture.broken"


class NotAPicture(BadPicture):
    """None of the kinds of picture that can be read."""

    key = "picture.not_a_picture"


class TooManyPixels(BadPicture):
    """More pixels than are decoded of anything."""

    key = "picture.too_many_pixels"


class TooSmall(BadPicture):
    """A picture in which no face could be told."""

    key = "picture.too_small"


class NoFace(BadPicture):
    """Nobody's face was found."""

    key = "picture.no_face"


class TooSmallFace(BadPicture):
    """A face of too few pixels."""

    key = "picture.tiny_face"


class TooDark(BadPicture):
    """A face with too little light on it, or with so much that nothing is left."""

    key = "picture.too_dark"


class Blurred(BadPicture):
    """A face without edges."""

    key = "picture.blurred"


class TurnedAway(BadPicture):
    """A face seen from its side, or from above or below."""

    key = "picture.turned_away"


class SeveralFaces(BadPicture):
    """More than one face, and nobody said which is meant. `boxes`: where they are, the largest first."""

    key = "picture.which"

    def __init__(self, boxes: Sequence[Box]) -> None:
        super().__init__()
        self.boxes = list(boxes)


KINDS: tuple[type[BadPicture], ...] = (
    *(Broken, NotAPicture, TooManyPixels, TooSmall, NoFace, TooSmallFace, TooDark, Blurred, TurnedAway),
    SeveralFaces,
)
