"""The course of feelings as a picture that can be read on a phone.

Up is pleasant, down is unpleasant, from left to right runs the time. What was read from words, voice and face has a
shape and a colour each (Okabe and Ito's, told apart by colour-blind eyes too); the line goes through what they come
to, and stays open where nothing was read for long.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from models.emotion.labels import Modality
from models.mood.moment import LENGTH, Moment, Span
from models.words import Language, say, variants

FONTS = Path(__file__).parent / "fonts"
SIDE = 1080
"""Pixels, width and height: what Telegram shows without scaling it down."""
FINE = 2
"""How many times larger it is drawn before it is scaled down, so that edges are smooth."""
LEFT, TOP, RIGHT, BOTTOM = 50, 160, 1030, 885
LABEL = 34
"""Height in pixels of the times under the picture."""
STRIP = 70
"""Pixels above and below the scale of valence, for its words."""
GAP = 0.25
"""Part of the span without a reading from which the line stays open."""
SHAPES: dict[Modality, str] = {"text": "circle", "voice": "triangle", "face": "square", "fused": "diamond"}
COLOURS: dict[Modality, str] = {"text": "#0072B2", "voice": "#D55E00", "face": "#009E73", "fused": "#1A1A1A"}
RADIUS = {"circle": 15, "triangle": 18, "square": 14, "diamond": 21}
CROWDED = 45
"""Marks from which each is drawn smaller."""
PAPER, ABOVE, BELOW, GRID, INK, LINE = "#FFFFFF", "#F3F7FB", "#FAF5F0", "#DCDCDC", "#333333", "#6E6E6E"


@dataclass(frozen=True)
class Scale:
    """Where a time and a valence stand in the picture."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        part = (at - self.since) / (self.until - self.since)
        edge = RADIUS["diamond"] + 4  # no mark is cut off
        return LEFT + edge + min(max(part, 0.0), 1.0) * (RIGHT - LEFT - 2 * edge)

    def y(self, valence: float) -> float:
        top, bottom = TOP + STRIP, BOTTOM - STRIP
        return (top + bottom) / 2 - valence * (bottom - top) / 2


def course(moments: Sequence[Moment], span: Span, language: Language, zone: tzinfo, until: datetime) -> bytes:
    """A PNG of `SIDE` by `SIDE` pixels of the span that ends `until` (aware), in the times of `zone`."""
    image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), PAPER)
    pen = _Pen(ImageDraw.Draw(image), language)
    scale = Scale(until - LENGTH[span], until)
    shown = sorted((moment for moment in moments if scale.since <= moment.at <= until), key=lambda each: each.at)
    _paper(pen, scale, span, zone)
    for stretch in stretches(shown, span):
        pen.line([(scale.x(moment.at), scale.y(valence)) for moment, valence in stretch])
    # What several readings come to is drawn last, on top of them.
    marks = [(moment.at, *mark) for moment in shown for mark in moment.marks]
    size = 1.0 if len(marks) < CROWDED else 0.75
    for at, modality, valence in sorted(marks, key=lambda mark: mark[1] == "fused"):
        pen.mark(modality, scale.x(at), scale.y(valence), size)
    _legend(pen, [modality for modality in SHAPES if any(mark[1] == modality for mark in marks)])
    picture = io.BytesIO()
    image.reduce(FINE).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def stretches(moments: Sequence[Moment], span: Span) -> Iterator[list[tuple[Moment, float]]]:
    """The pieces of the line: moments of known valence without a longer pause between them, oldest first."""
    longest = LENGTH[span] * GAP
    stretch: list[tuple[Moment, float]] = []
    for moment in moments:
        if moment.valence is None:
            continue
        if stretch and moment.at - stretch[-1][0].at > longest:
            yield stretch
            stretch = []
        stretch.append((moment, moment.valence))
    if stretch:
        yield stretch


