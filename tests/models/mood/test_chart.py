"""The picture of a course: what is in it can be seen, and what is not known stays open."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from models.emotion.labels import SOURCES, Modality
from models.mood.chart import (
    BOTTOM,
    COLOURS,
    LEFT,
    LINE,
    RIGHT,
    SHAPES,
    SIDE,
    STRIP,
    TOP,
    _font,
    course,
    stretches,
)
from models.mood.moment import LENGTH, SPANS, Moment, Span
from models.words import HERE, LANGUAGES, Language, variants
from tests.models.mood.moments import UNTIL, moment, torn

WEEK = 7 * 24.0


def drawn(
    moments: list[Moment], span: Span = "week", language: Language = "en", zone: ZoneInfo | None = None
) -> Image.Image:
    image = Image.open(io.BytesIO(course(moments, span, language, zone or ZoneInfo("UTC"), UNTIL)))
    image.load()
    return image


def pixels(image: Image.Image, colour: str, left: int = LEFT, right: int = RIGHT) -> int:
    """How many pixels between two columns of the plot have just this colour. The words in it are left out."""
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    data = image.crop((left, TOP + STRIP, right, BOTTOM - STRIP)).get_flattened_data()
    return sum(pixel == wanted for pixel in data)


def test_the_picture_is_a_png_that_fits_a_phone() -> None:
    image = drawn([moment(hours) for hours in (10, 40, 90)])
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (SIDE, SIDE))


def test_every_modality_has_a_shape_and_a_colour_of_its_own() -> None:
    assert len(set(SHAPES.values())) == len(set(COLOURS.values())) == len(SHAPES) == len(SOURCES) + 1


@pytest.mark.parametrize("modality", SOURCES)
def test_what_was_read_from_one_modality_alone_has_its_colour_and_no_other(modality: Modality) -> None:
    image = drawn([moment(hours, "neutral", modality) for hours in (10, 40, 90)])
    assert {each for each in COLOURS if pixels(image, COLOURS[each]) > 100} == {modality}


def test_several_modalities_of_one_moment_are_drawn_with_what_they_come_to() -> None:
    image = drawn([moment(hours, "neutral", "text", "voice", "face") for hours in (10, 40, 90)])
    assert pixels(image, COLOURS["fused"]) > 100
    marks = moment(1, "sadness", "text", "face").marks
    assert [modality for modality, _ in marks] == ["text", "face", "fused"]


def test_where_they_disagree_each_is_seen_and_no_line_goes_through_them() -> None:
    image = drawn([torn(hours) for hours in (10, 40, 90)])
    assert pixels(image, COLOURS["text"]) > 100
    assert pixels(image, COLOURS["face"]) > 100
    assert pixels(image, COLOURS["fused"]) == 0
    assert pixels(image, LINE) == 0


def test_a_long_pause_stays_open_and_a_short_one_is_bridged() -> None:
    apart = [moment(hours) for hours in (WEEK - 2, WEEK - 20, 20, 2)]
    assert [len(stretch) for stretch in stretches(apart, "week")] == [2, 2]
    middle = (LEFT + RIGHT) // 2
    assert pixels(drawn(apart), LINE, middle - 100, middle + 100) == 0
    close = [moment(hours) for hours in (WEEK - 2, 130, 100, 65, 30, 2)]
    assert [len(stretch) for stretch in stretches(close, "week")] == [6]
    assert pixels(drawn(close), LINE, middle - 100, middle + 100) > 100


@pytest.mark.parametrize("span", SPANS)
def test_the_pause_that_stays_open_is_a_quarter_of_the_span(span: Span) -> None:
    hours = LENGTH[span].total_seconds() / 3600
    assert len(list(stretches([moment(hours * 0.3), moment(hours * 0.06)], span))) == 1
    assert len(list(stretches([moment(hours * 0.4), moment(hours * 0.1)], span))) == 2


def test_what_is_pleasant_stands_above_what_is_not() -> None:
    glad, sad = drawn([moment(20, "happiness")]), drawn([moment(20, "sadness")])
    blue = tuple(int(COLOURS["text"][place : place + 2], 16) for place in (1, 3, 5))

    def middle(image: Image.Image) -> float:
        found = [y for y in range(TOP, BOTTOM) for x in range(LEFT, RIGHT, 3) if image.getpixel((x, y)) == blue]
        return sum(found) / len(found)

    assert middle(glad) < (TOP + BOTTOM) / 2 - 30
    assert middle(sad) > (TOP + BOTTOM) / 2 + 30


def test_what_lies_outside_of_the_span_is_not_drawn() -> None:
    assert pixels(drawn([moment(WEEK + 5), moment(WEEK + 1)]), COLOURS["text"]) == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("span", SPANS)
def test_every_span_is_drawn_in_every_language_and_half_way_round_the_world(language: Language, span: Span) -> None:
    hours = LENGTH[span].total_seconds() / 3600
    moments = [moment(hours * part / 60, "neutral", *SOURCES) for part in range(60)]
    for zone in ("Asia/Seoul", "America/St_Johns"):
        assert pixels(drawn(moments, span, language, ZoneInfo(zone)), COLOURS["fused"]) > 100


def test_a_day_on_which_clocks_change_is_drawn() -> None:
    until = datetime(2026, 10, 25, 12, tzinfo=UTC)
    moments = [Moment(until - timedelta(hours=h), moment(1).fused, moment(1).read) for h in (3, 9, 12)]
    assert course(moments, "day", "en", ZoneInfo("Europe/London"), until)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_has_every_letter_that_is_written_into_a_picture(language: Language) -> None:
    font = _font(language, 40)
    unknown = bytes(font.getmask("\uffff"))
    words = (HERE / language / "mood.yaml").read_text(encoding="utf-8")
    if language == "ko":  # besides the sentences in Korean, keys and comments are in its file
        words += "".join(variants(language, "mood.months"))
    letters = {letter for letter in words if letter.isalnum()} | set("0123456789:")
    assert [letter for letter in sorted(letters) if bytes(font.getmask(letter)) == unknown] == []
    if language == "tr":
        assert set("ığşİÇöü") & letters
