"""The licence that is set chooses the heads, of voices, words and faces. Text heads need the encoder."""

from pathlib import Path

import pytest

from models.emotion.face.predict import Face
from models.emotion.text.predict import ENCODER, Text
from models.emotion.voice.predict import HEADS, Voice
from tests.rig import weights
from workers.house import House, build
from workers.settings import Settings


def _house(home: Path, licence: str) -> House:
    values = {
        "home": home,
        "weights": weights.FOLDER,
        "broker_url": "memory://",
        "reply_engine": "inprocess",
        "weights_licence": licence,
    }
    return build(Settings(_env_file=None, **values))  # type: ignore[call-arg, arg-type]


@pytest.mark.weights
@pytest.mark.parametrize("language", ["en", "ko", "tr"])
def test_open_takes_text_heads_that_may_be_used_commercially_and_no_other(tmp_path: Path, language: str) -> None:
    weights.weight(ENCODER)
    reader = _house(tmp_path, "open").text_reader
    assert isinstance(reader, Text)
    assert reader.head(language).card.commercial
    assert reader.adapter(language).card.commercial


@pytest.mark.weights
def test_all_takes_the_heads_that_read_best_whatever_they_were_trained_on(tmp_path: Path) -> None:
    weights.weight(ENCODER)
    reader = _house(tmp_path, "all").text_reader
    assert isinstance(reader, Text)
    assert reader.head("ko").card.name == "text-ko-4"


@pytest.mark.weights
@pytest.mark.parametrize("licence", ["all", "open"])
def test_the_licence_reaches_what_reads_voices(tmp_path: Path, licence: str) -> None:
    weights.weight("whisper-base")
    reader = _house(tmp_path, licence).voice_reader
    assert isinstance(reader, Voice)
    assert reader.head.card.commercial is (licence == "open")


@pytest.mark.weights
@pytest.mark.parametrize("licence", ["all", "open"])
def test_the_licence_reaches_what_reads_faces(tmp_path: Path, licence: str) -> None:
    weights.weight("face-landmarker")
    reader = _house(tmp_path, licence).face_reader
    assert isinstance(reader, Face)
    assert reader.head.card.commercial is (licence == "open")


def test_there_is_a_voice_head_for_either_licence() -> None:
    assert {path.stem for path in HEADS.glob("*.npz")} == {"all", "open"}


@pytest.mark.weights
def test_nothing_that_reads_feelings_is_loaded_before_somebody_agreed(tmp_path: Path) -> None:
    weights.weight(ENCODER)
    house = _house(tmp_path, "all")
    assert house.feels
    assert not house._voice_reader.made
    assert not house._text_reader.made
    assert not house._face_reader.made
    assert house.text_reader is house.text_reader
