"""The faces in a picture: where each is, its landmarks and movements, which way it looks, and how well it is seen."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.face.detector import Detector, Found, same
from models.face.landmarks import EYE_LEFT, EYE_RIGHT, HEIGHT, MOVEMENTS, MOVING, TEMPLES
from models.face.network import LANDMARKS, Network
from models.face.network import MOVEMENTS as MOVEMENT_NETWORK
from models.face.picture import Picture
from models.face.refusal import Box
from models.face.warp import Pyramid, Square
from models.weights import find

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

LANDMARKER = "face-landmarker"
"""The bundle's name in the manifest."""
SEEN = 256
"""Pixels of the landmark network's side."""
ROOM = 1.5
"""How much larger than the detector's box the landmark network's square is, as MediaPipe's own."""
MOST = 60
"""Faces of one picture that are looked at closely; the surest come first."""
CLOSE = 64
"""Pixels of a side at which a face's light and edges are measured."""


class Pose(NamedTuple):
    """Degrees: `yaw` > 0 towards the person's own left, `pitch` > 0 downwards, `roll` > 0 clockwise as seen."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Face:
    """`box` in shares of the picture and `width` of the face in its pixels; `landmarks` float32 [478, 3] in pixels,
    the third towards the camera being negative; `movements` the 52 blendshape scores by name, in 0..1; `presence` the
    landmark network's logit that there is a face at all; `brightness` the mean grey of the face, 0..1; `sharpness`
    how strong its edges are beside its contrast."""

    box: Box
    width: float
    landmarks: Floats = field(repr=False)
    movements: dict[str, float] = field(repr=False)
    presence: float
    pose: Pose
    brightness: float
    sharpness: float


class Finder:
    """Finds faces. `weights`: the folder that `models.weights.pull` fills. May be shared by threads.

    Raises `models.weights.MissingWeight` where the bundle is not there.
    """

    def __init__(self, weights: Path) -> None:
        bundle = find(LANDMARKER, weights)
        self._detector = Detector(bundle)
        self._landmarks = Network(bundle, LANDMARKS)
        self._movements = Network(bundle, MOVEMENT_NETWORK)

    def faces(self, picture: Picture, pyramid: Pyramid | None = None) -> list[Face]:
        """Every face in `picture`, the largest first. `pyramid`: its own, where the caller has use for it too."""
        pyramid = pyramid or Pyramid(picture.pixels)
        found: list[tuple[tuple[float, float, float, float], Face]] = []
        for place in self._detector.faces(pyramid.image)[:MOST]:
            face = self._looked_at(pyramid, picture, place)
            if face is None:
                continue
            box = _of_picture(face.box, picture)
            if not any(same(box, other) for other, _ in found):
                found.append((box, face))
        return sorted((face for _, face in found), key=lambda face: -face.width)

    def within(self, picture: Picture, box: Box) -> Face | None:
        """The upright face that is known to fill `box`; None where the landmark network sees none there."""
        x, y, width, height = _of_picture(box, picture)
        level = (x, y + height / 2), (x + width, y + height / 2)
        return self._looked_at(Pyramid(picture.pixels), picture, Found((x, y, width, height), *level, 1.0))

    def _looked_at(self, pyramid: Pyramid, picture: Picture, place: Found) -> Face | None:
        """The face at `place`; None where the landmark network sees none there."""
        square = _around(place)
        given = pyramid.cut(square, SEEN).astype(np.float32)[None] / np.float32(255)
        points, presence, _ = self._landmarks(given)
        logit = float(presence.reshape(-1)[0])
        if not logit >= 0:
            return None
        local = points.reshape(-1, 3) / np.float32(SEEN)
        landmarks = np.concatenate([square.to_picture(local[:, :2]), local[:, 2:] * np.float32(square.side)], axis=1)
        scores = self._movements(np.ascontiguousarray(landmarks[None, MOVING, :2], np.float32))[0].reshape(-1)
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        brightness, sharpness = _seen(pyramid.cut(_face_square(low, high, square.turn), CLOSE))
        return Face(
            box=_shares(low, high, picture),
            width=float(min(high - low)),
            landmarks=landmarks,
            movements={name: float(score) for name, score in zip(MOVEMENTS, scores, strict=True)},
            presence=logit,
            pose=pose(landmarks),
            brightness=brightness,
            sharpness=sharpness,
        )


def pose(landmarks: Floats) -> Pose:
    """Which way a face looks, from the lines between its temples, its eyes, and its forehead and chin."""
    across = landmarks[TEMPLES[1]] - landmarks[TEMPLES[0]]
    down = landmarks[HEIGHT[1]] - landmarks[HEIGHT[0]]
    eyes = landmarks[list(EYE_LEFT), :2].mean(axis=0) - landmarks[list(EYE_RIGHT), :2].mean(axis=0)
    yaw = math.atan2(float(across[2]), math.hypot(float(across[0]), float(across[1])))
    pitch = math.atan2(float(down[2]), math.hypot(float(down[0]), float(down[1])))
    roll = math.atan2(float(eyes[1]), float(eyes[0]))
    return Pose(*(math.degrees(each) for each in (yaw, pitch, roll)))


def _around(place: Found) -> Square:
    x, y, width, height = place.box
    turn = math.atan2(place.left[1] - place.right[1], place.left[0] - place.right[0])
    return Square(x + width / 2, y + height / 2, place.side * ROOM, turn)


def _face_square(low: Floats, high: Floats, turn: float) -> Square:
    """What lies well within the face: no hair, no wall."""
    middle = (low + high) / 2
    return Square(float(middle[0]), float(middle[1]), float(max(high - low)) * 0.7, turn)


def _shares(low: Floats, high: Floats, picture: Picture) -> Box:
    """The box between two corners, cut off where the picture ends."""
    size = np.array([picture.width, picture.height], np.float32)
    first, last = np.clip(low / size, 0, 1), np.clip(high / size, 0, 1)
    return Box(float(first[0]), float(first[1]), float(last[0] - first[0]), float(last[1] - first[1]))


def _of_picture(box: Box, picture: Picture) -> tuple[float, float, float, float]:
    """`box` in pixels."""
    return (box.x * picture.width, box.y * picture.height, box.w * picture.width, box.h * picture.height)


def _seen(pixels: Bytes) -> tuple[float, float]:
    """Mean grey, 0..1, and the deviation of the Laplacian beside that of the grey itself."""
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    inner = grey[1:-1, 1:-1]
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return float(grey.mean() / 255), float(edges.std() / max(float(grey.std()), 4.0))