class _Pen:
    """Draws in pixels of the finished picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, language: Language) -> None:
        self._draw = draw
        self.language = language

    def text(self, x: float, y: float, words: str, size: int, anchor: str, colour: str = INK) -> None:
        self._draw.text((x * FINE, y * FINE), words, colour, _font(self.language, size * FINE), anchor)

    def width(self, words: str, size: int) -> float:
        return float(_font(self.language, size * FINE).getlength(words)) / FINE

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._draw.rectangle((left * FINE, top * FINE, right * FINE, bottom * FINE), colour)

    def line(self, points: Sequence[tuple[float, float]], colour: str = LINE, width: int = 6) -> None:
        fine = [(x * FINE, y * FINE) for x, y in points]
        if len(fine) > 1:
            self._draw.line(fine, colour, width * FINE, joint="curve")

    def mark(self, modality: Modality, x: float, y: float, size: float = 1.0) -> None:
        shape = SHAPES[modality]
        self._shape(shape, x, y, RADIUS[shape] * size + 3, PAPER)
        self._shape(shape, x, y, RADIUS[shape] * size, COLOURS[modality])

    def _shape(self, shape: str, x: float, y: float, radius: float, colour: str) -> None:
        x, y, r = x * FINE, y * FINE, radius * FINE
        if shape == "circle":
            self._draw.ellipse((x - r, y - r, x + r, y + r), colour)
        elif shape == "square":
            self._draw.rectangle((x - r, y - r, x + r, y + r), colour)
        elif shape == "triangle":
            self._draw.polygon([(x, y - r), (x + 0.95 * r, y + 0.75 * r), (x - 0.95 * r, y + 0.75 * r)], colour)
        else:
            self._draw.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], colour)


def _paper(pen: _Pen, scale: Scale, span: Span, zone: tzinfo) -> None:
    """All that does not depend on what was read."""
    middle = scale.y(0)
    pen.text(LEFT, 85, say(pen.language, f"mood.title.{span}"), 60, "lm")
    pen.box(LEFT, TOP, RIGHT, middle, ABOVE)
    pen.box(LEFT, middle, RIGHT, BOTTOM, BELOW)
    for at in _ticks(scale, span, zone):
        pen.line([(scale.x(at), TOP + STRIP), (scale.x(at), BOTTOM - STRIP)], GRID, 2)
    pen.line([(LEFT, middle), (RIGHT, middle)], "#B5B5B5", 3)
    end = 0.0
    for x, words in _labels(scale, span, zone, pen.language):
        half = pen.width(words, LABEL) / 2
        x = min(max(x, LEFT + half), RIGHT - half)
        if x - half >= end:
            pen.text(x, BOTTOM + 40, words, LABEL, "mm")
            end = x + half + 8
    pen.text(LEFT + 20, TOP + STRIP / 2, say(pen.language, "mood.pleasant"), 40, "lm", LINE)
    pen.text(LEFT + 20, BOTTOM - STRIP / 2, say(pen.language, "mood.unpleasant"), 40, "lm", LINE)


def _ticks(scale: Scale, span: Span, zone: tzinfo) -> Iterator[datetime]:
    """Where thin lines go: every sixth hour of a day, every midnight of a week, every seventh of a month."""
    day = scale.until.astimezone(zone).date()
    for back in range(0, LENGTH[span].days + 2):
        if span == "month" and back % 7:
            continue
        for hour in (0, 6, 12, 18) if span == "day" else (0,):
            at = datetime.combine(day - timedelta(days=back), time(hour), zone)
            if scale.since < at < scale.until:
                yield at


def _labels(scale: Scale, span: Span, zone: tzinfo, language: Language) -> list[tuple[float, str]]:
    """Words under the picture and where they stand, from left to right."""
    ticks = sorted(_ticks(scale, span, zone))
    if span == "day":
        return [(scale.x(at), f"{at:%H:%M}") for at in ticks]
    if span == "week":  # a day's name stands in its middle, where at least half of it is seen
        names = variants(language, "mood.weekdays_short")
        first = scale.since.astimezone(zone).date()
        noons = [datetime.combine(first + timedelta(days=n), time(12), zone) for n in range(LENGTH[span].days + 1)]
        return [(scale.x(at), names[at.weekday()]) for at in noons if scale.since <= at <= scale.until]
    months = variants(language, "mood.months_short")
    return [(scale.x(at), say(language, "mood.date", day=at.day, month=months[at.month - 1])) for at in ticks]


def _legend(pen: _Pen, modalities: Sequence[Modality]) -> None:
    """What the marks are, for those that there are: as many as fit beside one another."""
    x, y = float(LEFT), 995.0
    for modality in modalities:
        words = say(pen.language, f"mood.from.{modality}")
        width = 60 + pen.width(words, 42)
        if x + width > RIGHT:
            x, y = float(LEFT), y + 55
        pen.mark(modality, x + 22, y)
        pen.text(x + 60, y, words, 42, "lm")
        x += width + 50


@cache
def _font(language: Language, size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans: a font without Hangul draws empty boxes, and the Korean one has no letters of Turkish."""
    name = "noto-sans-kr.ttf" if language == "ko" else "noto-sans.ttf"
    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)
