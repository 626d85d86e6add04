"""A feeling for a face in a picture, or the reason why none is named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.face import crop
from models.emotion.face.inputs import joined, moves
from models.emotion.face.moments import together
from models.emotion.face.place import Licence, place
from models.emotion.face.served import Device, Served
from models.emotion.face.tile import SIDE
from models.emotion.head import load
from models.emotion.labels import FEELINGS, Feeling
from models.face.finder import Face as FoundFace
from models.face.finder import Finder
from models.face.picture import BadPicture, Picture, opened
from models.face.refusal import Blurred, Box, NoFace, SeveralFaces, TooDark, TooSmallFace, TurnedAway
from models.face.warp import Pyramid
from models.weights import MissingWeight

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Reason = Literal["unfamiliar", "unsure"]

NARROWEST = 24.0
"""Pixels of a face's width under which its expression is not read: half of what the network was trained on."""
DARKEST, BRIGHTEST = 0.06, 0.97
"""Mean grey of a face, 0..1, outside of which there is nothing left to see."""
DULLEST = 0.085
"""Sharpness under which a face is blurred."""
FARTHEST_YAW, FARTHEST_PITCH = 55.0, 45.0
"""Degrees from which a face counts as turned away: one of its eyes is hidden."""
BESIDE = 0.25
"""A second face counts when it is at least this wide beside the widest: people in the background are not meant."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One face, and nothing else of the picture: `tile` uint8 [48, 48], its 52 `movements`, and how it is seen."""

    tile: Bytes = field(repr=False)
    movements: dict[str, float] = field(repr=False)
    box: Box = field(repr=False)
    yaw: float
    pitch: float
    brightness: float
    width: float


class Face:
    """Reads feelings from faces.

    `weights`: the folder that `models.weights.pull` fills. `licence`: "open" for the head trained without data that
    forbid commercial use; it knows the face's movements alone. `model`: a folder of `weights` with a network and
    heads other than those that come with Heed; `device`: where that network runs. Raises
    `models.weights.MissingWeight` where these or MediaPipe's networks are not there, or do not fit together.
    """

    def __init__(self, weights: Path, licence: Licence = "all", model: str = "", device: Device = "cpu") -> None:
        network, head = place(weights, model, licence)
        self.head = load(head)
        self.finder = Finder(weights)
        self.network = Served(network, device) if licence == "all" else None
        if model:
            self._fit(model)

    def look(self, data: bytes, box: Box | tuple[float, float, float, float] | None = None) -> Seen:
        """The face in the picture file `data`; of several the one nearest to `box`.

        Raises a `BadPicture`; `SeveralFaces` only where no `box` says which is meant.
        """
        return self._seen(opened(data), box)

    def watch(self, frames: Sequence[Picture]) -> Estimate:
        """The feeling in the one face that `frames`, moments of one film, show. A moment in which no face, or more
        than one, can be seen well says nothing; where that is all of them, raises what the last one raised, or
        `NoFace`."""
        estimates: list[Estimate] = []
        trouble: BadPicture = NoFace()
        for picture in frames:
            try:
                estimates.append(self.read(self._seen(picture, None)))
            except BadPicture as bad:
                trouble = bad
        if not estimates:
            raise trouble
        return together(estimates, self.head.sure_from)

    def read(self, seen: Seen) -> Estimate:
        """The feeling in a face. Abstains with a `Reason`; never raises for what `look` gave."""
        inputs = self.inputs(seen.tile[None], moves(seen.movements)[None])
        if float(self.head.strangeness(inputs)[0]) > self.head.alike_to:
            return self._nothing("unfamiliar")
        seven = self.head.probabilities(inputs)[0]
        if float(seven.max()) < self.head.sure_from:
            return self._nothing("unsure")
        probabilities: dict[Feeling, float] = {
            feeling: float(value) for feeling, value in zip(FEELINGS, seven / seven.sum(), strict=True)
        }
        valence, arousal = valence_arousal(probabilities)
        return Estimate("face", self.head.card.name, probabilities, valence, arousal)

    def inputs(self, tiles: Bytes, movements: Floats) -> Floats:
        """What the head reads of `tiles` [n, 48, 48] with `movements` [n, 51]; a row of these may be missing."""
        if self.network is None:
            return np.where(np.isnan(movements), self.head.centre[None], movements)
        features, logits = self.network.said(tiles)
        return joined(logits, features, movements, self.head.centre)

    def _fit(self, model: str) -> None:
        """That the head reads what the network says: a folder may hold one of an earlier training."""
        try:
            self.head.probabilities(self.inputs(np.zeros((1, SIDE, SIDE), np.uint8), moves(None)[None]))
        except (ValueError, KeyError):
            raise MissingWeight(f"the network and the head in {model} do not fit together") from None

    def _seen(self, picture: Picture, box: Box | tuple[float, float, float, float] | None) -> Seen:
        pyramid = Pyramid(picture.pixels)
        faces = self.finder.faces(picture, pyramid)
        if not faces:
            raise NoFace
        return seen(pyramid, _meant(faces, box))

    def _nothing(self, reason: Reason) -> Estimate:
        return Estimate("face", self.head.card.name, abstained=reason)


def seen(pyramid: Pyramid, face: FoundFace) -> Seen:
    """What is kept of `face`, in the picture of `pyramid`.

    Raises `TooSmallFace`, `TurnedAway`, `TooDark` or `Blurred`."""
    if face.width < NARROWEST:
        raise TooSmallFace
    if abs(face.pose.yaw) > FARTHEST_YAW or abs(face.pose.pitch) > FARTHEST_PITCH:
        raise TurnedAway
    if not DARKEST <= face.brightness <= BRIGHTEST:
        raise TooDark
    if face.sharpness < DULLEST:
        raise Blurred
    return Seen(
        tile=crop.tile(pyramid, face.landmarks),
        movements=face.movements,
        box=face.box,
        yaw=face.pose.yaw,
        pitch=face.pose.pitch,
        brightness=face.brightness,
        width=face.width,
    )


def _meant(faces: list[FoundFace], box: tuple[float, float, float, float] | None) -> FoundFace:
    """The one face, or the one nearest to `box`. Raises `SeveralFaces`."""
    if box is not None:
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        return min(faces, key=lambda face: _apart(face.box, x, y))
    several = [face for face in faces if face.width >= BESIDE * faces[0].width]
    if len(several) > 1:
        raise SeveralFaces([face.box for face in several])
    return faces[0]


def _apart(box: Box, x: float, y: float) -> float:
    return (box.x + box.w / 2 - x) ** 2 + (box.y + box.h / 2 - y) ** 2


@cache
def face(weights: Path, licence: Licence = "all", model: str = "", device: Device = "cpu") -> Face:
    """The reader for this folder, licence, model and device, loaded once in a process."""
    return Face(weights, licence, model, device)
