"""The faces that people count in a photo are found, and measured."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from models.face.detector import distinct
from models.face.finder import Finder, pose
from models.face.landmarks import EYE_LEFT, EYE_RIGHT, HEIGHT, MOVEMENTS, MOVING, TEMPLES
from models.face.picture import Picture, opened
from models.face.warp import Pyramid, Square
from tests.models.face.pictures import scene

Photos = dict[str, tuple[bytes, int]]


@pytest.mark.weights
def test_the_faces_counted_by_eye_are_found_in_groups_too(finder: Finder, photos: Photos) -> None:
    counted = {name: count for name, (_, count) in photos.items()}
    found = {name: len(finder.faces(opened(data))) for name, (data, _) in photos.items()}
    assert sum(min(found[name], count) for name, count in counted.items()) >= 0.97 * sum(counted.values())
    assert all(found[name] == 0 for name, count in counted.items() if count == 0)


@pytest.mark.weights
def test_a_smile_is_among_the_movements(finder: Finder, photos: Photos) -> None:
    (face,) = finder.faces(opened(photos["ageitgey_obama.jpg"][0]))
    assert face.movements["mouthSmileLeft"] > 0.8
    assert set(face.movements) == set(MOVEMENTS)
    assert face.landmarks.shape == (478, 3)
    assert face.presence > 0


@pytest.mark.weights
def test_a_face_in_a_turned_photo_stands_upright(finder: Finder, photos: Photos) -> None:
    (face,) = finder.faces(opened(photos["made_astronaut_exif6.jpg"][0]))
    assert abs(face.pose.roll) < 10
    eyes, mouth = face.landmarks[33, 1], face.landmarks[61, 1]
    assert mouth > eyes


@pytest.mark.weights
def test_the_largest_face_comes_first_and_boxes_lie_within_the_picture(finder: Finder, photos: Photos) -> None:
    found = finder.faces(opened(photos["davisking_2007_007763.jpg"][0]))
    assert all(one.width >= two.width for one, two in pairwise(found))
    for face in found:
        assert 0 <= face.box.x <= face.box.x + face.box.w <= 1.001
        assert 0 <= face.box.y <= face.box.y + face.box.h <= 1.001


@pytest.mark.weights
def test_a_half_turned_head_has_a_yaw(finder: Finder, photos: Photos) -> None:
    (frontal,) = finder.faces(opened(photos["ageitgey_obama.jpg"][0]))
    (turned,) = finder.faces(opened(photos["vladmandic_stock-emotions-a-2.jpg"][0]))
    assert abs(frontal.pose.yaw) < 10 < 25 < abs(turned.pose.yaw)


@pytest.mark.weights
def test_darkness_and_blur_are_measured(finder: Finder, photos: Photos) -> None:
    picture = opened(photos["ageitgey_obama.jpg"][0])
    (plain,) = finder.faces(picture)
    (dark,) = finder.faces(Picture((picture.pixels * 0.3).astype(np.uint8)))
    assert dark.brightness < 0.5 * plain.brightness
    assert abs(dark.sharpness - plain.sharpness) < 0.4


@pytest.mark.weights
def test_a_finder_is_shared_by_threads(finder: Finder, photos: Photos) -> None:
    picture = opened(photos["davisking_2009_004587.jpg"][0])
    alone = [face.box for face in finder.faces(picture)]
    found: list[list[tuple[float, ...]]] = []
    threads = [
        threading.Thread(target=lambda: found.append([face.box for face in finder.faces(picture)])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4


@pytest.mark.weights
def test_nobody_is_found_in_an_empty_room(finder: Finder) -> None:
    assert finder.faces(opened_scene()) == []


def opened_scene() -> Picture:
    return Picture(np.asarray(scene(300, 200)))


def test_a_cut_square_shows_what_lies_in_it_upright() -> None:
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[40:60, 120:140] = 255
    upright = Pyramid(pixels).cut(Square(130, 50, 20, 0.0), 10)
    assert upright.min() > 200
    quarter = Square(100, 100, 200, np.pi / 2)
    corner = quarter.to_picture(np.array([[0.0, 0.0]], np.float32))[0]
    np.testing.assert_allclose(corner, [200, 0], atol=1e-3)
    turned = Pyramid(pixels).cut(quarter, 100)
    assert turned[30:40, 20:30].mean() > 200


def test_a_face_seen_from_the_front_has_no_angles() -> None:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[list(TEMPLES)] = [[-10, 0, 0], [10, 0, 0]]
    landmarks[list(HEIGHT)] = [[0, -12, 0], [0, 12, 0]]
    landmarks[list(EYE_RIGHT)], landmarks[list(EYE_LEFT)] = [-5, -3, 0], [5, -3, 0]
    assert pose(landmarks) == pytest.approx((0, 0, 0))


def test_the_tables_of_landmarks_and_movements_are_whole() -> None:
    assert len(MOVING) == len(set(MOVING)) == 146
    assert len(MOVEMENTS) == len(set(MOVEMENTS)) == 52
    assert max(MOVING) == 477


def test_nothing_found_stays_nothing() -> None:
    assert distinct([]) == []
