"""What is said of a face, and when nothing is said."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from models.dataset import UnreadableData
from models.emotion.estimate import Estimate
from models.emotion.face import evaluate, fitting, inputs, measuring, predict, run, tile, twins
from models.emotion.face.crop import PLACES, square
from models.emotion.face.photos import photos
from models.emotion.face.place import HEADS
from models.emotion.face.predict import Face, Seen
from models.emotion.face.served import NETWORK, Served
from models.emotion.face.sheets import BESIDES, VOTES, sheets
from models.emotion.face.train import HERE
from models.emotion.head import Card, load
from models.emotion.labels import FEELINGS
from models.face.film import frames
from models.face.landmarks import EYE_LEFT, EYE_RIGHT, MOUTH, MOVEMENTS
from models.face.picture import BadPicture, Picture, SeveralFaces, opened
from models.face.refusal import Box, NoFace, TooDark
from tests.models.emotion.conftest import ROOT
from tests.models.face.films import of_photo
from tests.models.face.pictures import scene, written
from tests.rig.weights import FOLDER, weight

Bytes = NDArray[np.uint8]


@pytest.fixture(scope="session")
def faces() -> Path:
    """The folder of faces."""
    for above in (ROOT, *ROOT.parents):
        folder = above / "shared" / "data" / "face"
        if folder.is_dir():
            return folder
    pytest.skip("the shared folder data/face is not beside this checkout")


@pytest.fixture(scope="session")
def reader() -> Face:
    weight("face-landmarker")
    return Face(FOLDER)


@pytest.fixture(scope="session")
def free() -> Face:
    weight("face-landmarker")
    return Face(FOLDER, "open")


def photo(faces: Path, name: str) -> bytes:
    return (faces / "photos" / name).read_bytes()


def grimace() -> Seen:
    """A face that no camera took."""
    tiles = np.random.default_rng(2).integers(0, 256, (48, 48), dtype=np.uint8)
    return Seen(tiles, dict.fromkeys(MOVEMENTS, 0.9), Box(0, 0, 1, 1), 0.0, 0.0, 0.5, 200.0)


def likeliest(estimate: Estimate) -> str:
    assert estimate.abstained is None
    return max(estimate.probabilities, key=lambda feeling: estimate.probabilities[feeling])


@pytest.mark.weights
@pytest.mark.parametrize("name", ["ageitgey_obama.jpg", "made_astronaut_exif6.jpg", "made_astronaut_large.jpg"])
def test_a_broad_smile_is_read_as_happiness(reader: Face, faces: Path, name: str) -> None:
    estimate = reader.read(reader.look(photo(faces, name)))
    assert likeliest(estimate) == "happiness"
    assert estimate.modality == "face"
    assert estimate.valence > 0.3
    assert sum(estimate.probabilities.values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.weights
def test_the_open_reader_knows_a_smile_too_and_needs_no_network(free: Face, faces: Path) -> None:
    assert free.network is None
    assert likeliest(free.read(free.look(photo(faces, "ageitgey_obama.jpg")))) == "happiness"


@pytest.mark.weights
def test_of_several_faces_it_asks_which_and_the_box_says_it(reader: Face, faces: Path) -> None:
    data = photo(faces, "davisking_2009_004587.jpg")
    with pytest.raises(SeveralFaces) as several:
        reader.look(data)
    boxes = several.value.boxes
    assert len(boxes) == 2
    assert boxes[0][2] * boxes[0][3] >= boxes[1][2] * boxes[1][3] * 0.8
    for box in boxes:
        assert reader.look(data, box).box == pytest.approx(box, abs=1e-6)


@pytest.mark.weights
def test_a_picture_without_anybody_says_so(reader: Face, faces: Path) -> None:
    with pytest.raises(NoFace):
        reader.look(photo(faces, "davisking_dog.jpg"))


@pytest.mark.weights
def test_a_face_in_the_dark_and_a_blurred_one_are_refused(reader: Face, faces: Path) -> None:
    plain = Image.fromarray(opened(photo(faces, "ageitgey_obama.jpg")).pixels)
    with pytest.raises(TooDark):
        reader.look(_png(plain.point(lambda value: value * 0.08)))
    with pytest.raises(BadPicture) as refused:
        reader.look(_png(plain.filter(ImageFilter.GaussianBlur(14))))
    assert refused.value.key in ("picture.blurred", "picture.no_face")


@pytest.mark.weights
def test_light_and_size_of_a_photo_change_the_estimate_little(reader: Face, faces: Path) -> None:
    plain = Image.fromarray(opened(photo(faces, "ageitgey_obama.jpg")).pixels)
    whole = reader.read(reader.look(_png(plain)))
    for other in (plain.point(lambda value: value * 0.5), plain.resize((455, 568)), plain.convert("L")):
        estimate = reader.read(reader.look(_png(other)))
        assert likeliest(estimate) == likeliest(whole)
        assert estimate.valence == pytest.approx(whole.valence, abs=0.25)


@pytest.mark.weights
def test_what_no_camera_took_is_not_read(reader: Face) -> None:
    assert reader.read(grimace()).abstained in ("unfamiliar", "unsure")


@pytest.mark.weights
def test_a_face_of_many_is_read_alike_alone_and_in_a_batch(reader: Face, faces: Path) -> None:
    tiles = sheets(faces / "fer2013_public.zip").tiles[:40]
    together, alone = reader.network, Served()
    assert together is not None
    features, logits = together.said(tiles)
    np.testing.assert_allclose(np.concatenate([alone.said(each[None])[1] for each in tiles]), logits, atol=1e-3)
    assert features.shape == (40, 192)


def test_what_was_seen_shows_nothing_in_its_repr() -> None:
    shown = repr(grimace())
    assert "tile" not in shown
    assert "mouthSmile" not in shown
    assert "box" not in shown


def test_each_head_says_what_it_learned_from_and_under_which_licence() -> None:
    everything, free = load(HEADS / "all.npz").card, load(HEADS / "open.npz").card
    assert not everything.commercial
    assert "non-commercial" in everything.licence
    assert free.commercial
    assert not any("FER" in corpus for corpus in free.trained_on)
    assert everything.classes == free.classes == FEELINGS
    assert NETWORK.stat().st_size < 4_900_000


def test_eyes_and_mouth_are_laid_where_those_of_the_training_pictures_are() -> None:
    landmarks = np.zeros((478, 3), np.float32)
    for pair, (x, y) in zip((EYE_RIGHT, EYE_LEFT, MOUTH), PLACES, strict=True):
        for number in pair:  # the face stands on its head, three times as large, somewhere else
            landmarks[number, :2] = 400 - 3 * x, 300 - 3 * y
    found = square(landmarks)
    assert (found.x, found.y, found.side) == pytest.approx((400 - 72, 300 - 72, 144), abs=0.1)
    assert abs(found.turn) == pytest.approx(np.pi, abs=1e-3)


def test_a_tile_is_seen_alike_in_any_light() -> None:
    face = np.random.default_rng(0).integers(60, 120, (1, 48, 48), dtype=np.uint8)
    np.testing.assert_allclose(tile.standard(face), tile.standard((face * 2).astype(np.uint8)), atol=0.02)
    assert np.isfinite(tile.standard(np.zeros((1, 48, 48), np.uint8))).all()


def _smooth(count: int, seed: int) -> Bytes:
    chance = np.random.default_rng(seed).integers(0, 256, (count, 6, 6), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(each).resize((48, 48), Image.Resampling.BICUBIC)) for each in chance])


def test_twins_are_found_flipped_and_brightened_and_stay_in_one_family() -> None:
    ours, others = _smooth(20, 1), _smooth(20, 2)
    copies = ours.copy()
    copies[0] = ours[3][:, ::-1]
    copies[1] = np.clip(ours[4] * 0.7 + 30, 0, 255).astype(np.uint8)
    found = twins.also_in(np.concatenate([copies, others]), ours)
    assert found[:20].all()
    assert not found[20:].any()
    family = twins.families(copies)
    assert family[0] == family[3]
    assert family[1] == family[4]
    assert len(set(family.tolist())) == 18


def test_no_picture_of_the_public_test_is_learned_from(faces: Path) -> None:
    every = sheets(faces / "fer2013_public.zip")
    training, tested = (np.flatnonzero(every.usage == part) for part in ("Training", "PublicTest"))
    some = tested[:: len(tested) // 200]
    twin = twins.also_in(every.tiles[training], every.tiles[some])
    assert 0 < twin.sum() < 0.1 * len(training)
    assert not twins.also_in(every.tiles[training][~twin], every.tiles[some]).any()


def test_a_head_with_nothing_to_add_hands_the_network_through() -> None:
    chance = np.random.default_rng(4)
    truth = chance.integers(0, 7, 700)
    logits = 3.0 * np.eye(7)[truth] + chance.standard_normal((700, 7))
    table = inputs.joined(
        logits.astype(np.float32),
        chance.standard_normal((700, 60)).astype(np.float32),
        np.where(chance.random((700, 51)) < 0.1, np.nan, chance.random((700, 51))).astype(np.float32),
    )
    plan = run.read(HERE / "train.yaml").head
    targets = np.eye(7, dtype=np.float32)[truth]
    seen = fitting.Seen(table, targets, np.ones(700, np.bool_), np.arange(700))
    head = fitting.fitted(seen, plan, Card("h", "l", False, (), FEELINGS), network=True)
    chances = head.probabilities(np.where(np.isnan(table), head.centre[None], table))
    right = chances.argmax(axis=1) == truth
    assert right.mean() > 0.9 * (logits.argmax(axis=1) == truth).mean()
    assert abs(float(chances.max(axis=1).mean()) - float(right.mean())) < 0.12
    assert 0.5 < (chances.max(axis=1) >= head.sure_from).mean() < 0.95


def test_missing_movements_say_nothing_for_any_feeling() -> None:
    centre = np.arange(60, dtype=np.float32)
    missing = inputs.moves(None)[None]
    table = inputs.joined(np.zeros((1, 7), np.float32), np.zeros((1, 2), np.float32), missing, centre)
    np.testing.assert_array_equal(table[0, inputs.MOVES], centre[inputs.MOVES])


def test_the_surest_are_those_that_count_at_seventy_percent() -> None:
    chances = np.full((10, 7), 0.01, np.float32)
    chances[:, 0] = np.linspace(0.9, 0.3, 10)
    truth = np.array([0] * 7 + [1] * 3)
    found = measuring.measures(measuring.Judged(truth, chances, np.arange(10) < 5))
    assert found["error"] == pytest.approx(0.3)
    assert found["error_at_70"] == 0
    assert found["coverage"] == 0.5


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _set(faces: Path, folder: Path) -> None:
    names = {"ageitgey_obama.jpg": "happiness", "ageitgey_biden.jpg": "neutral", "davisking_dog.jpg": "neutral"}
    for name in names:
        (folder / name).write_bytes(photo(faces, name))
    rows = [f"{name},{label},{40 if label == 'neutral' else 60}" for name, label in names.items()]
    (folder / "index.csv").write_text("\n".join(["path,label,age", *rows]), encoding="utf-8")


@pytest.mark.weights
def test_an_evaluation_of_a_folder_ends_with_one_json_object(
    reader: Face, faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(faces, tmp_path)
    command = ["--data", str(tmp_path), "--weights", str(FOLDER), "--json", "--cache", str(tmp_path / "kept")]
    assert evaluate.main(command) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert result["task"] == "face"
    assert result["n"] == 2
    assert result["refused"] == {"picture.no_face": 1}
    assert {"accuracy", "top3", "ece", "coverage", "selective_error", "error_at_70"} <= set(result["metrics"])
    assert result["metrics"]["accuracy_of_all"] <= result["metrics"]["accuracy"]
    assert "label:happiness" in result["by_group"]


def test_photos_come_in_a_zip_with_an_index(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as made:
        made.writestr("index.csv", "file,emotion\na.jpg,Happiness\nb.jpg,contempt\n")
        made.writestr("a.jpg", b"some bytes")
    found = photos(tmp_path / "set.zip")
    assert [(row.name, row.label) for row in found.rows] == [("a.jpg", "happiness")]
    assert found.unlabelled == 1
    assert [data for _, data in found.files()] == [b"some bytes"]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "path,label\na.jpg,envy\n"])
def test_an_index_that_says_nothing_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "index.csv").write_text(content, encoding="utf-8")
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(UnreadableData):
        photos(tmp_path)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("index", "named"),
    [
        ("file,emotion\na.jpg,happiness\ngone.jpg,sad\n", "gone.jpg"),
        ("path,label\ngone.jpg,sad\n", "line 2"),
        ("file,emotion\n,happiness\n", "without a name"),
        ("file,emotion\na.jpg,\n", "no picture with a label"),
        ("file,mood\na.jpg,sad\n", "needs a column"),
        ("\udce4\udcff,\udcfe\n\udcff\n", "index.csv"),
    ],
)
def test_an_index_that_does_not_fit_its_folder_is_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], index: str, named: str
) -> None:
    weight("face-landmarker")
    (tmp_path / "index.csv").write_bytes(index.encode("utf-8", "surrogateescape"))
    (tmp_path / "a.jpg").write_bytes(written(scene(), "JPEG"))
    command = ["--data", str(tmp_path), "--weights", str(FOLDER), "--cache", str(tmp_path / "kept")]
    assert evaluate.main(command) == 2
    (line,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("heed:")]
    assert named in line


def test_the_part_that_nobody_has_seen_is_judged_in_the_same_form(tmp_path: Path) -> None:
    """As FER2013's PrivateTest would come; the part that the network learned from is left out."""
    columns = ["index", "usage", *VOTES.values(), *BESIDES]
    rows = [
        ",".join([str(number), usage, *(["8" if name == "fp_sadness" else "0" for name in columns[2:]])])
        for number, usage in enumerate(["Training", "PrivateTest", "PrivateTest"])
    ]
    sheet = Image.fromarray(np.random.default_rng(0).integers(0, 256, (960, 2400), np.uint8))
    content = io.BytesIO()
    sheet.save(content, "PNG")
    with zipfile.ZipFile(tmp_path / "private.zip", "w") as made:
        made.writestr("labels.csv", "\n".join([",".join(columns), *rows]))
        made.writestr("sheet_000.png", content.getvalue())
    weight("face-landmarker")
    faces = evaluate.given(tmp_path / "private.zip", Face(FOLDER), tmp_path / "kept")
    assert len(faces.truth) == 2
    assert faces.members["part:PrivateTest"].all()
    assert {FEELINGS[number] for number in faces.truth} == {"sadness"}


def test_data_that_are_not_there_end_with_a_line_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weight("face-landmarker")
    assert evaluate.main(["--data", str(tmp_path / "none.zip"), "--weights", str(FOLDER)]) == 2
    assert "none.zip" in capsys.readouterr().err


@pytest.mark.weights
def test_the_same_reader_serves_every_turn_of_a_process() -> None:
    weight("face-landmarker")
    assert predict.face(FOLDER) is predict.face(FOLDER)


@pytest.mark.weights
def test_a_face_in_a_film_is_read_from_its_moments(reader: Face, faces: Path, tmp_path: Path) -> None:
    shown = frames(of_photo(tmp_path, faces / "photos" / "ageitgey_obama.jpg"), 2.0)
    assert len(shown) == 5
    estimate = reader.watch(shown)
    assert likeliest(estimate) == "happiness"
    alone = reader.watch(shown[:1])
    assert estimate.valence == pytest.approx(alone.valence, abs=0.2)
    empty = Picture(np.zeros((96, 96, 3), np.uint8))
    assert likeliest(reader.watch([empty, shown[0], empty])) == "happiness"


@pytest.mark.weights
def test_a_film_without_a_face_says_so(reader: Face, faces: Path) -> None:
    for shown in ([], [Picture(np.zeros((96, 96, 3), np.uint8))], [opened(photo(faces, "davisking_dog.jpg"))]):
        with pytest.raises(NoFace):
            reader.watch(shown)
    with pytest.raises(SeveralFaces):  # nobody is asked which: nothing was said of a picture
        reader.watch([opened(photo(faces, "davisking_2009_004587.jpg"))])
